"""Compares recipes over seeds: ``python -m training.experiments ablation --seeds 3``.

Every row of an experiment is the recipe with some settings changed; every row and seed is one run
of `training.train` in a folder of its own. A killed experiment goes on where it stopped, with the
same command. What comes out is a table, `training/reports/NAME.json`: mean and standard deviation
over the seeds, never one lucky run. Test figures are reported and nothing is chosen by them.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from statistics import median
from threading import Event
from typing import TextIO

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from digitscope.settings import MODEL_CARD
from training.recipe import HyperParameters
from training.reports import Run, write_report
from training.run_folder import RUNS_DIR, RunFolder

THREAD_VARIABLES = ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS")
PLAIN = {  # what the ablation starts from: MNIST's tiles as they are, three blocks
    "blocks": 3,
    "augmentation": 0.0,
    "label_smoothing": 0.0,
    "worn_share": 0.0,
    "synthetic_share": 0.0,
    "photo_share": 0.0,
    "non_digit_share": 0.0,
}


@dataclass(frozen=True)
class Row:
    """One line of an experiment's table.

    Attributes:
        name: as people read it.
        changes: the settings that differ from the recipe.
    """

    name: str
    changes: Mapping[str, object]


def _without(*names: str) -> dict[str, object]:
    """The plain settings, except those that this row has as the recipe has them."""
    return {name: value for name, value in PLAIN.items() if name not in names}


EXPERIMENTS: dict[str, tuple[Row, ...]] = {
    "ablation": (
        Row("three blocks", PLAIN),
        Row("+ augmentation", _without("augmentation")),
        Row("+ fourth block", _without("augmentation", "blocks")),
        Row("+ label smoothing", _without("augmentation", "blocks", "label_smoothing")),
        Row("+ drawn 1s, 4s, 7s and non-digits", {"worn_share": 0.0, "photo_share": 0.0}),
        Row("+ simulated photos and worn strokes", {}),
    ),
    "recipe": (Row("the recipe", {}),),
}


def plan(name: str, seeds: int, common: Mapping[str, object]) -> list[Run]:
    """The runs of an experiment, seed by seed, so that a stopped one has whole tables.

    Args:
        name: of `EXPERIMENTS`.
        seeds: how many, counted from 1.
        common: settings that all rows share, such as the epochs.
    """
    return [
        Run(
            row.name, dict(row.changes), hyper, RunFolder(RUNS_DIR / name / f"{number}-seed-{seed}")
        )
        for seed in range(1, seeds + 1)
        for number, row in enumerate(EXPERIMENTS[name], start=1)
        for hyper in [replace(HyperParameters(), **(dict(common) | dict(row.changes)), seed=seed)]
    ]


def estimate(runs: Sequence[Run]) -> str:
    """How long what is left will take, by the epochs of the shipped network."""
    card = json.loads(MODEL_CARD.read_text(encoding="utf-8"))
    epoch_s = median(epoch["seconds"] for epoch in card["training"]["history"])
    left = sum(max(0, run.hyper.epochs - run.folder.state().epochs) for run in runs)
    return (
        f"{len(runs)} runs, {left} epochs to go. The shipped network took {epoch_s:.0f} s an epoch "
        f"on two cores: about {left * epoch_s / 60:.0f} minutes. Stop with Ctrl-C at any time; "
        "the same command goes on."
    )


def run_all(runs: Sequence[Run], data: str | None, workers: int) -> None:
    """Train what is not trained yet, `workers` runs at a time, with one bar over all epochs.

    Raises:
        subprocess.CalledProcessError: a run failed; its log is its folder's name + ".log".
    """
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    total = sum(run.hyper.epochs for run in runs)
    with (
        Progress(*columns, TimeRemainingColumn()) as progress,
        ThreadPoolExecutor(workers) as pool,
    ):
        bar = progress.add_task("epochs", total=total)
        failed = Event()
        pending = [pool.submit(_train, run, data, workers, failed) for run in runs]
        while not all(one.done() for one in pending):
            progress.update(bar, completed=sum(run.folder.state().epochs for run in runs))
            time.sleep(1)
        for one in pending:
            one.result()


def _train(run: Run, data: str | None, workers: int, failed: Event) -> None:
    """One run in a process of its own, then its figures on the test set in another."""
    if failed.is_set() or run.folder.figures():
        return
    folder, source = run.folder.path, [f"--data={data}"] if data else []
    options = [f"--{name.replace('_', '-')}={value}" for name, value in asdict(run.hyper).items()]
    commands = (
        ["training.train", f"--out={folder}", "--resume", *source, *options],
        ["training.evaluate", f"--run={folder}", *source],
    )
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_suffix(".log").open("a") as log:
        for command in commands:
            _run_module(command, log, _threads(workers), failed)


def _run_module(
    command: Sequence[str], log: TextIO, environment: Mapping[str, str], failed: Event
) -> None:
    """``python -m`` one of ours; a failure stops the runs that have not begun."""
    try:
        subprocess.run(  # noqa: S603 - our own modules
            [sys.executable, "-m", *command],
            env=os.environ | environment,
            stdout=log,
            stderr=subprocess.STDOUT,
            check=True,
        )
    except subprocess.CalledProcessError:
        failed.set()
        raise


def _threads(workers: int) -> dict[str, str]:
    """One thread each where several runs share the processor: two in step lose a fifth."""
    return {} if workers == 1 else dict.fromkeys(THREAD_VARIABLES, "1")


def main(arguments: list[str] | None = None) -> None:
    """Run an experiment as the command line says, and write its table."""
    parser = argparse.ArgumentParser(prog="python -m training.experiments", description=__doc__)
    parser.add_argument("name", choices=EXPERIMENTS)
    parser.add_argument("--seeds", type=int, default=3, help="runs of each row")
    parser.add_argument("--workers", type=int, default=1, help="runs at a time")
    parser.add_argument("--data", help="mnist.npz; by default $MNIST_NPZ, the cache, a download")
    parser.add_argument("--epochs", type=int, default=HyperParameters.epochs)
    parser.add_argument("--precision", default=HyperParameters.precision)
    options = parser.parse_args(arguments)
    common = {"epochs": options.epochs, "precision": options.precision}
    runs = plan(options.name, options.seeds, common)
    print(estimate(runs))
    run_all(runs, options.data, options.workers)
    command = f"python -m training.experiments {options.name} --seeds {options.seeds} "
    command += f"--epochs {options.epochs} --precision {options.precision}"
    print(write_report(options.name, runs, command))


if __name__ == "__main__":
    try:
        main()
    except subprocess.CalledProcessError as error:
        sys.exit(f"A finished run is expected. Received: {error}. Read its .log, then go on.")
