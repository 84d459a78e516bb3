"""Plans an experiment's runs and trains those that are not trained yet."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from statistics import median
from threading import Event
from typing import Any, TextIO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from digitscope.model_files import MODEL_CARD
from training.config import HyperParameters
from training.experiments.definitions import Row
from training.experiments.reports import Run
from training.run_records.provenance import HANDS, REAL, SIMULATED, TEST, reading_fingerprint
from training.run_records.run_folder import RUNS_DIR, RunFolder

THREAD_VARIABLES = ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS")
PROGRESS_UPDATE_S = 1.0  # between two updates of the progress bars
START_S = 30  # per run besides its epochs: start TensorFlow twice, MLflow, the test set


@dataclass(frozen=True)
class Sources:
    """Which data and pictures the runs use.

    Attributes:
        data: `mnist.npz`; None for $MNIST_NPZ, the cache or a download.
        simulated_photos: how many each network reads; 0 for none.
        photos: labelled folders that each network reads as well.
        strokes: whether each network reads pen strokes.
    """

    data: str | None = None
    simulated_photos: int = 0
    photos: tuple[Path, ...] = ()
    strokes: bool = False


def plan(folder: str, rows: Sequence[Row], seeds: int, common: Mapping[str, Any]) -> list[Run]:
    """The runs of an experiment, seed by seed, so that a stopped experiment has complete tables.

    Args:
        folder: folder below training/runs; also the experiment's name in MLflow.
        rows: the rows of the table.
        seeds: number of seeds, counted from 1.
        common: settings that all rows share, such as the epochs.
    """
    return [
        Run(
            row.name,
            dict(row.changes),
            replace(HyperParameters(), **(dict(common) | dict(row.changes)), seed=seed),
            RunFolder(RUNS_DIR / folder / f"{row.folder or number}-seed-{seed}"),
        )
        for seed in range(1, seeds + 1)
        for number, row in enumerate(rows, start=1)
    ]


def estimate(runs: Sequence[Run]) -> str:
    """The remaining time as text, estimated from the epochs of the shipped network."""
    card = json.loads(MODEL_CARD.read_text(encoding="utf-8"))
    card_tiles = int(card["data"]["train_tiles"])
    epoch_s = median(epoch["seconds"] for epoch in card["training"]["history"])
    waiting = [run for run in runs if not run.folder.figures()]
    left = [max(0, run.hyper.epochs - run.folder.state().epochs) for run in waiting]
    tiles = [run.hyper.limit or card_tiles for run in waiting]
    training_s = epoch_s / card_tiles * sum(e * n for e, n in zip(left, tiles, strict=True))
    minutes = (training_s + START_S * len(waiting)) / 60
    return (
        f"{len(runs)} runs, {sum(left)} epochs to go. At the pace of the shipped "
        f"network's training, {epoch_s:.0f} s for {card_tiles:,} tiles: {minutes:.0f} minutes; "
        "less where the machine is idle or the network has linear layers alone. Stop with Ctrl-C "
        "at any time; the same command goes on."
    )


def run_all(runs: Sequence[Run], sources: Sources, workers: int) -> None:
    """Train and measure the unfinished runs, `workers` at a time, with progress bars.

    Raises:
        subprocess.CalledProcessError: a run failed; its log is its folder's name + ".log".
    """
    check_begun(runs)
    steps = _Steps(workers)
    with progress_bar() as progress, ThreadPoolExecutor(workers) as pool:
        epochs = progress.add_task("epochs", total=sum(run.hyper.epochs for run in runs))
        done = progress.add_task("runs measured", total=len(runs))
        pending = [pool.submit(_finish, run, sources, steps) for run in runs]
        try:
            while wait(pending, PROGRESS_UPDATE_S).not_done:
                progress.update(epochs, completed=sum(_epochs_done(run) for run in runs))
                progress.update(done, completed=sum(one.done() for one in pending))
        except KeyboardInterrupt:
            steps.stop()
            raise
        for one in pending:
            one.result()
        progress.update(epochs, completed=sum(run.hyper.epochs for run in runs))
        progress.update(done, completed=len(runs))


def progress_bar(console: Console | None = None) -> Progress:
    """A progress display: done of how much, and the remaining time."""
    done = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Progress(*done, TimeRemainingColumn(), console=console)


def check_begun(runs: Sequence[Run]) -> None:
    """Check that runs whose folders are there have the settings that are asked for.

    Raises:
        RunFolderError: a run has other settings.
    """
    for run in runs:
        if run.folder.begun:
            run.folder.check_settings(asdict(run.hyper))


def _epochs_done(run: Run) -> int:
    """Finished epochs of a run; a measured run counts all, also if patience ended it."""
    return run.hyper.epochs if run.folder.figures() else run.folder.state().epochs


def _finish(run: Run, sources: Sources, steps: _Steps) -> None:
    """Do the missing steps of a run, each in a process of its own."""
    run.folder.path.parent.mkdir(parents=True, exist_ok=True)
    with log_path(run.folder).open("a") as log:
        for command in missing_steps(run, sources):
            steps.run(command, log)


def log_path(folder: RunFolder) -> Path:
    """The log file of a run, next to its folder."""
    return folder.path.with_name(f"{folder.path.name}.log")


def missing_steps(run: Run, sources: Sources) -> list[list[str]]:
    """The missing steps (training, test set, pictures), each as a module with its options."""
    folder, known = run.folder.path, run.folder.figures()
    data = [f"--data={sources.data}"] if sources.data else []
    options = [f"--{name.replace('_', '-')}={value}" for name, value in asdict(run.hyper).items()]
    steps = []
    if "test_accuracy" not in known:
        steps.append(["training.train", f"--out={folder}", "--resume", *data, *options])
    if _is_old(run, TEST):
        steps.append(["training.evaluate", f"--run={folder}", *data])
    if unread := _unread(run, sources):
        steps.append(["training.experiments.photo_reading", f"--run={folder}", *data, *unread])
    return steps


def _unread(run: Run, sources: Sources) -> list[str]:
    """Options of `photo_reading` for pictures not read yet, or read with other code."""
    known, count = run.folder.figures(), sources.simulated_photos
    is_other = known.get(f"{SIMULATED}_count") != count
    options = [f"--count={count}"] if count and (is_other or _is_old(run, SIMULATED)) else []
    options += ["--strokes"] if sources.strokes and all(_is_old(run, one) for one in HANDS) else []
    return options + [
        f"--{name.replace('_', '-')}={path}"
        for name, path in zip(REAL, sources.photos, strict=False)
        if _is_old(run, name) or run.folder.has_other_labels(name, path)
    ]


def _is_old(run: Run, name: str) -> bool:
    """Whether the run's network has not read these pictures with today's code."""
    return run.folder.readings().get(name) != reading_fingerprint(name)


class _Steps:
    """Runs our modules, each in a process of its own, until one fails or `stop` is called."""

    def __init__(self, workers: int) -> None:
        """Set the environment; with several workers, each process has one thread."""
        threads = {} if workers == 1 else dict.fromkeys(THREAD_VARIABLES, "1")
        self._environment = os.environ | threads  # more threads would lose a fifth
        self._ended = Event()
        self._running: set[subprocess.Popen[bytes]] = set()

    def run(self, command: Sequence[str], log: TextIO) -> None:
        """Run a module with ``python -m``; do nothing if another one has failed.

        Raises:
            subprocess.CalledProcessError: the module failed or was stopped.
        """
        if self._ended.is_set():
            return
        process = subprocess.Popen(  # noqa: S603 - our own modules
            [sys.executable, "-m", *command],
            env=self._environment,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        self._running.add(process)
        if self._ended.is_set():  # stopped since the check above
            process.terminate()
        code = process.wait()
        self._running.discard(process)
        if code:
            self._ended.set()
            raise subprocess.CalledProcessError(code, process.args)

    def stop(self) -> None:
        """End the running processes; what they have saved stays."""
        self._ended.set()
        for process in tuple(self._running):
            process.terminate()
