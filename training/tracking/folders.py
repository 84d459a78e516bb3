"""Stores the folders of finished runs in MLflow, so that other machines can fetch them."""

from __future__ import annotations

import shutil
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

from training.config import HyperParameters
from training.run_records.run_folder import RunFolder
from training.tracking.record import RECORD_NAME, experiment_of, shown_path
from training.tracking.runs import find_runs, mirror
from training.tracking.store import as_tracking_error, connect

ARTIFACT_PATH = "folder"  # path among a run's artifacts
ARTIFACT_FILES = (
    "settings.json",
    "state.json",
    "figures.json",
    "readings.json",
    "history.csv",
    RECORD_NAME,
    "best.keras",
)


def record_folder(folder: RunFolder) -> None:
    """Store a finished run in MLflow: its figures, and the files that reports need.

    Raises:
        TrackingError: MLflow cannot store it.
    """
    with as_tracking_error():
        run_id = mirror(folder)
        for path in (folder.path / name for name in ARTIFACT_FILES):
            if path.is_file():
                connect().log_artifact(run_id, str(path), ARTIFACT_PATH)


def fetch_folder(folder: RunFolder, hyper: HyperParameters) -> None:
    """Fetch a finished run from MLflow; nothing changes if MLflow has none.

    Args:
        folder: where the run is written; files that are there are replaced.
        hyper: the settings of the run; stored runs with other settings are skipped.

    Raises:
        TrackingError: MLflow does not answer.
    """
    with as_tracking_error(), TemporaryDirectory() as work:
        for run in find_runs(f"tags.folder = '{shown_path(folder)}'", experiment_of(folder)):
            if not connect().list_artifacts(run.info.run_id, ARTIFACT_PATH):
                continue
            found = Path(connect().download_artifacts(run.info.run_id, ARTIFACT_PATH, work))
            if RunFolder(found).settings() == asdict(hyper):
                shutil.copytree(found, folder.path, dirs_exist_ok=True)
                return
