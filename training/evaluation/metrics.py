"""Metrics of a set of answers: accuracy, a report per digit, calibration.

In all functions `probabilities` are (N, 10) float, rows sum to 1, and `labels` are (N,), 0..9.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from sklearn.metrics import precision_recall_fscore_support

from digitscope.benchmark.metrics import (
    ECE_BINS,
    Bin,
    bin_by_confidence,
    calibration_error,
)
from digitscope.types import CLASSES, Float32Array, UInt8Array


@dataclass(frozen=True)
class ClassReport:
    """Precision and recall of one digit, 0..1.

    Attributes:
        precision: of the tiles answered with this digit, the fraction that shows it.
        recall: of the tiles that show this digit, the fraction answered with it.
        f1: the harmonic mean of both.
        tiles: how many tiles show this digit.
    """

    digit: int
    precision: float
    recall: float
    f1: float
    tiles: int


@dataclass(frozen=True)
class ReliabilityBin:
    """One bin of a reliability diagram: answers of about the same confidence.

    Attributes:
        confidence: their mean confidence, 0..1.
        accuracy: the fraction of them that is right, 0..1.
        tiles: how many.
    """

    confidence: float
    accuracy: float
    tiles: int


def accuracy(probabilities: Float32Array, labels: UInt8Array) -> float:
    """Fraction of tiles whose most probable digit is right, 0..1."""
    return float((probabilities.argmax(1) == labels).mean())


def class_reports(probabilities: Float32Array, labels: UInt8Array) -> tuple[ClassReport, ...]:
    """Precision, recall and F1 of every digit; 0 where a digit is neither shown nor answered."""
    digits = range(CLASSES)
    columns = precision_recall_fscore_support(
        labels, probabilities.argmax(1), labels=digits, zero_division=0
    )
    rows = zip(digits, *(column.tolist() for column in columns), strict=True)
    return tuple(ClassReport(*row) for row in rows)


def expected_calibration_error(
    probabilities: Float32Array, labels: UInt8Array, bins: int = ECE_BINS
) -> float:
    """Mean distance between confidence and accuracy over `bins` equal bins of confidence, 0..1.

    Source: Guo et al., "On Calibration of Modern Neural Networks", ICML 2017.
    """
    return calibration_error(_bins(probabilities, labels, bins))


def reliability(
    probabilities: Float32Array, labels: UInt8Array, bins: int = ECE_BINS
) -> tuple[ReliabilityBin, ...]:
    """Confidence, accuracy and number of tiles of each confidence bin, without empty bins."""
    filled = _bins(probabilities, labels, bins)
    return tuple(ReliabilityBin(one.confidence, one.right, one.n) for one in filled)


def _bins(probabilities: Float32Array, labels: UInt8Array, bins: int) -> tuple[Bin, ...]:
    confidence = probabilities.max(1).astype(np.float64)
    return bin_by_confidence(confidence, probabilities.argmax(1) == labels, bins)


def negative_log_likelihood(probabilities: Float32Array, labels: UInt8Array) -> float:
    """Mean of -log p of the right digit, in nats."""
    right = probabilities[np.arange(len(labels)), labels]
    return float(-np.log(np.maximum(right, np.finfo(np.float32).tiny)).mean())
