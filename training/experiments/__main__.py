"""Runs an experiment as the command line says, and writes its table and figure."""

from __future__ import annotations

import argparse
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import training.experiments
from digitscope.batch.errors import require_package
from digitscope.benchmark import load_labels
from digitscope.errors import DigitscopeError
from training.config import HyperParameters
from training.experiments.definitions import EXPERIMENTS, Experiment, Row
from training.experiments.photo_reading import COUNT
from training.experiments.reports import Run, write_report
from training.experiments.running import Sources, estimate, plan, run_all

ENGINES = ("local", "ray")
FULL_COUNT = 1_000  # simulated photos per network with --full
FULL = "-full"  # suffix of the folder: the full and the small size never share a run
INTERRUPTED = 130  # the exit code in shells of a process ended by Ctrl-C
FULL_TRIALS = 3  # factor on the number of trials with --full
MOST_FOLDERS = 3  # maximum number of --photos; each has a column


def parse_arguments(arguments: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m training.experiments", description=training.experiments.__doc__
    )
    parser.add_argument("name", choices=EXPERIMENTS)
    parser.add_argument("--seeds", type=_positive, default=3, help="runs of each row")
    parser.add_argument("--workers", type=_positive, default=1, help="local: runs at a time")
    parser.add_argument(
        "--engine", choices=ENGINES, default=ENGINES[0], help="where runs are trained"
    )
    parser.add_argument("--address", help="ray: a running cluster; by default one of its own, here")
    parser.add_argument("--cores", type=_positive, default=1, help="ray: how many a run takes")
    parser.add_argument("--full", action="store_true", help="all tiles, all epochs: hours")
    parser.add_argument("--data", help="mnist.npz; by default $MNIST_NPZ, the cache, a download")
    parser.add_argument("--epochs", type=_positive, help="instead of the experiment's own")
    parser.add_argument(
        "--limit", type=_positive, help="training tiles, instead of the experiment's own"
    )
    parser.add_argument("--precision", default=HyperParameters.precision)
    parser.add_argument(
        "--photos",
        type=Path,
        action="append",
        default=[],
        help="ablation, augmentation: a labelled folder to read too; again for a second one",
    )
    parser.add_argument("--trials", type=_positive, help="of each search, on all machines together")
    parser.add_argument(
        "--storage", help="of searches: a database's URL; by default $OPTUNA_STORAGE, or SQLite"
    )
    options = parser.parse_args(arguments)
    if len(options.photos) > MOST_FOLDERS:
        parser.error(f"At most {MOST_FOLDERS} folders are expected. Received: {options.photos}.")
    return options


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"a whole number from 1 is expected. Received: {text}")
    return number


def common_settings(options: argparse.Namespace) -> dict[str, object]:
    """The settings that all rows share: the size, with the changes of the command line."""
    small = {} if options.full else EXPERIMENTS[options.name].small
    said = {name: getattr(options, name) for name in ("epochs", "limit")}
    given = {name: value for name, value in said.items() if value is not None}
    return {**small, **given, "precision": options.precision}


def command_of(options: argparse.Namespace) -> str:
    """The command that makes the table again, without paths and without the database."""
    words = [f"python -m training.experiments {options.name} --seeds {options.seeds}"]
    words += ["--full"] if options.full else []
    for name in ("epochs", "limit", "trials"):
        value = getattr(options, name)
        words += [] if value is None else [f"--{name} {value}"]
    words += ["--photos FOLDER"] * len(_photos(options))
    return " ".join([*words, f"--precision {options.precision}"])


def main(arguments: list[str] | None = None) -> None:
    """Search settings if rows ask for it; train, measure and write the report."""
    options = parse_arguments(arguments)
    experiment, common = EXPERIMENTS[options.name], common_settings(options)
    labelled = _photos(options)
    for path in labelled:
        load_labels(path)  # raises errors of the labels before hours of training
    folder = options.name + FULL * (options.full and bool(experiment.small))
    rows, searches = _search(experiment, options, folder, common)
    runs = plan(folder, rows, options.seeds, common)
    photos = (FULL_COUNT if options.full else COUNT) * experiment.photos
    print(estimate(runs))
    _train(runs, Sources(options.data, photos, labelled, experiment.strokes), options)
    print(write_report(options.name, experiment, runs, command_of(options), searches=searches))


def _train(runs: Sequence[Run], sources: Sources, options: argparse.Namespace) -> None:
    """Train on this machine or on a cluster.

    Raises:
        BatchError: Ray is not installed.
    """
    if options.engine == "local":
        run_all(runs, sources, options.workers)
        return
    require_package("ray", "The engine ray", "ray")
    from training.experiments.ray_runs import run_all_on_ray

    run_all_on_ray(runs, sources, address=options.address, cores=options.cores)


def _search(
    experiment: Experiment, options: argparse.Namespace, folder: str, common: Mapping[str, object]
) -> tuple[list[Row], dict[str, dict[str, Any]]]:
    """All rows with the settings found for them; and row name -> search, for the report."""
    rows, searches = list(experiment.rows), {}
    trials = options.trials or experiment.trials * (FULL_TRIALS if options.full else 1)
    for place, row in enumerate(rows):
        if not row.searched:
            continue
        from training.experiments import search  # only these rows need Optuna
        from training.experiments.study import Search

        print(
            f"{row.name}: until {trials} trials have ended; Ctrl-C stops, the same command goes on."
        )
        wanted = Search(f"{folder}-{row.folder}-search", trials, options.storage)
        study = search.search(wanted, row, options.data, common)
        rows[place] = search.best_row(study, row)
        searches[row.name] = search.describe(study, row)
    return rows, searches


def _photos(options: argparse.Namespace) -> tuple[Path, ...]:
    """The labelled folders; none if the experiment reads no photos."""
    return tuple(options.photos) if EXPERIMENTS[options.name].photos else ()


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends the runs, as Ctrl-C does
    try:
        main()
    except KeyboardInterrupt:
        print("Stopped. The same command goes on.", file=sys.stderr)
        sys.exit(INTERRUPTED)
    except subprocess.CalledProcessError as error:
        sys.exit(f"A finished run is expected. Received: {error}. Read its .log, then go on.")
    except DigitscopeError as error:
        sys.exit(str(error))
