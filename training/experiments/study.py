"""The database in which a search keeps its trials, and what is left there when one is killed."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import optuna
from optuna.trial import FrozenTrial, TrialState
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from digitscope.errors import DigitscopeError
from training.config import difference, under_todays_names
from training.run_records.run_folder import RUNS_DIR
from training.tracking.store import first_line

STARTUP_TRIALS = 5  # go to their end whatever they show: the median has to mean something
WARMUP_EPOCHS = 2  # before the schedule's rise is over nobody lags
ENDED = (TrialState.COMPLETE, TrialState.PRUNED)
PENDING = (TrialState.WAITING, TrialState.RUNNING)
STORAGE_VARIABLE = "OPTUNA_STORAGE"  # Optuna's own; keeps a password out of the command line
STORE_NAME = "optuna.db"
TRIES, PAUSE_S = 4, 1.0  # of two that make the tables at once, one is told that they are there
SETTINGS = "settings"  # what a study is marked with
FOLDER, MACHINE, PROCESS = "folder", "machine", "process"  # what a trial is marked with


class StudyUnavailableError(DigitscopeError, RuntimeError):
    """The database with the study does not answer."""


class OtherStudyError(DigitscopeError, RuntimeError):
    """The database has a study of that name with other settings."""


@dataclass(frozen=True)
class Search:
    """Where a study is and how far it shall go.

    Attributes:
        name: of the study and of its folders; below training/runs and in the database.
        trials: how many shall have ended, given up ones included, on all machines together.
        storage: an SQLAlchemy URL; None for $OPTUNA_STORAGE, or SQLite beside the runs.
    """

    name: str
    trials: int
    storage: str | None = None

    @property
    def shared(self) -> str | None:
        """The database that others may use at the same time, or None."""
        return self.storage or os.environ.get(STORAGE_VARIABLE)


@contextmanager
def database_errors_told() -> Iterator[None]:
    """Turn what the study's database raises into one error of ours, in one line."""
    try:
        yield
    except (SQLAlchemyError, optuna.exceptions.StorageInternalError) as error:
        raise _unavailable(error) from error


def _unavailable(error: Exception) -> StudyUnavailableError:
    return StudyUnavailableError(
        f"A database that answers, and its driver, are expected. Received: {first_line(error)}. "
        f"Look at --storage or ${STORAGE_VARIABLE}; what has ended is kept, and the same command "
        "goes on."
    )


def open_study(wanted: Search) -> optuna.Study:
    """The study of that name, made where there is none.

    Raises:
        StudyUnavailableError: its database has no driver here.
        SQLAlchemyError: it does not answer.
    """
    RUNS_DIR.mkdir(parents=True, exist_ok=True)
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    storage = _open_storage(wanted.shared or f"sqlite:///{RUNS_DIR / STORE_NAME}")
    study = optuna.create_study(
        storage=storage,
        study_name=wanted.name,
        direction="minimize",  # validation loss
        load_if_exists=True,
        pruner=optuna.pruners.MedianPruner(STARTUP_TRIALS, WARMUP_EPOCHS),
    )
    seed = None if wanted.shared else len(study.trials)  # several machines must not draw alike
    study.sampler = optuna.samplers.TPESampler(seed=seed, constant_liar=True)
    return study


def check_settings(study: optuna.Study, wanted: dict[str, object]) -> None:
    """Keep what all trials of a study share, or make sure that it is what they began with.

    Raises:
        OtherStudyError: they began with something else; their losses would not compare.
    """
    begun = study.user_attrs.get(SETTINGS)
    if begun is None:
        study.set_user_attr(SETTINGS, wanted)
        return
    if others := difference(under_todays_names(begun), wanted):
        raise OtherStudyError(
            f"A study keeps what its trials share: {others[0]}. Received: {others[1]}. "
            "Repeat the first command, or name another database with --storage."
        )


def _open_storage(url: str, tries: int = TRIES) -> optuna.storages.RDBStorage:
    """Optuna's tables at `url`; another machine may be making them at the same moment."""
    try:
        return optuna.storages.RDBStorage(url)
    except ImportError as error:
        raise _unavailable(error) from error
    except DBAPIError:
        if tries == 1:
            raise
    time.sleep(PAUSE_S)
    return _open_storage(url, tries - 1)


def take_up(study: optuna.Study) -> None:
    """Put trials that were stopped here back in the queue, with the folders that they have."""
    for trial in study.get_trials(deepcopy=False, states=(TrialState.RUNNING,)):
        if _is_dead(trial):
            study.tell(trial.number, state=TrialState.FAIL)
    known = [one.user_attrs.get(FOLDER) for one in study.get_trials(states=(*ENDED, *PENDING))]
    for trial in study.get_trials(states=(TrialState.FAIL,)):
        folder = trial.user_attrs.get(FOLDER)
        if folder and folder not in known and trial.params:
            study.enqueue_trial(trial.params, user_attrs={FOLDER: folder})
            known.append(folder)


def _is_dead(trial: FrozenTrial) -> bool:
    """Whether a trial that is said to run was begun on this machine by a process that is gone."""
    process = trial.user_attrs.get(PROCESS)
    if process is None or trial.user_attrs.get(MACHINE) != socket.gethostname():
        return False
    try:
        os.kill(process, 0)  # asks only whether it is there
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return bool(process == os.getpid())  # a container starts anew with the same number
