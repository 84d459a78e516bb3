"""The database in which a search keeps its trials, and what is left there when one is killed."""

from __future__ import annotations

import os
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import optuna
from optuna.trial import TrialState
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from digitscope.errors import DigitscopeError
from training.config import difference, under_todays_names
from training.run_records.run_folder import RUNS_DIR
from training.tracking.store import first_line

STARTUP_TRIALS = 5  # go to their end whatever they show: the median has to mean something
WARMUP_EPOCHS = 2  # before the schedule's rise is over nobody lags
ENDED = (TrialState.COMPLETE, TrialState.PRUNED)
STORAGE_VARIABLE = "OPTUNA_STORAGE"  # Optuna's own; keeps a password out of the command line
STORE_NAME = "optuna.db"
TRIES, PAUSE_S = 4, 1.0  # of two that make the tables at once, one is told that they are there
SETTINGS = "settings"  # what a study is marked with
FOLDER = "folder"  # what a trial is marked with
HEARTBEAT_S, GRACE_S = 20, 90  # a trial whose process has said nothing for so long is dead
warnings.filterwarnings("ignore", category=optuna.exceptions.ExperimentalWarning)  # heartbeats
RETRY = optuna.storages.RetryHeartbeatStaleTrialCallback()


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
        return optuna.storages.RDBStorage(
            url,
            heartbeat_interval=HEARTBEAT_S,
            grace_period=GRACE_S,
            heartbeat_stale_trial_callback=RETRY,
        )
    except ImportError as error:
        raise _unavailable(error) from error
    except DBAPIError:
        if tries == 1:
            raise
    time.sleep(PAUSE_S)
    return _open_storage(url, tries - 1)


def retry_stopped(study: optuna.Study) -> None:
    """Queue trials again that stopped before their end, each with the folder that it has.

    Ctrl-C and errors mark a trial as failed at once; a process that was killed, here or on another
    machine, is known by its heartbeat, which has ended for `GRACE_S`.
    """
    optuna.storages.fail_stale_trials(study)
    retried = {number for one in study.trials for number in RETRY.retry_history(one)}
    for trial in study.get_trials(deepcopy=False, states=(TrialState.FAIL,)):
        if FOLDER in trial.user_attrs and trial.number not in retried:
            RETRY(study, trial)
