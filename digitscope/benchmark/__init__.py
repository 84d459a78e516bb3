"""Reading a labelled folder: how many right, wrong and refused, how sure, and how long it took."""

from digitscope.benchmark.dataset import LABELS_FILE, BenchmarkError, Sample, load_labels
from digitscope.benchmark.metrics import Summary
from digitscope.benchmark.results import Result, Verdict, read_sample
from digitscope.benchmark.run import Run

__all__ = [
    "LABELS_FILE",
    "BenchmarkError",
    "Result",
    "Run",
    "Sample",
    "Summary",
    "Verdict",
    "load_labels",
    "read_sample",
]
