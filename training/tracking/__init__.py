"""Shows runs in MLflow, and fills its Model Registry: ``python -m training.tracking FOLDER...``.

The original of a run is its folder; MLflow has a copy. `mirror` copies what is missing. It may be
called at any time: after each epoch, after a kill, or days later if the training ran without
MLflow. An error of MLflow never stops a training. A run's times in MLflow are those of copying; its
metric ``epoch_seconds`` has those of the training. (MLflow's callback for Keras can do neither: an
error of the store stops its training, and it copies no finished run.)

The store is training/runs/mlflow.db, or what $MLFLOW_TRACKING_URI names; ``make mlflow`` opens its
web page. Only `training.tracking.store` imports mlflow.
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
