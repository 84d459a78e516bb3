"""Reading a labelled folder: how many right, wrong and refused, how sure, and how long it took."""

from digitscope.benchmark.labelled import LABELS_FILE, BenchmarkError, Labelled, load_labels
from digitscope.benchmark.outcomes import (
    Outcome,
    Summary,
    Verdict,
    read_all,
    read_labelled,
    run_benchmark,
    summarise,
    summarise_kind,
)

__all__ = [
    "LABELS_FILE",
    "BenchmarkError",
    "Labelled",
    "Outcome",
    "Summary",
    "Verdict",
    "load_labels",
    "read_all",
    "read_labelled",
    "run_benchmark",
    "summarise",
    "summarise_kind",
]
