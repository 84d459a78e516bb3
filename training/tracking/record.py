"""What a run's folder tells the tracking page: what was asked, on which data, how it went.

`training.tracking.runs` shows this in MLflow; here it is only gathered, so that a folder whose
training ran without MLflow tells the same later. Beside the files of `run_records.run_folder`:

├── tracking.json     experiment, parameters and facts, as they stood when the run began
└── mlflow_run.txt    the run's id in MLflow; a line for every store that has shown it
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import keras

from training.data.mnist import SPLIT_SEED
from training.run_records.provenance import MNIST_BY, code_fingerprint, git_commit, versions
from training.run_records.run_folder import REPOSITORY, RUNS_DIR, RunFolder, RunState, write_whole

EXPERIMENT = "mnist-cnn"  # of runs that lie in training/runs itself
RECORD_NAME = "tracking.json"
IDS_NAME = "mlflow_run.txt"
MNIST_TILES = {"train": 60_000, "test": 10_000}  # training tiles before validation is split off
METRIC_NAMES = {  # of a row of the history -> as the tracking page shows it
    "loss": "train_loss",
    "accuracy": "train_accuracy",
    "val_loss": "val_loss",
    "val_accuracy": "val_accuracy",
    "hand_accuracy": "hand_accuracy",
    "none_auroc": "none_auroc",
    "learning_rate": "learning_rate",
    "seconds": "epoch_seconds",
}


@dataclass(frozen=True)
class RunRecord:
    """What stands beside a run's figures.

    Attributes:
        experiment: the group of runs that it is compared with.
        parameters: all hyper-parameters; mappings may lie inside.
        facts: data, code and machine, see `run_facts`.
    """

    experiment: str = EXPERIMENT
    parameters: Mapping[str, Any] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)

    def as_text(self) -> dict[str, str]:
        """Parameters and facts together, flat, each value as text."""
        return {name: str(value) for name, value in _flat({**self.facts, **self.parameters})}


@dataclass(frozen=True)
class EpochFigures:
    """One epoch as it is shown: its number from 1, when it ended (Unix ms), its figures."""

    epoch: int
    time_ms: int
    values: dict[str, float]


def read_record(folder: RunFolder) -> RunRecord:
    """The record kept in the folder, or what its settings tell where none was kept.

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
    """Write the record, unless the folder has one: a run that goes on keeps its first."""
    path = folder.path / RECORD_NAME
    if not path.is_file():
        write_whole(path, json.dumps(asdict(record), indent=2, default=str) + "\n")


def run_facts(train_tiles: int, validation_tiles: int) -> dict[str, object]:
    """Data, backend, commit and versions of a run that begins now, on this machine."""
    return data_facts(train_tiles, validation_tiles) | {
        "backend": keras.backend.backend(),
        "git_commit": git_commit(),
        "code_sha256": code_fingerprint(),
        "mnist_code_sha256": code_fingerprint(MNIST_BY),
        "versions": versions(),
    }


def data_facts(train_tiles: int, validation_tiles: int) -> dict[str, object]:
    """What the network learnt from and is judged by."""
    return {
        "data": "MNIST",
        "train_tiles": train_tiles,
        "validation_tiles": validation_tiles,
        "test_tiles": MNIST_TILES["test"],
        "split_seed": SPLIT_SEED,
    }


def epoch_figures(folder: RunFolder) -> list[EpochFigures]:
    """All finished epochs, with the best validation loss so far beside each.

    The history holds no clock: an epoch ended as long before `state.json` was written as the
    epochs after it took.
    """
    history = folder.state().history
    left_s = sum(row["seconds"] for row in history)
    end_ms, shown, state = written_ms(folder), [], RunState()
    for row in history:
        left_s -= row["seconds"]
        state = state.after(row)
        values = {name: row[key] for key, name in METRIC_NAMES.items() if key in row}
        if math.isfinite(state.best_val_loss):
            values |= {"best_val_loss": state.best_val_loss, "best_epoch": state.best_epoch}
        shown.append(EpochFigures(state.epochs, end_ms - round(left_s * 1000), values))
    return shown


def began_ms(folder: RunFolder) -> int:
    """When the run began, Unix ms, pauses between a kill and `--resume` left out."""
    trained_s = sum(row["seconds"] for row in folder.state().history)
    return written_ms(folder) - round(trained_s * 1000)


def written_ms(folder: RunFolder) -> int:
    """When the run last went on, Unix ms: its state, or its settings before the first epoch."""
    paths = (folder.path / name for name in ("state.json", "settings.json"))
    return round(next(path for path in paths if path.is_file()).stat().st_mtime * 1000)


def is_done(folder: RunFolder) -> bool:
    """Whether no epoch is left: all are done, or patience ended."""
    settings: dict[str, Any] = folder.settings()
    state = folder.state()
    waited = state.epochs - state.best_epoch
    return state.epochs >= settings.get("epochs", 1) or waited >= settings.get("patience", math.inf)


def read_ids(folder: RunFolder) -> list[str]:
    """The run's ids in MLflow, the latest first."""
    path = folder.path / IDS_NAME
    return path.read_text().split()[::-1] if path.is_file() else []


def keep_id(folder: RunFolder, run_id: str) -> None:
    """Note a further id of the run."""
    with (folder.path / IDS_NAME).open("a") as file:
        file.write(f"{run_id}\n")


def shown_path(folder: RunFolder) -> str:
    """The folder, relative to the repository where it lies inside; `REPOSITORY / it` finds it."""
    path = folder.path.resolve()
    return path.relative_to(REPOSITORY).as_posix() if REPOSITORY in path.parents else str(path)


def shown_name(folder: RunFolder) -> str:
    """The run's name: its place below training/runs, or the folder's own name elsewhere."""
    path = folder.path.resolve()
    return path.relative_to(RUNS_DIR).as_posix() if RUNS_DIR in path.parents else path.name


def experiment_of(folder: RunFolder) -> str:
    """The experiment a run belongs to by its place: training/runs/ablation/1-seed-1 to ablation."""
    group = Path(shown_name(folder)).parent.as_posix()
    return EXPERIMENT if group == "." else group


def find_local(name: str) -> Path | None:
    """The folder of that path, or of that name below training/runs, if a run is in it."""
    candidates = (Path(name), RUNS_DIR / name)
    return next((path for path in candidates if (path / "settings.json").is_file()), None)


def _flat(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Name and value of all that lies in `values`; inner names follow their outer one's dot."""
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value
