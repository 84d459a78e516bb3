"""Runs for the tests of tracking: folders as a training leaves them, and what MLflow shows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from training import tracking
from training.run_records.run_folder import RunFolder
from training.tracking.store import connect

if TYPE_CHECKING:
    from mlflow.entities import Run

EXPERIMENT = "a-test"
SETTINGS: dict[str, object] = {
    "epochs": 3,
    "patience": 8,
    "seed": 5,
    "label_smoothing": 0.1,
    "rejection": "tenths",
    "validation_tiles": 100,
    "limit": 0,
}
FACTS = {"train_tiles": 700, "backend": "jax", "git_commit": "abc", "versions": {"keras": "3"}}


def new_folder(path: Path, settings: dict[str, object] = SETTINGS) -> RunFolder:
    folder = RunFolder(path)
    folder.start(settings, resume=True)
    return folder


def leave_epochs(folder: RunFolder, *val_losses: float) -> None:
    """Leave in the folder what so many more epochs leave, but for the networks."""
    state = folder.state()
    for val_loss in val_losses:
        figures = {"learning_rate": 1e-3, "loss": val_loss + 0.1, "accuracy": 0.8}
        figures |= {"val_loss": val_loss, "val_accuracy": 0.9, "seconds": 60.0}
        state = state.after({"epoch": state.epochs + 1, **figures})
    text = {"history": state.history, "best_epoch": state.best_epoch}
    (folder.path / "state.json").write_text(
        json.dumps(text | {"best_val_loss": state.best_val_loss})
    )


def follow_run(folder: RunFolder) -> tracking.Tracked:
    return tracking.follow(folder, EXPERIMENT, parameters=SETTINGS, facts=FACTS)


def finished_run(path: Path, *val_losses: float, **changes: object) -> RunFolder:
    folder = new_folder(path, SETTINGS | changes | {"epochs": len(val_losses)})
    leave_epochs(folder, *val_losses)
    tracking.mirror(folder)
    return folder


def shown_run(folder: RunFolder) -> Run:
    ids = (folder.path / "mlflow_run.txt").read_text().split()
    assert len(ids) == 1, "the folder is one run, and one only"
    return connect().get_run(ids[0])


def shown_history(folder: RunFolder, name: str) -> list[tuple[int, float]]:
    shown = connect().get_metric_history(shown_run(folder).info.run_id, name)
    return sorted((metric.step, metric.value) for metric in shown)
