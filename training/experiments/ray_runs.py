"""Trains an experiment's runs on a Ray cluster, each run as one task.

MLflow stores the runs: the machine that trains a run uploads its folder, and the machine that
started the experiment fetches it for the report. A stored run is not trained again on any machine.

Each machine needs this project with the extras `train` and `ray` at the same path, the same data,
and a $MLFLOW_TRACKING_URI that it can reach. Searches run only on the machine that starts them.
"""

from __future__ import annotations

import importlib
import os
import traceback
from collections.abc import Iterator, Sequence
from contextlib import redirect_stderr, redirect_stdout

from digitscope.batch.ray_engine import connected
from digitscope.errors import DigitscopeError
from training.experiments.reports import Run
from training.experiments.running import (
    THREAD_VARIABLES,
    Sources,
    check_begun,
    log_path,
    missing_steps,
    progress_bar,
)
from training.tracking.folders import fetch_folder, record_folder
from training.tracking.store import STORE_VARIABLE

SENT_VARIABLES = (STORE_VARIABLE, "MNIST_NPZ", "UJI_STROKES")  # environment of the tasks


class RunFailedError(DigitscopeError, RuntimeError):
    """A run on the cluster failed."""


def run_all_on_ray(
    runs: Sequence[Run], sources: Sources, *, address: str | None = None, cores: int = 1
) -> None:
    """Train and measure the runs that neither their folders nor MLflow have, as cluster tasks.

    Args:
        runs: the experiment's runs; afterwards each has its folder here.
        sources: where the pictures are, on every machine.
        address: address of a running cluster; None starts one on this machine and ends it.
        cores: number of cores per run.

    Raises:
        RunFailedError: a run failed; the text has its traceback.
        TrackingError: MLflow does not answer.
    """
    check_begun(runs)
    waiting = [run for run in runs if _is_missing(run, sources)]
    with progress_bar() as progress:
        done = len(runs) - len(waiting)
        bar = progress.add_task("runs measured", total=len(runs), completed=done)
        if waiting:
            with connected(address):
                for run in _ended(waiting, sources, cores):
                    _is_missing(run, sources)
                    progress.advance(bar)


def _is_missing(run: Run, sources: Sources) -> bool:
    """Fetch a run from MLflow if it is not finished here; whether steps are still missing."""
    if missing_steps(run, sources):
        fetch_folder(run.folder, run.hyper)
    return bool(missing_steps(run, sources))


def _ended(runs: Sequence[Run], sources: Sources, cores: int) -> Iterator[Run]:
    """Start all runs on the cluster, and yield each when it has ended."""
    import ray

    sent = {name: os.environ[name] for name in SENT_VARIABLES if name in os.environ}
    variables = sent | dict.fromkeys(THREAD_VARIABLES, str(cores))
    # One process per run, as on one machine: TensorFlow does not release memory.
    task = ray.remote(num_cpus=cores, max_calls=1, runtime_env={"env_vars": variables})(finish_run)
    running = {task.remote(run, sources): run for run in runs}
    while running:
        (ended,), _ = ray.wait(list(running))
        run = running.pop(ended)
        if fault := ray.get(ended):
            raise RunFailedError(
                f"A finished run is expected. Received: {run.folder.path}: {fault}"
            )
        yield run


def finish_run(run: Run, sources: Sources) -> str:
    """Do the missing steps of a run on the task's machine, and store the run in MLflow.

    Returns:
        The traceback of an error, or "".
    """
    run.folder.path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with log_path(run.folder).open("a") as log, redirect_stdout(log), redirect_stderr(log):
            if _is_missing(run, sources):
                for module, *options in missing_steps(run, sources):
                    importlib.import_module(module).main(options)
        record_folder(run.folder)
    except (Exception, SystemExit):  # noqa: BLE001 - whatever it is, the asking machine tells it
        return traceback.format_exc()
    return ""
