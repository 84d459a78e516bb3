"""Copies a run's folder to MLflow, during the training or later."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from training.run_records.run_folder import RunFolder, RunFolderError
from training.tracking.record import (
    RECORD_NAME,
    RunRecord,
    epoch_figures,
    final_figures,
    is_done,
    keep_id,
    keep_record,
    read_ids,
    read_record,
    shown_name,
    shown_path,
)
from training.tracking.store import connect, experiment_id, first_line, log_metrics, log_params

if TYPE_CHECKING:
    from mlflow.entities import Run

TAGGED = ("seed", "backend", "git_commit")
MOST_RUNS = 1_000  # maximum number of results of one query


class Tracked:
    """A run that MLflow shows during the training; errors of MLflow are printed, never raised.

    As a context manager it ends the run as FINISHED, FAILED, or KILLED (Ctrl-C). A training that
    fails before it completes an epoch changes neither MLflow nor the record in the folder.
    """

    def __init__(self, folder: RunFolder, record: RunRecord) -> None:
        """Set folder and record; nothing is written before the end of an epoch."""
        self._folder = folder
        self._record = record
        self._begun = self._said = False

    def epoch(self) -> None:
        """Copy the epochs that the folder has and MLflow lacks."""
        self._mirror("RUNNING")

    def finish(self, status: str | None = None) -> None:
        """Copy the rest and end the run; `status` as in `mirror`."""
        self._mirror(status)

    def __enter__(self) -> Tracked:
        """Return this object; the training runs in the `with` block."""
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """End the run with the status of the training."""
        if kind is None:
            self.finish()
        elif self._begun:
            self.finish("KILLED" if issubclass(kind, KeyboardInterrupt) else "FAILED")

    def _mirror(self, status: str | None) -> None:
        """Copy to MLflow; the first error is printed in one line; the next epoch tries again."""
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
    """Prepare to show a new or a resumed run in MLflow.

    Args:
        folder: the run's; the other arguments are saved there, so that MLflow can show it later.
        experiment: the group of runs it is compared with.
        parameters: all hyper-parameters.
        facts: data, code and machine, as `run_facts` returns them.

    Raises:
        RunFolderError: other code has begun the run: its figures would be those of neither.
    """
    if (folder.path / RECORD_NAME).is_file() and not is_done(folder):
        begun, today = (one.get("code_sha256") for one in (read_record(folder).facts, facts))
        if begun != today:
            raise RunFolderError(
                f"A run is continued by the code that began it ({begun}). Received: {folder.path} "
                f"and {today}. Go back to that code, or move the folder away to begin anew."
            )
    return Tracked(folder, RunRecord(experiment, parameters, facts))


def show(folder: RunFolder) -> None:
    """Copy a run that is not training, for example after its test; errors are only printed.

    Raises:
        RunFolderError: there is no run in the folder.
    """
    Tracked(folder, read_record(folder)).finish()


def mirror(folder: RunFolder, status: str | None = None) -> str:
    """Copy all that MLflow lacks of a run: parameters, tags, epochs, final figures.

    Args:
        folder: the run's folder.
        status: RUNNING, FINISHED, FAILED or KILLED; by default FINISHED, or KILLED if epochs are
            left.

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
        connect().set_terminated(run.info.run_id, status)
    return run.info.run_id


def find_runs(condition: str, experiment: str | None = None) -> list[Run]:
    """The runs that match a filter of MLflow, the newest first, without deleted ones.

    Args:
        condition: the filter, such as ``attributes.status = 'FINISHED'``.
        experiment: name of the experiment to search; None searches all.
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
    """Create the run in MLflow and save its id in the folder."""
    known = record.as_text()
    tags = {name: known[name] for name in TAGGED if known.get(name)}
    if "git_commit" in tags:
        tags["mlflow.source.git.commit"] = tags["git_commit"]  # what MLflow's page shows
    run = connect().create_run(
        experiment_id(record.experiment),
        tags=tags | {"folder": shown_path(folder)},
        run_name=shown_name(folder),
    )
    keep_id(folder, run.info.run_id)
    return run


def _log_missing(run: Run, folder: RunFolder, record: RunRecord) -> None:
    """Log the parameters, epochs and final figures that MLflow lacks."""
    run_id, known = run.info.run_id, run.data.params
    texts = record.as_text().items()
    log_params(run_id, {name: text for name, text in texts if name not in known})
    shown = {metric.step for metric in connect().get_metric_history(run_id, "val_loss")}
    for epoch, figures in epoch_figures(folder).items():
        if epoch not in shown:
            log_metrics(run_id, figures, epoch)
    final, metrics = final_figures(folder), run.data.metrics
    missing = {name: value for name, value in final.items() if metrics.get(name) != value}
    log_metrics(run_id, missing, folder.state().best_epoch)
