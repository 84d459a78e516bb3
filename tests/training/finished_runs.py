"""Runs for the tests of experiments: planned ones, and folders as finished ones leave them."""

from __future__ import annotations

import json
from dataclasses import asdict

from training.experiments.definitions import EXPERIMENTS
from training.experiments.reports import Run
from training.experiments.running import plan
from training.run_records.provenance import TEST, reading_fingerprint

PHOTOS = 7  # that a network has read


def finish(run: Run, accuracy: float, **read: float) -> None:
    """What training, evaluation and reading leave in the folder; `read` are kinds of pictures."""
    run.folder.start(asdict(run.hyper), resume=False)
    epoch = {"epoch": 1, "seconds": 2.0, "val_accuracy": accuracy, "val_loss": 1 - accuracy}
    state = {"history": [epoch], "best_epoch": 1, "best_val_loss": 1 - accuracy}
    (run.folder.path / "state.json").write_text(json.dumps(state))
    read = {TEST: accuracy - 0.01} | read
    for name, share in read.items():
        figures = {f"{name}_accuracy": share}
        figures |= {} if name == TEST else {f"{name}_count": PHOTOS}
        run.folder.save_reading(name, figures, reading_fingerprint(name))


def plan_recipe(seeds: int, **common: object) -> list[Run]:
    return plan("recipe", EXPERIMENTS["recipe"].rows, seeds, common)
