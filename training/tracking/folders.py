"""Finished runs in MLflow: any machine fetches the folder that another one has recorded."""

from __future__ import annotations

import shutil
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

from training.config import HyperParameters, complete_settings
from training.run_records.run_folder import RunFolder
from training.tracking.record import RECORD_NAME, experiment_of, shown_path
from training.tracking.runs import find_runs, mirror
from training.tracking.store import connect, said_clearly

PLACE = "folder"  # among a run's artifacts
KEPT = (
    "settings.json",
    "state.json",
    "figures.json",
    "readings.json",
    "history.csv",
    RECORD_NAME,
    "best.keras",
)


def record_folder(folder: RunFolder) -> None:
    """Keep a finished run in MLflow: its figures, and the files by which it is reported.

    Raises:
        TrackingError: MLflow cannot take it.
    """
    with said_clearly():
        run_id = mirror(folder)
        for path in (folder.path / name for name in KEPT):
            if path.is_file():
                connect().log_artifact(run_id, str(path), PLACE)


def fetch_folder(folder: RunFolder, hyper: HyperParameters) -> None:
    """Fetch a finished run from MLflow; nothing is changed where MLflow has none.

    Args:
        folder: where the run belongs; what was begun there is replaced.
        hyper: the settings of the run; a recorded run with others is another run.

    Raises:
        TrackingError: MLflow does not answer.
    """
    with said_clearly(), TemporaryDirectory() as work:
        for run in find_runs(f"tags.folder = '{shown_path(folder)}'", experiment_of(folder)):
            if not connect().list_artifacts(run.info.run_id, PLACE):
                continue
            found = Path(connect().download_artifacts(run.info.run_id, PLACE, work))
            if RunFolder(found).settings() == complete_settings(asdict(hyper)):
                shutil.copytree(found, folder.path, dirs_exist_ok=True)
                return
