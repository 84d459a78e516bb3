"""Measures a network on the test set: ``python -m training.evaluate``.

Only this module opens the test set; `synthetic_numbers.benchmark` writes its numbers with it. The
figures are only reported: epochs, seeds and temperatures are chosen on validation tiles.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
from sklearn.metrics import confusion_matrix

from digitscope.model_files import KERAS_MODEL
from digitscope.recognition.test_time_augmentation import rotate_tile
from digitscope.types import CLASSES, Float32Array, UInt8Array
from training.data.mnist import Digits, load_test
from training.evaluation.metrics import (
    ClassReport,
    ReliabilityBin,
    accuracy,
    class_reports,
    expected_calibration_error,
    negative_log_likelihood,
    reliability,
)
from training.run_records.provenance import TEST, reading_fingerprint
from training.run_records.run_folder import RunFolder
from training.tracking import show

BATCH = 500  # tiles per step; a larger batch brings no gain


@dataclass(frozen=True)
class Mistake:
    """A misread tile.

    Attributes:
        index: position in the measured set of tiles, from 0.
        shown: the label, 0..9.
        answered: the network's answer, 0..9.
        confidence: the probability of that answer, 0..1.
    """

    index: int
    shown: int
    answered: int
    confidence: float


@dataclass(frozen=True)
class Report:
    """The figures of a network on a set of tiles; fractions are 0..1.

    Attributes:
        loss: mean negative log likelihood, nats.
        ece: expected calibration error, 15 bins.
        confusion_matrix: 10 x 10 counts; rows = label, columns = answer.
        reliability: confidence against accuracy, 15 bins without the empty ones.
        mistakes: every wrong answer, the most confident first.
    """

    tiles: int
    errors: int
    accuracy: float
    loss: float
    ece: float
    classes: tuple[ClassReport, ...]
    confusion_matrix: tuple[tuple[int, ...], ...]
    reliability: tuple[ReliabilityBin, ...]
    mistakes: tuple[Mistake, ...]


def predict(model: keras.Model, tiles: UInt8Array) -> Float32Array:
    """(N, 10) float32 probabilities of (N, 28, 28) uint8 tiles."""
    probabilities: Float32Array = model.predict(
        tiles[..., None].astype("float32"), batch_size=BATCH, verbose=0
    )
    return probabilities


def predict_with_tta(model: keras.Model, tiles: UInt8Array) -> Float32Array:
    """(N, 10) float32 probabilities, each the mean over the reader's small rotations (TTA)."""
    turned = np.stack([rotate_tile(tile) for tile in tiles])  # (N, A, 28, 28)
    angles = turned.shape[1]
    answers = predict(model, turned.reshape(-1, *tiles.shape[1:]))
    means: Float32Array = answers.reshape(len(tiles), angles, -1).mean(1)
    return means


def report(probabilities: Float32Array, labels: UInt8Array) -> Report:
    """Measure (N, 10) probabilities against (N,) labels."""
    matrix = confusion_matrix(labels, probabilities.argmax(1), labels=range(CLASSES))
    return Report(
        tiles=len(labels),
        errors=int(matrix.sum() - matrix.trace()),
        accuracy=accuracy(probabilities, labels),
        loss=negative_log_likelihood(probabilities, labels),
        ece=expected_calibration_error(probabilities, labels),
        classes=class_reports(probabilities, labels),
        confusion_matrix=tuple(tuple(row) for row in matrix.tolist()),
        reliability=reliability(probabilities, labels),
        mistakes=find_mistakes(probabilities, labels),
    )


def find_mistakes(probabilities: Float32Array, labels: UInt8Array) -> tuple[Mistake, ...]:
    """The wrong answers of (N, 10) probabilities, the most confident first."""
    answers, confidence = probabilities.argmax(1), probabilities.max(1)
    wrong = np.flatnonzero(answers != labels)
    ranked = wrong[np.argsort(-confidence[wrong], kind="stable")]
    return tuple(
        Mistake(int(i), int(labels[i]), int(answers[i]), float(confidence[i])) for i in ranked
    )


def evaluate_test(
    model: keras.Model,
    data: str | os.PathLike[str] | None = None,
    how: Callable[[keras.Model, UInt8Array], Float32Array] = predict,
) -> Report:
    """Measure a finished network on MNIST's test set.

    Args:
        model: the network.
        data: ``mnist.npz``; by default ``$MNIST_NPZ``, Keras' cache or a download.
        how: `predict`, or `predict_with_tta` for test-time augmentation.

    Raises:
        DataUnavailableError: MNIST could not be found.
    """
    test: Digits = load_test(data)
    return report(how(model, test.tiles), test.labels)


def tiles_of(mistakes: Sequence[Mistake], data: str | os.PathLike[str] | None = None) -> UInt8Array:
    """The test tiles of `mistakes`, (N, 28, 28) uint8, in the same order.

    Raises:
        DataUnavailableError: MNIST could not be found.
    """
    return load_test(data).tiles[[one.index for one in mistakes]]


def draw_test_digits(count: int, seed: int, data: str | os.PathLike[str] | None = None) -> Digits:
    """Draw `count` test digits without replacement, for the simulated photos of a report.

    Raises:
        DataUnavailableError: MNIST could not be found.
    """
    return load_test(data).draw(count, seed)


def evaluate_run(run: RunFolder, data: str | os.PathLike[str] | None = None) -> Report:
    """Measure a finished run's best network on the test set, and save the figures in its folder.

    Raises:
        RunFolderError: the run has no finished epoch.
        DataUnavailableError: MNIST could not be found.
    """
    code = reading_fingerprint(TEST)  # before measuring: code may be edited then
    measured = evaluate_test(run.load_best(), data)
    figures = {
        "test_accuracy": measured.accuracy,
        "test_errors": measured.errors,
        "test_loss": measured.loss,
        "test_ece": measured.ece,
    }
    run.save_reading(TEST, figures, code)
    return measured


def as_text(measured: Report) -> str:
    """The report as a table for the terminal."""
    lines = [
        f"accuracy {measured.accuracy:.2%}: {measured.errors} wrong of {measured.tiles:,}",
        f"expected calibration error {measured.ece:.2%}",
        "",
        "digit  precision  recall      f1  tiles",
    ]
    lines += [
        f"{row.digit:5}  {row.precision:9.2%}  {row.recall:6.2%}  {row.f1:6.2%}  {row.tiles:5}"
        for row in measured.classes
    ]
    lines += ["", "shown (rows), answered (columns)"]
    lines += ["".join(f"{count:6}" for count in row) for row in measured.confusion_matrix]
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> None:
    """Print what a saved network reaches on the test set."""
    parser = argparse.ArgumentParser(prog="python -m training.evaluate", description=__doc__)
    parser.add_argument("--model", type=Path, default=KERAS_MODEL, help="a .keras file")
    parser.add_argument("--run", type=Path, help="a run's folder instead; it keeps the figures")
    parser.add_argument("--data", help="mnist.npz; by default $MNIST_NPZ, the cache, a download")
    options = parser.parse_args(arguments)
    if options.run:
        run = RunFolder(options.run)
        measured = evaluate_run(run, options.data)
        show(run)
    else:
        measured = evaluate_test(keras.saving.load_model(options.model), options.data)
    print(as_text(measured))


if __name__ == "__main__":
    main()
