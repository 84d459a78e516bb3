"""What is measured of a set of answers: accuracy, report, confusion, calibration. NumPy only.

Everywhere `probabilities` are (N, 10) float, rows sum to 1, and `labels` are (N,) 0..9.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digitscope.benchmark.metrics import (
    ECE_BINS,
    Bin,
    bin_by_confidence,
    calibration_error,
)
from digitscope.types import CLASSES, Float32Array, UInt8Array


@dataclass(frozen=True)
class ClassReport:
    """How one digit fared.

    Attributes:
        precision: of the tiles answered with it, the fraction that shows it.
        recall: of the tiles that show it, the fraction answered with it.
        f1: the harmonic mean of both.
        tiles: how many show it.
    """

    digit: int
    precision: float
    recall: float
    f1: float
    tiles: int


@dataclass(frozen=True)
class ReliabilityBin:
    """Answers of about the same confidence.

    Attributes:
        confidence: their mean confidence, 0..1.
        accuracy: the fraction of them that is right, 0..1.
        tiles: how many.
    """

    confidence: float
    accuracy: float
    tiles: int


def accuracy(probabilities: Float32Array, labels: UInt8Array) -> float:
    """Share of tiles whose most probable digit is right, 0..1."""
    return float((probabilities.argmax(1) == labels).mean())


def confusion_matrix(probabilities: Float32Array, labels: UInt8Array) -> NDArray[np.int64]:
    """(10, 10) counts: row = digit shown, column = digit answered."""
    pairs = labels.astype(np.int64) * CLASSES + probabilities.argmax(1)
    return np.bincount(pairs, minlength=CLASSES**2).reshape(CLASSES, CLASSES)


def class_reports(matrix: NDArray[np.int64]) -> tuple[ClassReport, ...]:
    """Precision, recall and F1 of every digit, from a confusion matrix (10, 10)."""
    right = np.diag(matrix)
    shown, answered = matrix.sum(1), matrix.sum(0)
    precision = right / np.maximum(answered, 1)
    recall = right / np.maximum(shown, 1)
    f1 = 2 * right / np.maximum(shown + answered, 1)
    return tuple(
        ClassReport(k, float(precision[k]), float(recall[k]), float(f1[k]), int(shown[k]))
        for k in range(CLASSES)
    )


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
    """How often answers of about the same confidence are right, bin by bin; empty ones left out."""
    filled = _bins(probabilities, labels, bins)
    return tuple(ReliabilityBin(one.confidence, one.right, one.n) for one in filled)


def _bins(probabilities: Float32Array, labels: UInt8Array, bins: int) -> tuple[Bin, ...]:
    confidence = probabilities.max(1).astype(np.float64)
    return bin_by_confidence(confidence, probabilities.argmax(1) == labels, bins)


def negative_log_likelihood(probabilities: Float32Array, labels: UInt8Array) -> float:
    """Mean of -log p of the right digit, in nats."""
    right = probabilities[np.arange(len(labels)), labels]
    return float(-np.log(np.maximum(right, np.finfo(np.float32).tiny)).mean())
