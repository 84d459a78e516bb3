"""The database in which a search stores its trials; killed trials are queued again."""

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
from training.config import difference, without_removed
from training.run_records.run_folder import RUNS_DIR
from training.tracking.store import first_line

STARTUP_TRIALS = 5  # never pruned: the median needs some complete trials
WARMUP_EPOCHS = 2  # no trial is pruned before the learning rate's warm-up is over
ENDED = (TrialState.COMPLETE, TrialState.PRUNED)
STORAGE_VARIABLE = "OPTUNA_STORAGE"  # Optuna's own name; keeps a password out of the command line
STORE_NAME = "optuna.db"
OPEN_ATTEMPTS, PAUSE_S = 4, 1.0  # if two create the tables at once, one gets an error
SETTINGS_ATTRIBUTE = "settings"  # attribute of a study
FOLDER_ATTRIBUTE = "folder"  # attribute of a trial
HEARTBEAT_S, GRACE_S = 20, 90  # a trial without a heartbeat for GRACE_S is dead
warnings.filterwarnings("ignore", category=optuna.exceptions.ExperimentalWarning)  # heartbeats
RETRY = optuna.storages.RetryHeartbeatStaleTrialCallback()


class StudyUnavailableError(DigitscopeError, RuntimeError):
    """The database with the study does not answer."""


class OtherStudyError(DigitscopeError, RuntimeError):
    """The database has a study of that name with other settings."""


@dataclass(frozen=True)
class Search:
    """Where a study is stored, and how many trials it needs.

    Attributes:
        name: name of the study in the database, and of its folder below training/runs.
        trials: number of trials to end, pruned ones included, on all machines together.
        storage: an SQLAlchemy URL; None for $OPTUNA_STORAGE, or SQLite next to the runs.
    """

    name: str
    trials: int
    storage: str | None = None

    @property
    def shared(self) -> str | None:
        """URL of a database that other machines may use at the same time, or None."""
        return self.storage or os.environ.get(STORAGE_VARIABLE)


@contextmanager
def as_study_unavailable_error() -> Iterator[None]:
    """In the `with` block, turn errors of the study's database into StudyUnavailableError."""
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
    """Open the study of that name, or create it.

    Raises:
        StudyUnavailableError: the database's driver is not installed.
        SQLAlchemyError: the database does not answer.
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
    """Store the settings that all trials of a study share, or check that they are unchanged.

    Raises:
        OtherStudyError: the trials began with other settings; losses cannot be compared.
    """
    begun = study.user_attrs.get(SETTINGS_ATTRIBUTE)
    if begun is None:
        study.set_user_attr(SETTINGS_ATTRIBUTE, wanted)
        return
    if others := difference(without_removed(begun), wanted):
        raise OtherStudyError(
            f"A study keeps what its trials share: {others[0]}. Received: {others[1]}. "
            "Repeat the first command, or name another database with --storage."
        )


def _open_storage(url: str, tries: int = OPEN_ATTEMPTS) -> optuna.storages.RDBStorage:
    """Open Optuna's tables at `url`; try again if another machine creates them just now."""
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
    """Queue trials again that stopped before their end; each keeps its folder.

    Ctrl-C and errors mark a trial as failed at once. A process that was killed, here or on another
    machine, has had no heartbeat for `GRACE_S`.
    """
    optuna.storages.fail_stale_trials(study)
    retried = {number for one in study.trials for number in RETRY.retry_history(one)}
    for trial in study.get_trials(deepcopy=False, states=(TrialState.FAIL,)):
        if FOLDER_ATTRIBUTE in trial.user_attrs and trial.number not in retried:
            RETRY(study, trial)
