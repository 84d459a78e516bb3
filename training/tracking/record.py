"""Collects from a run's folder what MLflow shows: settings, data and progress.

This module works without MLflow, so a run can also be shown later; `training.tracking.runs` sends
the data. It adds two files to those of `run_records.run_folder`:

├── tracking.json     experiment, parameters and facts, as they were when the run began
└── mlflow_run.txt    the run's ids in MLflow, one line per store
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import keras

from training.data.mnist import SPLIT_SEED
from training.run_records.provenance import code_fingerprint, git_commit, versions
from training.run_records.run_folder import REPOSITORY, RUNS_DIR, RunFolder, write_whole

EXPERIMENT = "mnist-cnn"  # of runs directly in training/runs
RECORD_NAME = "tracking.json"
IDS_NAME = "mlflow_run.txt"
MNIST_TILES = {"train": 60_000, "test": 10_000}  # training tiles before validation is split off
METRIC_NAMES = {  # name in a row of the history -> name in MLflow, where they differ
    "loss": "train_loss",
    "accuracy": "train_accuracy",
    "seconds": "epoch_seconds",
}


@dataclass(frozen=True)
class RunRecord:
    """What MLflow shows of a run besides its figures.

    Attributes:
        experiment: the group of runs that it is compared with.
        parameters: all hyper-parameters; values may be mappings.
        facts: data, code and machine, see `run_facts`.
    """

    experiment: str = EXPERIMENT
    parameters: Mapping[str, Any] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)

    def as_text(self) -> dict[str, str]:
        """Parameters and facts in one flat mapping, each value as text."""
        return {name: str(value) for name, value in _flat({**self.facts, **self.parameters})}


def read_record(folder: RunFolder) -> RunRecord:
    """The record in the folder; without one, a record made from the run's settings.

    Raises:
        RunFolderError: there is no run in the folder.
    """
    settings: dict[str, Any] = folder.settings()
    path = folder.path / RECORD_NAME
    if path.is_file():
        return RunRecord(**json.loads(path.read_text()))
    validation_tiles = int(settings.get("validation_tiles", 0))
    left = MNIST_TILES["train"] - validation_tiles
    train_tiles = min(int(settings.get("limit", 0)) or left, left)
    facts = data_facts(train_tiles, validation_tiles)
    return RunRecord(experiment_of(folder), settings, facts)


def keep_record(folder: RunFolder, record: RunRecord) -> None:
    """Write the record, unless the folder has one: a resumed run keeps its first record."""
    path = folder.path / RECORD_NAME
    if not path.is_file():
        write_whole(path, json.dumps(asdict(record), indent=2, default=str) + "\n")


def name_todays_code(folder: RunFolder, training_sha256: str) -> None:
    """Name today's code in the record of a run, if the folder still holds that run.

    What MLflow shows of the run stays as it was.
    """
    path = folder.path / RECORD_NAME
    record = read_record(folder) if path.is_file() else RunRecord()
    if record.facts.get("training_sha256") == training_sha256:
        changed = replace(record, facts={**record.facts, "code_sha256": code_fingerprint()})
        write_whole(path, json.dumps(asdict(changed), indent=2, default=str) + "\n")


def run_facts(train_tiles: int, validation_tiles: int) -> dict[str, object]:
    """Data, backend, commit and versions of a run that begins now, on this machine."""
    return data_facts(train_tiles, validation_tiles) | {
        "backend": keras.backend.backend(),
        "git_commit": git_commit(),
        "code_sha256": code_fingerprint(),
        "versions": versions(),
    }


def data_facts(train_tiles: int, validation_tiles: int) -> dict[str, object]:
    """The data set, its split, and the number of tiles of each part."""
    return {
        "data": "MNIST",
        "train_tiles": train_tiles,
        "validation_tiles": validation_tiles,
        "test_tiles": MNIST_TILES["test"],
        "split_seed": SPLIT_SEED,
    }


def epoch_figures(folder: RunFolder) -> dict[int, dict[str, float]]:
    """The figures of every finished epoch: its number, from 1 -> name in MLflow -> figure."""
    return {
        number: {METRIC_NAMES.get(n, n): figure for n, figure in row.items() if n != "epoch"}
        for number, row in enumerate(folder.state().history, start=1)
    }


def final_figures(folder: RunFolder) -> dict[str, float]:
    """The best epoch so far, its validation loss, and the figures of the finished network."""
    state = folder.state()
    best = {"best_val_loss": state.best_val_loss, "best_epoch": state.best_epoch}
    return (best if math.isfinite(state.best_val_loss) else {}) | folder.figures()


def is_done(folder: RunFolder) -> bool:
    """Whether the run is over: all epochs are done, or patience has ended."""
    settings: dict[str, Any] = folder.settings()
    state = folder.state()
    waited = state.epochs - state.best_epoch
    return state.epochs >= settings.get("epochs", 1) or waited >= settings.get("patience", math.inf)


def read_ids(folder: RunFolder) -> list[str]:
    """The run's ids in MLflow, the latest first."""
    path = folder.path / IDS_NAME
    return path.read_text().split()[::-1] if path.is_file() else []


def keep_id(folder: RunFolder, run_id: str) -> None:
    """Save one more id of the run in MLflow."""
    with (folder.path / IDS_NAME).open("a") as file:
        file.write(f"{run_id}\n")


def shown_path(folder: RunFolder) -> str:
    """The folder's path, relative to the repository if inside it, else absolute."""
    path = folder.path.resolve()
    return path.relative_to(REPOSITORY).as_posix() if REPOSITORY in path.parents else str(path)


def shown_name(folder: RunFolder) -> str:
    """The run's name: its path below training/runs; elsewhere, the folder's name."""
    path = folder.path.resolve()
    return path.relative_to(RUNS_DIR).as_posix() if RUNS_DIR in path.parents else path.name


def experiment_of(folder: RunFolder) -> str:
    """The run's experiment, from its path: training/runs/ablation/1-seed-1 gives ablation."""
    group = Path(shown_name(folder)).parent.as_posix()
    return EXPERIMENT if group == "." else group


def find_local(name: str) -> Path | None:
    """The folder with this path, or this name below training/runs; None if it has no run."""
    candidates = (Path(name), RUNS_DIR / name)
    return next((path for path in candidates if (path / "settings.json").is_file()), None)


def _flat(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """All names and values of nested mappings; inner names become `outer.inner`."""
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value
