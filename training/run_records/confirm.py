"""Shows that today's code trains as before: ``python -m training.run_records.confirm``.

Every change to the code that trains makes all rows of the reports out of date, also if it only
tidied up. For each run of an outdated row, this command makes the network and the tiles again, with
the run's settings and today's code. If they are the same to the last bit, training would be the
same: the row then names today's code and is current again. Otherwise it must be trained again, with
the command that its report names.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from typing import Any

from digitscope.errors import DigitscopeError
from training.config import HyperParameters, without_removed
from training.data.datasets import load_datasets
from training.run_records.currency import REPORTS_DIR
from training.run_records.provenance import code_fingerprint
from training.run_records.run_folder import RUNS_DIR, RunFolder
from training.tracking.record import confirm_code
from training.train import fingerprint_of_training


def confirm(report: Mapping[str, Any], data: str | None = None) -> Iterator[str]:
    """Bring the runs up to date that today's code would train as before; name the others.

    Args:
        report: the report of an experiment; its runs are changed.
        data: `mnist.npz`; None for $MNIST_NPZ, the cache or a download.

    Yields:
        a line of text for each run of other code.

    Raises:
        DataUnavailableError: MNIST or the pen strokes could not be found.
    """
    for row in report["rows"]:
        for run in row["runs"]:
            if run["code_sha256"] == code_fingerprint():
                continue
            same = _trains_as_before(run, data)
            if same:
                run["code_sha256"] = code_fingerprint()
                confirm_code(RunFolder(RUNS_DIR / run["folder"]))
            outcome = "trains as before" if same else "must be trained again"
            yield f"{report['name']}: {row['name']}, seed {run['seed']}: {outcome}"


def _trains_as_before(run: Mapping[str, Any], data: str | None) -> bool:
    """Whether today's code makes the network and the tiles that the run began with."""
    settings = without_removed(run["settings"])
    if settings.keys() != HyperParameters.__dataclass_fields__.keys():
        return False
    hyper = HyperParameters(**settings)
    return fingerprint_of_training(load_datasets(data, hyper), hyper) == run["training_sha256"]


def main(arguments: list[str] | None = None) -> None:
    """Confirm the rows of all reports."""
    parser = argparse.ArgumentParser(
        prog="python -m training.run_records.confirm", description=__doc__
    )
    parser.add_argument("--data", help="mnist.npz; by default $MNIST_NPZ, the cache, a download")
    options = parser.parse_args(arguments)
    for path in sorted(REPORTS_DIR.glob("*.json")):
        report = json.loads(path.read_text(encoding="utf-8"))
        for line in confirm(report, options.data):
            print(line, flush=True)
        text = json.dumps(report, indent=1) + "\n"
        path.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    try:
        main()
    except DigitscopeError as error:
        sys.exit(str(error))
