"""Mirrors a run's folder to MLflow, while it trains or later."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from training.run_records.run_folder import RunFolder
from training.tracking.record import (
    RunRecord,
    began_ms,
    epoch_figures,
    is_done,
    keep_id,
    keep_record,
    read_ids,
    read_record,
    shown_name,
    shown_path,
    written_ms,
)
from training.tracking.store import connect, experiment_id, first_line, log_metrics, log_params

if TYPE_CHECKING:
    from mlflow.entities import Run

TAGGED = ("seed", "backend", "git_commit")
MOST_RUNS = 1_000  # looked through at once


class Tracked:
    """A run that MLflow shows while it goes on; tracking faults are said and never raised.

    As a context manager it ends the run: FINISHED, FAILED, or KILLED by Ctrl-C. A training that
    never came to an epoch of its own leaves MLflow, and what its folder held before, alone.
    """

    def __init__(self, folder: RunFolder, record: RunRecord) -> None:
        """Name the folder and what to keep in it; nothing is written before the first epoch."""
        self._folder = folder
        self._record = record
        self._begun = self._said = False

    def epoch(self) -> None:
        """Bring over the epochs that the folder has and MLflow lacks."""
        self._mirror("RUNNING")

    def finish(self, status: str | None = None) -> None:
        """Bring over the rest; `status` as in `mirror`."""
        self._mirror(status)

    def __enter__(self) -> Tracked:
        """Follow the training inside."""
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """End the run as the training ended."""
        if kind is None:
            self.finish()
        elif self._begun:
            self.finish("KILLED" if issubclass(kind, KeyboardInterrupt) else "FAILED")

    def _mirror(self, status: str | None) -> None:
        """Mirror; the first failure is said in one line, and the next epoch tries again."""
        self._begun = True
        try:
            keep_record(self._folder, self._record)
            mirror(self._folder, status)
        except Exception as error:  # noqa: BLE001 - whatever a store raises, training goes on
            if not self._said:
                print(
                    f"MLflow does not show this run: {first_line(error)}. The run itself is well; "
                    f"later: python -m training.tracking {self._folder.path}",
                    flush=True,
                )
            self._said = True


def follow(
    folder: RunFolder,
    experiment: str,
    *,
    parameters: Mapping[str, object],
    facts: Mapping[str, object],
) -> Tracked:
    """Get ready to show a run in MLflow, a new one or one that goes on.

    Args:
        folder: the run's; the rest is kept there too, so that the run can be shown later.
        experiment: the group of runs it is compared with.
        parameters: all hyper-parameters.
        facts: data, code and machine, such as `run_facts` gathers.
    """
    return Tracked(folder, RunRecord(experiment, parameters, facts))


def show(folder: RunFolder) -> None:
    """Mirror a run at rest, such as one whose test figures came later; faults are only said.

    Raises:
        RunFolderError: there is no run in the folder.
    """
    Tracked(folder, read_record(folder)).finish()


def mirror(folder: RunFolder, status: str | None = None) -> str:
    """Bring over all that MLflow lacks of a run: parameters, tags, epochs, final figures.

    Args:
        folder: the run's.
        status: RUNNING, FINISHED, FAILED or KILLED; by default what the folder of a run at rest
            tells: FINISHED, or KILLED where epochs are left.

    Returns:
        The run's id in MLflow.

    Raises:
        RunFolderError: there is no run in the folder.
        ImportError: MLflow is not installed.
        Exception: whatever the store raises.
    """
    record = read_record(folder)
    run = _known_run(folder) or _create_run(folder, record)
    _log_missing(run, folder, record)
    status = status or ("FINISHED" if is_done(folder) else "KILLED")
    if status == "RUNNING":
        connect().update_run(run.info.run_id, status)
    else:
        connect().set_terminated(run.info.run_id, status, written_ms(folder))
    return run.info.run_id


def find_runs(condition: str, experiment: str | None = None) -> list[Run]:
    """The runs that meet a condition in MLflow's words, the newest first; no deleted ones.

    Args:
        condition: such as ``attributes.status = 'FINISHED'``.
        experiment: its name; all are looked through where none is given.
    """
    client = connect()
    known = [one for one in client.search_experiments() if experiment in (None, one.name)]
    ids = [one.experiment_id for one in known]
    return list(client.search_runs(ids, condition, max_results=MOST_RUNS)) if ids else []


def _known_run(folder: RunFolder) -> Run | None:
    """The run in this store that the folder names, or None."""
    found = (find_runs(f"attributes.run_id = '{run_id}'") for run_id in read_ids(folder))
    return next((runs[0] for runs in found if runs), None)


def _create_run(folder: RunFolder, record: RunRecord) -> Run:
    """Begin the run in MLflow and note its id in the folder."""
    known = record.as_text()
    tags = {name: known[name] for name in TAGGED if known.get(name)}
    if "git_commit" in tags:
        tags["mlflow.source.git.commit"] = tags["git_commit"]  # what MLflow's page shows
    run = connect().create_run(
        experiment_id(record.experiment),
        start_time=began_ms(folder),
        tags=tags | {"folder": shown_path(folder)},
        run_name=shown_name(folder),
    )
    keep_id(folder, run.info.run_id)
    return run


def _log_missing(run: Run, folder: RunFolder, record: RunRecord) -> None:
    """Log the parameters, epochs and final figures that the run lacks."""
    run_id, known = run.info.run_id, run.data.params
    texts = record.as_text().items()
    log_params(run_id, {name: text for name, text in texts if name not in known})
    shown = {metric.step for metric in connect().get_metric_history(run_id, "val_loss")}
    for row in epoch_figures(folder):
        if row.epoch not in shown:
            log_metrics(run_id, row.values, row.time_ms, row.epoch)
    figures, metrics = folder.figures(), run.data.metrics
    missing = {name: value for name, value in figures.items() if metrics.get(name) != value}
    if missing:
        log_metrics(run_id, missing, written_ms(folder), folder.state().best_epoch)
