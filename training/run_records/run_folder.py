"""A run's folder: its settings, its progress, and what it needs to resume after a kill.

training/runs/NAME/
├── settings.json     the hyper-parameters
├── state.json        best epoch and history; the number of epochs tells which checkpoint is valid
├── epoch-007.keras   network and optimizer after that epoch, to resume from
├── best.keras        the averaged weights of the best validation epoch
├── history.csv       one line per epoch, for people
├── figures.json      the finished network's figures on the test set and on pictures
└── readings.json     fingerprints of the code that has read the pictures, and of their labels

`state.json` is replaced atomically after the checkpoint is complete. A kill at any moment leaves
the old state or the new one.
"""

from __future__ import annotations

import csv
import json
import math
import os
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import keras

from digitscope.benchmark.dataset import LABELS_FILE
from digitscope.errors import DigitscopeError
from digitscope.model_files import fingerprint_of
from training.config import HyperParameters, difference, without_removed
from training.model_definition import build_network, fold_none

REPOSITORY = Path(__file__).resolve().parents[2]
RUNS_DIR = REPOSITORY / "training" / "runs"  # ignored by git
LATEST = RUNS_DIR / "latest"  # default folder of training and export


class RunFolderError(DigitscopeError, RuntimeError):
    """A run's folder lacks what is needed, or holds another run."""


@dataclass(frozen=True)
class RunState:
    """The progress of a run.

    Attributes:
        history: one mapping per epoch: epoch, seconds, learning_rate and the figures.
        best_epoch: the epoch with the lowest validation loss, from 1; 0 before the first. Accuracy
            is not used: on 5,000 tiles its noise is as large as the differences between epochs.
        best_val_loss: that loss.
    """

    history: tuple[dict[str, float], ...] = ()
    best_epoch: int = 0
    best_val_loss: float = math.inf

    @property
    def epochs(self) -> int:
        """How many epochs are done."""
        return len(self.history)

    @property
    def improved(self) -> bool:
        """Whether the last epoch is the best so far."""
        return 0 < self.epochs == self.best_epoch

    def after(self, figures: dict[str, float]) -> RunState:
        """The state after one more epoch."""
        longer = replace(self, history=(*self.history, figures))
        if figures["val_loss"] >= self.best_val_loss:
            return longer
        return replace(longer, best_epoch=longer.epochs, best_val_loss=figures["val_loss"])


