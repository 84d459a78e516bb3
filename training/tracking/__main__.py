"""``python -m training.tracking FOLDER...``: copies finished or stopped runs to MLflow."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from training.run_records.run_folder import RunFolder, RunFolderError
from training.tracking.record import find_local, read_record, shown_name
from training.tracking.runs import mirror
from training.tracking.store import TrackingError, as_tracking_error


def main(arguments: list[str] | None = None) -> None:
    """Copy the runs that the command line names.

    Raises:
        RunFolderError: there is no run in a folder.
        TrackingError: MLflow could not store a run.
    """
    parser = argparse.ArgumentParser(prog="python -m training.tracking", description=__doc__)
    parser.add_argument("runs", nargs="+", help="folders that training made, or their names")
    for name in parser.parse_args(arguments).runs:
        folder = RunFolder(find_local(name) or Path(name))
        with as_tracking_error():
            run_id = mirror(folder)
        print(f"{shown_name(folder)}: run {run_id} in experiment {read_record(folder).experiment}")


if __name__ == "__main__":
    try:
        main()
    except (RunFolderError, TrackingError) as error:
        sys.exit(str(error))
