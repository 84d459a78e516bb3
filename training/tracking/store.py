"""Access to MLflow: the address of its store, a client, and functions that log.

Only this module imports mlflow, inside functions: the import takes seconds, and training works
without it. Nothing leaves the machine unless $MLFLOW_TRACKING_URI names a server.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import keras
import numpy as np
from filelock import FileLock

from digitscope.errors import DigitscopeError
from digitscope.types import CLASSES, TILE_PX
from training.run_records.provenance import versions
from training.run_records.run_folder import RUNS_DIR

if TYPE_CHECKING:
    from mlflow import MlflowClient

MODEL_NAME = "mnist-cnn"  # in the Model Registry
STORE_VARIABLE = "MLFLOW_TRACKING_URI"
SQLITE = "sqlite:///"
STORE = f"{SQLITE}{RUNS_DIR / 'mlflow.db'}"  # MLflow's store of plain files no longer works
QUIET = {  # set before mlflow is imported, unless the user has set it
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_LOGGING_LEVEL": "ERROR",
    "GIT_PYTHON_REFRESH": "quiet",  # no warning if git is missing
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",  # a server that is down does not delay training
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "10",
}
LOCK_S = 60  # creating the tables takes two seconds; many processes may wait for it
PARAM_LIMIT = 6_000  # characters; MLflow's own limit


class TrackingError(DigitscopeError, RuntimeError):
    """MLflow does not have what was asked for, or cannot do it."""


def connect() -> MlflowClient:
    """A client of the store, for runs and registry; fails at once if a database is down.

    Raises:
        ImportError: MLflow is not installed.
        Exception: whatever the store raises: it may be a file, a database or a server.
    """
    return _connect(_store())


def _store() -> str:
    return os.environ.get(STORE_VARIABLE) or STORE


@cache
def _connect(store: str) -> MlflowClient:
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)
    import mlflow
    from mlflow.store.db import utils as mlflow_databases

    mlflow_databases.MAX_RETRY_COUNT = 1  # the default 10 takes 100 s; no setting changes it
    mlflow.set_tracking_uri(store)  # logging a network does not use the client
    with _sqlite_lock(store):
        return mlflow.MlflowClient(store, store)


def experiment_id(name: str) -> str:
    """The id of the experiment with this name; it is created if it is missing."""
    client, file = connect(), _sqlite_file(_store())
    place = file.with_name(f"{file.stem}-artefacts").as_uri() if file else None  # None: default
    with _sqlite_lock(_store()):
        if found := client.get_experiment_by_name(name):
            return found.experiment_id
        return client.create_experiment(name, artifact_location=place)


@contextmanager
def _sqlite_lock(store: str) -> Iterator[None]:
    """Lock an SQLite store: two processes that create its tables at once damage the file."""
    file = _sqlite_file(store)
    if not file:
        yield
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(file.with_suffix(".lock"), timeout=LOCK_S):  # a dead process holds no lock
        yield


def _sqlite_file(store: str) -> Path | None:
    """The file of an SQLite store, None for a server or another database."""
    return Path(store.removeprefix(SQLITE)).resolve() if store.startswith(SQLITE) else None


def log_params(run_id: str, values: Mapping[str, str]) -> None:
    """Log parameters of the whole run, in one request."""
    from mlflow.entities import Param

    params = [Param(name, text[:PARAM_LIMIT]) for name, text in values.items()]
    connect().log_batch(run_id, params=params)


def log_metrics(run_id: str, values: Mapping[str, float], epoch: int) -> None:
    """Log the figures of an epoch, counted from 1, with the present time: all or none."""
    from mlflow.entities import Metric

    now_ms = round(time.time() * 1000)
    metrics = [Metric(name, value, now_ms, epoch) for name, value in values.items()]
    connect().log_batch(run_id, metrics=metrics)


def log_network(run_id: str, network: keras.Model) -> str:
    """Log a network with its input and output shapes to a run; this sets the run's status.

    Returns:
        The id of the logged model.
    """
    connect()
    import mlflow.keras
    from mlflow.models import ModelSignature
    from mlflow.types import Schema, TensorSpec

    takes = TensorSpec(np.dtype(np.float32), (-1, TILE_PX, TILE_PX, 1))
    gives = TensorSpec(np.dtype(np.float32), (-1, CLASSES))
    needs = [f"{name}=={found}" for name, found in versions().items() if name != "python"]
    with mlflow.start_run(run_id=run_id):
        logged = mlflow.keras.log_model(
            network,
            name=MODEL_NAME,
            signature=ModelSignature(Schema([takes]), Schema([gives])),
            pip_requirements=needs,
        )
    return logged.model_id


@contextmanager
def as_tracking_error() -> Iterator[None]:
    """In the `with` block, turn errors of MLflow or its store into a one-line TrackingError."""
    try:
        yield
    except DigitscopeError:
        raise
    except Exception as error:
        raise TrackingError(
            f"A run that MLflow can take at {_store()} is expected. Received: {first_line(error)}. "
            f"Look at ${STORE_VARIABLE}, the extra `train` and the run's folder."
        ) from error


def first_line(error: Exception) -> str:
    """The first line of an error's text; without text, its type."""
    return (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")
