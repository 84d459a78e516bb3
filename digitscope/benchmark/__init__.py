"""Benchmark on a labelled folder: accuracy, refusals, confidence and reading time."""

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
