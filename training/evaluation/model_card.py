"""Writes ``models/model_card.json``: every number that pages, README and notebook show.

Every number is computed from the run, the saved files and the machine; none is typed by hand.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import mean, stdev
from typing import Any

import keras
from scipy.stats import t as student_t

from digitscope.benchmark.metrics import wilson_interval
from digitscope.model_files import fingerprint_of
from training.data.augment import Augmentation
from training.data.mnist import SPLIT_SEED
from training.evaluate import Report
from training.evaluation.label_errors import DOUBTED_LABELS
from training.run_records.provenance import git_commit, versions
from training.run_records.run_folder import RunFolder

CONFIDENCE_LEVEL = 0.95  # confidence level of the intervals


@dataclass(frozen=True)
class Calibration:
    """The temperature, and the validation tiles' ECE before and after it."""

    temperature: float
    validation_ece_before: float
    validation_ece_after: float


@dataclass(frozen=True)
class SeedFigures:
    """The accuracies of one run of the recipe, with its seed."""

    seed: int
    val_accuracy: float
    test_accuracy: float


@dataclass(frozen=True)
class Measured:
    """The measured figures of the exported network.

    Attributes:
        train_tiles: how many MNIST tiles the network learnt from.
        uncalibrated: on the test set, before the temperature was folded in; `test` is after.
        with_tta: on validation and test tiles with test-time augmentation.
        seeds: of this run and of the runs that differ only in the seed.
        onnx_difference: largest difference of a probability between .keras and .onnx file.
    """

    train_tiles: int
    calibration: Calibration
    validation: Report
    uncalibrated: Report
    test: Report
    with_tta: tuple[Report, Report]
    seeds: tuple[SeedFigures, ...]
    onnx_difference: float


def build_card(
    model: keras.Model, run: RunFolder, measured: Measured, files: tuple[Path, ...]
) -> dict[str, Any]:
    """All that is known about a network, ready for JSON.

    Args:
        model: the exported network.
        run: the folder of the run it came from.
        measured: the network's figures.
        files: the exported files, for size and hash.
    """
    return {
        "name": model.name,
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "git_commit": git_commit(),
        "commands": commands(run),
        "files": {path.name: describe_file(path) for path in files},
        "parameters": model.count_params(),
        "trainable_parameters": sum(math.prod(weight.shape) for weight in model.trainable_weights),
        "layers": describe_layers(model),
        "data": {
            "name": "MNIST",
            "train_tiles": measured.train_tiles,
            "validation_tiles": measured.validation.tiles,
            "test_tiles": measured.test.tiles,
            "split_seed": SPLIT_SEED,
        },
        "hyper_parameters": run.settings(),
        "augmentation": asdict(Augmentation()),
        "training": describe_training(run),
        "calibration": describe_calibration(measured),
        "temperature": measured.calibration.temperature,
        "validation": describe_report(measured.validation),
        "test": describe_test(measured.test),
        "test_time_augmentation": {
            f"{name}_accuracy": one.accuracy
            for name, one in zip(("validation", "test"), measured.with_tta, strict=True)
        },
        "seeds": describe_seeds(measured.seeds),
        "onnx_max_difference": measured.onnx_difference,
        "versions": versions(),
    }


def write_card(card: dict[str, Any], path: Path) -> None:
    """Write the card as JSON."""
    path.write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8", newline="\n")


def describe_layers(model: keras.Model) -> list[dict[str, Any]]:
    """Name, kind, output shape (without N) and parameters of every layer, in order."""
    return [
        {
            "name": layer.name,
            "kind": type(layer).__name__,
            "output_shape": list(layer.output.shape[1:]),
            "parameters": layer.count_params(),
        }
        for layer in model.layers
    ]


def describe_file(path: Path) -> dict[str, Any]:
    """Size in bytes and SHA-256 of a file."""
    return {
        "bytes": path.stat().st_size,
        "sha256": fingerprint_of(path),
    }


def describe_report(report: Report) -> dict[str, Any]:
    """The report as a mapping, with `classes` renamed to `per_class`, as the pages expect."""
    values = asdict(report)
    return values | {"per_class": values.pop("classes")}


def describe_test(report: Report) -> dict[str, Any]:
    """The report on the test set, with a confidence interval and with doubted labels marked."""
    described = describe_report(report)
    for mistake in described["mistakes"]:
        mistake["label_doubted"] = mistake["index"] in DOUBTED_LABELS
    interval = wilson_interval(report.tiles - report.errors, report.tiles)
    return described | {"accuracy_interval": list(interval)}


def describe_calibration(measured: Measured) -> dict[str, Any]:
    """The temperature, and the calibration on the test set before and after."""
    return asdict(measured.calibration) | {
        "test_ece_before": measured.uncalibrated.ece,
        "test_ece_after": measured.test.ece,
        "test_reliability_before": [asdict(one) for one in measured.uncalibrated.reliability],
        "test_reliability_after": [asdict(one) for one in measured.test.reliability],
    }


def describe_seeds(seeds: Sequence[SeedFigures]) -> dict[str, Any]:
    """The seeds' figures and mean; from two seeds on, also deviation and 95 % interval."""
    values = [one.test_accuracy for one in seeds]
    described: dict[str, Any] = {"runs": [asdict(one) for one in seeds]}
    if values:
        described["test_accuracy_mean"] = mean(values)
    if len(values) > 1:
        error = stdev(values) / math.sqrt(len(values))
        interval = student_t.interval(CONFIDENCE_LEVEL, len(values) - 1, mean(values), error)
        described["test_accuracy_std"] = stdev(values)
        described["test_accuracy_interval"] = [float(end) for end in interval]
    return described


def describe_training(run: RunFolder) -> dict[str, Any]:
    """Number of epochs, the best epoch, seconds, backend, and the figures of each epoch."""
    state = run.state()
    return {
        "epochs": state.epochs,
        "best_epoch": state.best_epoch,
        "seconds": round(sum(row["seconds"] for row in state.history), 1),
        "backend": keras.backend.backend(),
        "history": list(state.history),
    }


def commands(run: RunFolder) -> list[str]:
    """The two commands that train and export this network again."""
    folder = f"training/runs/{run.path.name}"
    options = (f"--{name.replace('_', '-')} {value}" for name, value in run.settings().items())
    return [
        f"python -m training.train --out {folder} {' '.join(options)}",
        f"python -m training.export --run {folder}",
    ]
