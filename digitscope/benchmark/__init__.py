"""Reading a labelled folder: how many right, wrong and refused, how sure, and how long it took."""

from digitscope.benchmark.dataset import LABELS_FILE, BenchmarkError, Sample, load_labels
from digitscope.benchmark.results import (
    Result,
    Summary,
    Verdict,
    read_all,
    read_sample,
    run_benchmark,
    summarise,
    summarise_kind,
)

__all__ = [
    "LABELS_FILE",
    "BenchmarkError",
    "Sample",
    "Result",
    "Summary",
    "Verdict",
    "load_labels",
    "read_all",
    "read_sample",
    "run_benchmark",
    "summarise",
    "summarise_kind",
]
