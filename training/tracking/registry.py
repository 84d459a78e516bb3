"""Finds runs in MLflow and adds their networks to its Model Registry.

A run's best network becomes a version of the registered model. The alias ``champion`` marks the
version that was promoted last: ``models:/mnist-cnn@champion``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from training.run_records.run_folder import REPOSITORY, RunFolder
from training.tracking.record import EXPERIMENT, find_local, read_ids
from training.tracking.runs import find_runs, mirror
from training.tracking.store import (
    MODEL_NAME,
    TrackingError,
    as_tracking_error,
    connect,
    log_network,
)

if TYPE_CHECKING:
    from mlflow.entities import Run

BEST = "best"
CHAMPION = "champion"  # the alias of the version that was promoted last
COMPARED_BY = ("label_smoothing", "validation_tiles")  # a validation loss depends on both


def find_folder(run: str, experiment: str = EXPERIMENT) -> RunFolder:
    """The folder of a run.

    Args:
        run: a folder, its name in training/runs, a run's id or name in MLflow, or ``best``: the
            lowest validation loss among the finished runs of the experiment.
        experiment: the experiment in which ``best`` is searched.

    Raises:
        TrackingError: there is no such run, its folder is gone, or losses cannot be compared.
    """
    local = None if run == BEST else find_local(run)
    if local:
        return RunFolder(local)
    with as_tracking_error():
        return _folder_of(best_run(experiment) if run == BEST else _named_run(run))


def best_run(experiment: str) -> Run:
    """The finished run of an experiment with the lowest validation loss.

    Raises:
        TrackingError: there is no finished run, or the runs' losses cannot be compared.
    """
    runs = find_runs("attributes.status = 'FINISHED' and metrics.best_val_loss >= 0", experiment)
    if not runs:
        raise TrackingError(
            f"A finished run is expected in experiment {experiment}. Received: none. "
            "Train one, or bring one over: python -m training.tracking FOLDER."
        )
    for name in COMPARED_BY:
        if len(values := {run.data.params.get(name) for run in runs}) > 1:
            raise TrackingError(
                f"Validation losses compare only at the same {name}. Received: {values} in "
                f"experiment {experiment}. Name the run, or another experiment."
            )
    return min(runs, key=lambda run: run.data.metrics["best_val_loss"])


def register(folder: RunFolder, alias: str = CHAMPION) -> int:
    """Register a run's best network and move the alias to it, also for an older run.

    Returns:
        The version; the existing one if this run's best epoch was registered before.

    Raises:
        RunFolderError: the run has no finished epoch.
        TrackingError: MLflow could not store it.
    """
    with as_tracking_error():
        run_id = mirror(folder)
        version = _registered(run_id, folder) or _register(run_id, folder)
        connect().set_registered_model_alias(MODEL_NAME, alias, str(version))
    return version


def _registered(run_id: str, folder: RunFolder) -> int | None:
    """The registered version of a run's best epoch, or None."""
    found = connect().search_model_versions(f"name = '{MODEL_NAME}' and run_id = '{run_id}'")
    epoch = str(folder.state().best_epoch)
    return next((int(one.version) for one in found if one.tags.get("best_epoch") == epoch), None)


def _register(run_id: str, folder: RunFolder) -> int:
    """Log the run's best network and make a version of it."""
    client = connect()
    model_id = log_network(run_id, folder.load_best())
    mirror(folder)  # logging the network has changed the run's status
    if not client.search_registered_models(filter_string=f"name = '{MODEL_NAME}'"):
        client.create_registered_model(MODEL_NAME)
    version = client.create_model_version(
        MODEL_NAME,
        f"models:/{model_id}",
        run_id,
        tags={"best_epoch": str(folder.state().best_epoch)},
        model_id=model_id,
    )
    return int(version.version)


def _named_run(run: str) -> Run:
    """The newest run with this id or name, in any experiment."""
    quoted = run.replace("'", "")
    for attribute in ("run_id", "run_name"):
        if found := find_runs(f"attributes.{attribute} = '{quoted}'"):
            return found[0]
    raise TrackingError(
        f"A run's folder, id or name is expected. Received: {run}. "
        "`make mlflow` shows them all, `best` takes the best."
    )


def _folder_of(run: Run) -> RunFolder:
    """The folder that a run in MLflow came from, if it still holds that run."""
    folder = RunFolder(REPOSITORY / run.data.tags.get("folder", ""))
    if run.info.run_id not in read_ids(folder):
        raise TrackingError(
            f"The folder of run {run.info.run_name} is expected. Received: "
            f"{run.data.tags.get('folder')}, which is gone or holds another run. "
            f"Train it again; a registered network can still be loaded from models:/{MODEL_NAME}/."
        )
    return folder
