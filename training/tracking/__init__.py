"""Shows runs in MLflow, and keeps its Model Registry: ``python -m training.tracking FOLDER...``.

A run's folder is the truth and MLflow its mirror: `mirror` brings over what is missing and may be
called at any time, after each epoch, after a kill, or days later for a folder whose training ran
without MLflow. What MLflow cannot do never stops a training.

The store is training/runs/mlflow.db, or wherever $MLFLOW_TRACKING_URI says; ``make mlflow`` opens
its page. Only `training.tracking.store` imports mlflow.
"""

from training.tracking.record import EXPERIMENT, experiment_of, run_facts
from training.tracking.registry import find_folder, register
from training.tracking.runs import Tracked, follow, mirror, show
from training.tracking.store import TrackingError

__all__ = [
    "EXPERIMENT",
    "Tracked",
    "TrackingError",
    "experiment_of",
    "find_folder",
    "follow",
    "mirror",
    "register",
    "run_facts",
    "show",
]
