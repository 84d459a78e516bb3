"""Finds runs that today's code would train as before: ``python -m training.run_records.confirm``.

Every change to the code that trains makes the rows of all reports out of date, also if it only
tidied up. For each of their runs, this command makes the untrained network and the tiles again,
with the run's settings and today's code. If they are the same to the last bit, the run then names
today's code and is current again. It cannot see a change of the training loop, of the validation or
of the calibration, so do not use it after such a change. Where network or tiles differ, move the
run's folder away and repeat the experiment's command, which trains it again.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from digitscope.errors import DigitscopeError
from training.config import HyperParameters, SettingError, without_removed
from training.data.datasets import load_datasets
from training.run_records.currency import REPORTS_DIR
from training.run_records.provenance import code_fingerprint
from training.run_records.run_folder import RUNS_DIR, RunFolder, write_whole
from training.tracking.record import name_todays_code
from training.train import fingerprint_training


def confirm(report: Mapping[str, Any], data: str | None = None) -> Iterator[tuple[str, bool]]:
    """Name today's code in the runs that it would train as before.

    Args:
        report: the report of an experiment; its runs are changed, and the records in their folders.
        data: `mnist.npz`; None for $MNIST_NPZ, the cache or a download.

    Yields:
        for each run of other code: its row and seed as text, and whether it is confirmed.

    Raises:
        DataUnavailableError: MNIST or the pen strokes could not be found.
    """
    for row in report["rows"]:
        for run in row["runs"]:
            if run.get("code_sha256") == code_fingerprint():
                continue
            is_same = _trains_as_before(run, data)
            if is_same:
                run["code_sha256"] = code_fingerprint()
                name_todays_code(RunFolder(RUNS_DIR / run["folder"]), run["training_sha256"])
            yield f"{report['name']}: {row['name']}, seed {run['seed']}", is_same


def _trains_as_before(run: Mapping[str, Any], data: str | None) -> bool:
    """Whether today's code begins this training with the same network and tiles."""
    settings = without_removed(run.get("settings", {}))
    if not run.get("training_sha256") or settings.keys() != asdict(HyperParameters()).keys():
        return False
    try:
        hyper = HyperParameters(**settings)
    except SettingError:  # no longer allowed
        return False
    return fingerprint_training(load_datasets(data, hyper), hyper) == run["training_sha256"]


def main(arguments: list[str] | None = None) -> None:
    """Confirm the runs of all reports; exit with an error if some must be trained again."""
    parser = argparse.ArgumentParser(
        prog="python -m training.run_records.confirm", description=__doc__
    )
    parser.add_argument("--data", help="mnist.npz; by default $MNIST_NPZ, the cache, a download")
    options = parser.parse_args(arguments)
    different = 0
    for path in sorted(REPORTS_DIR.glob("*.json")):
        report = json.loads(path.read_text(encoding="utf-8"))
        for name, is_same in confirm(report, options.data):
            print(f"{name}: {'trains as before' if is_same else 'differs'}", flush=True)
            different += not is_same
            write_whole(path, json.dumps(report, indent=1) + "\n")
    if different:
        sys.exit(f"{different} runs differ: move their folders away, repeat their commands.")
    print("Every run names today's code.")


if __name__ == "__main__":
    try:
        main()
    except DigitscopeError as error:
        sys.exit(str(error))
