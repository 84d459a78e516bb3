"""Searches hidden units and dropout of the 784-512-10 network with Optuna.

A study lives in a database: by default SQLite below training/runs; several machines share one by
naming the same PostgreSQL with ``--storage postgresql+psycopg2://...``. Each trial is a run like
any other, in a folder of its own, so a killed one goes on from its last epoch.

Source: Akiba et al., "Optuna: A Next-generation Hyperparameter Optimization Framework", KDD 2019.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import redirect_stdout
from dataclasses import asdict, replace
from typing import Any

import keras
import optuna
from optuna.study import MaxTrialsCallback
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from training.config import HyperParameters
from training.data.datasets import Datasets, load_datasets
from training.experiments.definitions import SWEPT, Row
from training.experiments.running import log_path
from training.experiments.study import (
    ENDED,
    FOLDER,
    Search,
    check_settings,
    database_errors_told,
    open_study,
    retry_stopped,
)
from training.run_records.run_folder import RUNS_DIR, RunFolder
from training.tracking import experiment_of, follow, run_facts
from training.train import train

UNITS = (64, 1024)  # a digit needs more than a few dozen; above, only time grows
DROPOUT = (0.0, 0.6)
DROPOUT_STEP = 0.05
SEARCHED = ("hidden_units", "dropout", "seed")  # what differs from trial to trial
TRIAL_SEEDS = 1_000  # and up; the seeds of an experiment's rows are counted from 1
COLUMNS = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())


def search(wanted: Search, data: str | None, common: Mapping[str, Any]) -> optuna.Study:
    """Try settings until enough trials have ended; a stopped search goes on where it was.

    Args:
        wanted: the study.
        data: `mnist.npz`, or None.
        common: settings that all trials share, such as the epochs.

    Raises:
        DataUnavailableError: MNIST could not be found.
        StudyUnavailableError: the database does not answer, or no longer.
        OtherStudyError: it has the study with other settings.
    """
    with database_errors_told():
        return _search(wanted, data, common)


def _search(wanted: Search, data: str | None, common: Mapping[str, Any]) -> optuna.Study:
    study = open_study(wanted)
    hyper = replace(HyperParameters(), **(dict(common) | SWEPT))
    check_settings(study, {n: value for n, value in asdict(hyper).items() if n not in SEARCHED})
    retry_stopped(study)
    if _ended(study) >= wanted.trials:
        return study
    datasets = load_datasets(data, hyper)
    with Progress(*COLUMNS, TimeRemainingColumn(), console=Console(stderr=True)) as progress:
        bar = progress.add_task("trials", total=wanted.trials, completed=_ended(study))
        study.optimize(
            lambda trial: _try(trial, datasets, hyper, wanted.name),
            callbacks=[
                lambda study, _: progress.update(bar, completed=_ended(study)),
                MaxTrialsCallback(wanted.trials, states=ENDED),
            ],
        )
    return study


def _ended(study: optuna.Study) -> int:
    """How many trials have come to an end of their own."""
    return len(study.get_trials(deepcopy=False, states=ENDED))


def _try(trial: optuna.Trial, datasets: Datasets, hyper: HyperParameters, study: str) -> float:
    """Train one network; the least validation loss it came to.

    Raises:
        TrialPruned: it lagged behind the others.
    """
    hyper = replace(hyper, seed=TRIAL_SEEDS + trial.number, **suggest(trial))
    name = trial.user_attrs.get(FOLDER, f"trial-{trial.number:03d}")
    folder = RunFolder(RUNS_DIR / study / name)
    if folder.begun:  # taken up, with the seed that it began with
        hyper = replace(hyper, seed=int(str(folder.settings()["seed"])))
    trial.set_user_attr(FOLDER, name)
    folder.path.parent.mkdir(parents=True, exist_ok=True)
    with log_path(folder).open("a") as log, redirect_stdout(log):  # the terminal shows the bar
        lags = _lags(trial, datasets, hyper, folder)
    trial.set_user_attr("val_accuracy", folder.best_figures()["val_accuracy"])
    if lags:
        raise optuna.TrialPruned
    return folder.state().best_val_loss


def suggest(trial: optuna.Trial) -> dict[str, Any]:
    """The settings of a trial."""
    return {
        "hidden_units": trial.suggest_int("hidden_units", *UNITS, log=True),
        "dropout": trial.suggest_float("dropout", *DROPOUT, step=DROPOUT_STEP),
    }


def _lags(
    trial: optuna.Trial, datasets: Datasets, hyper: HyperParameters, folder: RunFolder
) -> bool:
    """Train until the epochs are done or the trial is given up; whether it was."""
    keras.utils.clear_session()  # or memory grows from trial to trial
    facts = run_facts(len(datasets.train), len(datasets.validation))
    with follow(folder, experiment_of(folder), parameters=asdict(hyper), facts=facts) as tracked:

        def after_epoch() -> None:
            tracked.epoch()
            state = folder.state()
            trial.report(state.best_val_loss, state.epochs)
            if state.epochs < hyper.epochs and trial.should_prune():
                raise optuna.TrialPruned

        try:
            train(datasets, hyper, folder, resume=True, on_epoch=after_epoch)
        except optuna.TrialPruned:  # MLflow shows a run that was ended early
            return True
    return False


def best_row(study: optuna.Study) -> Row:
    """The settings with the least validation loss, to be trained anew with several seeds."""
    found = study.best_params
    folder = f"found-{found['hidden_units']}-{round(100 * found['dropout'])}"
    return Row("best found", SWEPT | found, folder)


def describe(study: optuna.Study) -> dict[str, Any]:
    """The search as a report keeps it: its trials in their order, the best settings and ours."""
    trials = [
        trial.params
        | {
            "number": trial.number,
            "state": trial.state.name.lower(),
            "value": trial.value,
            "epochs": max(trial.intermediate_values, default=0),
            "val_accuracy": trial.user_attrs.get("val_accuracy"),
        }
        for trial in study.get_trials(states=ENDED)
    ]
    recipe = {name: getattr(HyperParameters(), name) for name in study.best_params}
    found = {"best": study.best_params, "recipe": recipe}
    return {"study": study.study_name, **found, "trials": trials}