class RunFolder:
    """Reads and writes the folder of one run."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        """Set the paths; nothing is written yet."""
        self.path = Path(path)
        self.best_path = self.path / "best.keras"
        self._figures_path = self.path / "figures.json"
        self._readings_path = self.path / "readings.json"
        self._state_path = self.path / "state.json"
        self._settings_path = self.path / "settings.json"

    @property
    def begun(self) -> bool:
        """Whether the folder holds a run."""
        return self._settings_path.is_file()

    def start(self, settings: dict[str, object], resume: bool) -> None:
        """Make the folder for a new run, or check that the run in it may be resumed.

        Raises:
            RunFolderError: the folder cannot be made, or holds a run that may not be resumed.
        """
        if self.begun:
            self._check_resumable(settings, resume)
        try:
            self.path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise RunFolderError(
                f"A folder that can be made is expected. Received: {self.path} ({error.strerror}). "
                "Name another."
            ) from error
        write_whole(self._settings_path, json.dumps(settings, indent=2) + "\n")

    def _check_resumable(self, settings: dict[str, object], resume: bool) -> None:
        if not resume:
            raise RunFolderError(
                f"A new run goes to a new folder. Received: {self.path}, which holds one. "
                "Add --resume to go on with it, or name another with --out."
            )
        self.check_settings(settings)

    def check_settings(self, wanted: dict[str, object]) -> None:
        """Check that the run in the folder has these settings.

        Raises:
            RunFolderError: there is no run, or its settings differ.
        """
        if others := difference(self.settings(), wanted):
            raise RunFolderError(
                f"A run keeps the settings that it began with: {others[0]} in {self.path}. "
                f"Received: {others[1]}. Repeat the first command, or move the folder away to "
                "begin anew."
            )

    def settings(self) -> dict[str, object]:
        """The hyper-parameters of the run.

        Raises:
            RunFolderError: there is no run in the folder.
        """
        if not self.begun:
            raise RunFolderError(
                f"A folder made by `python -m training.train` is expected. Received: {self.path}. "
                "Name one that holds a settings.json."
            )
        return without_removed(json.loads(self._settings_path.read_text()))

    def state(self) -> RunState:
        """The run's progress; an empty state before its first epoch."""
        if not self._state_path.is_file():
            return RunState()
        saved = json.loads(self._state_path.read_text())
        return RunState(**(saved | {"history": tuple(saved["history"])}))

    def load_checkpoint(self) -> keras.Model | None:
        """Network and optimizer after the last complete epoch, or None before the first."""
        done = self.state().epochs
        return keras.saving.load_model(self._checkpoint(done)) if done else None

    def save(self, model: keras.Model, state: RunState) -> None:
        """Save network, optimizer and state, and delete the previous checkpoint."""
        keras.saving.save_model(model, self._checkpoint(state.epochs))
        write_whole(self._state_path, json.dumps(asdict(state), indent=2) + "\n")
        self._checkpoint(state.epochs - 1).unlink(missing_ok=True)
        self._write_history(state)

    def save_best(self, model: keras.Model) -> None:
        """Save the network with its present weights as the best so far."""
        unfinished = self.path / "unfinished.keras"
        keras.saving.save_model(model, unfinished)
        unfinished.replace(self.best_path)

    def best_figures(self) -> dict[str, float]:
        """The history's row of the best epoch.

        Raises:
            RunFolderError: the run has no finished epoch.
        """
        state = self.state()
        if not state.best_epoch:
            raise RunFolderError(
                f"A run with a finished epoch is expected. Received: {self.path}. "
                "Train on with --resume first."
            )
        return state.history[state.best_epoch - 1]

    def load_best(self) -> keras.Model:
        """The best network with ten outputs, in float32 whatever its precision in training.

        Raises:
            RunFolderError: the run has no finished epoch.
        """
        self.best_figures()
        settings: dict[str, Any] = self.settings()
        known = {name: settings[name] for name in asdict(HyperParameters()) if name in settings}
        model = build_network(HyperParameters(**(known | {"precision": "float32"})))
        model.set_weights(keras.saving.load_model(self.best_path, compile=False).get_weights())
        return fold_none(model)

    def figures(self) -> dict[str, float]:
        """The figures of the finished network; empty before they are measured."""
        return _read_json(self._figures_path)

    def save_figures(self, figures: dict[str, float]) -> None:
        """Save the figures of the finished network."""
        write_whole(self._figures_path, json.dumps(figures, indent=2) + "\n")

    def readings(self) -> dict[str, str]:
        """Prefix of the figures' names -> fingerprint of the code; prefix_labels -> of labels."""
        return _read_json(self._readings_path)

    def save_reading(
        self, name: str, figures: dict[str, float], code_sha256: str, labels: Path | None = None
    ) -> None:
        """Add the figures of pictures, and fingerprints of the code that read them and of labels.

        Args:
            name: prefix of the figures.
            figures: with that prefix.
            code_sha256: `provenance.reading_fingerprint`, taken before the pictures were read.
            labels: the labelled folder, if the pictures come from one.
        """
        self.save_figures(self.figures() | figures)
        known = self.readings() | {name: code_sha256}
        if labels:
            known[f"{name}_labels"] = fingerprint_of(labels / LABELS_FILE)
        write_whole(self._readings_path, json.dumps(known, indent=2) + "\n")

    def has_other_labels(self, name: str, folder: Path) -> bool:
        """Whether the figures are of another labelled folder, or of older labels."""
        return self.readings().get(f"{name}_labels") != fingerprint_of(folder / LABELS_FILE)

    def _checkpoint(self, epoch: int) -> Path:
        return self.path / f"epoch-{epoch:03d}.keras"

    def _write_history(self, state: RunState) -> None:
        with (self.path / "history.csv").open("w", newline="") as file:
            writer = csv.DictWriter(file, fieldnames=state.history[0].keys())
            writer.writeheader()
            writer.writerows(state.history)


def _read_json(path: Path) -> dict[str, Any]:
    """The JSON object in a file; empty if there is no file."""
    return dict(json.loads(path.read_text())) if path.is_file() else {}


def write_whole(path: Path, text: str) -> None:
    """Replace a file atomically: a kill leaves the old file or the new one."""
    unfinished = path.with_suffix(".unfinished")
    unfinished.write_text(text)
    unfinished.replace(path)
