"""Searches settings of one row with Optuna, before the row is trained with them.

A study lives in a database: by default SQLite below training/runs; several machines share one by
naming the same PostgreSQL with ``--storage postgresql+psycopg2://...``. Each trial is a run like
any other, in a folder of its own, so a killed one goes on from its last epoch. Trials learn from
a part of MNIST's training tiles and are judged by another part: the validation and test tiles, by
which rows are compared, have no part in a search.

Source: Akiba et al., "Optuna: A Next-generation Hyperparameter Optimization Framework", KDD 2019.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Mapping
from contextlib import redirect_stdout
from dataclasses import asdict, replace
from typing import Any

import keras
import optuna
from optuna.study import MaxTrialsCallback
from rich.console import Console

from training.config import LEARNING_RATES, HyperParameters
from training.data.datasets import Datasets
from training.data.mnist import load_train_validation, split_stratified
from training.experiments.definitions import Range, Row
from training.experiments.running import log_path, progress_bar
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

SPLIT_SEED = 2027  # one split for every search; the validation tiles have another
TRIAL_SEEDS = 1_000  # and up; the seeds of an experiment's rows are counted from 1
NEAR_END = 0.02  # of a range: what is found there might be better outside


def search(wanted: Search, row: Row, data: str | None, common: Mapping[str, Any]) -> optuna.Study:
    """Try settings until enough trials have ended; a stopped search goes on where it was.

    Args:
        wanted: the study.
        row: what is searched for it, and the settings that it has besides; MNIST's tiles alone.
        data: `mnist.npz`, or None.
        common: settings that all trials share, such as the epochs.

    Raises:
        DataUnavailableError: MNIST could not be found.
        StudyUnavailableError: the database does not answer, or no longer.
        OtherStudyError: it has the study with other settings.
    """
    with database_errors_told():
        return _search(wanted, row, data, common)


def _search(wanted: Search, row: Row, data: str | None, common: Mapping[str, Any]) -> optuna.Study:
    study = open_study(wanted)
    hyper = replace(HyperParameters(), **(dict(common) | dict(row.changes)))
    check_settings(study, _shared_settings(row, hyper))
    retry_stopped(study)
    if _ended(study) >= wanted.trials:
        return study
    datasets = load_search_datasets(data, hyper)
    with progress_bar(Console(stderr=True)) as progress:
        bar = progress.add_task(wanted.name, total=wanted.trials, completed=_ended(study))
        study.optimize(
            lambda trial: _try(trial, row, datasets, hyper, wanted.name),
            callbacks=[
                lambda study, _: progress.update(bar, completed=_ended(study)),
                MaxTrialsCallback(wanted.trials, states=ENDED),
            ],
        )
    return study


def _shared_settings(row: Row, hyper: HyperParameters) -> dict[str, Any]:
    """What all trials have in common: settings, where the search looks, and the split."""
    fixed = {n: value for n, value in asdict(hyper).items() if n not in (*row.searched, "seed")}
    ranges = {f"{name} from": [one.low, one.high] for name, one in row.searched.items()}
    return fixed | ranges | {"split": SPLIT_SEED}


def load_search_datasets(data: str | None, hyper: HyperParameters) -> Datasets:
    """Training tiles to learn from and other training tiles to be judged by.

    Raises:
        DataUnavailableError: MNIST could not be found.
    """
    digits, _ = load_train_validation(data, hyper.validation_tiles)
    learnt, judged = split_stratified(digits, hyper.validation_tiles, SPLIT_SEED)
    return Datasets(learnt.draw(hyper.limit or len(learnt), SPLIT_SEED), judged)


def _ended(study: optuna.Study) -> int:
    """How many trials have come to an end of their own."""
    return len(study.get_trials(deepcopy=False, states=ENDED))


def _try(
    trial: optuna.Trial, row: Row, datasets: Datasets, hyper: HyperParameters, study: str
) -> float:
    """Train one network; the least validation loss it came to.

    Raises:
        TrialPruned: it lagged behind the others, or its loss was no number.
    """
    hyper = replace(hyper, seed=TRIAL_SEEDS + trial.number, **suggest(trial, row.searched))
    name = trial.user_attrs.get(FOLDER, f"trial-{trial.number:03d}")
    folder = RunFolder(RUNS_DIR / study / name)
    if folder.begun:  # taken up, with the seed that it began with
        hyper = replace(hyper, seed=int(str(folder.settings()["seed"])))
    trial.set_user_attr(FOLDER, name)
    folder.path.parent.mkdir(parents=True, exist_ok=True)
    with log_path(folder).open("a") as log, redirect_stdout(log):  # the terminal shows the bar
        lags = _lags(trial, datasets, hyper, folder)
    trial.set_user_attr("val_accuracy", folder.best_figures()["val_accuracy"])
    if lags or math.isnan(folder.state().best_val_loss):
        raise optuna.TrialPruned
    return folder.state().best_val_loss


def suggest(trial: optuna.Trial, searched: Mapping[str, Range]) -> dict[str, Any]:
    """The settings of a trial."""
    return {name: _suggest(trial, name, one) for name, one in searched.items()}


def _suggest(trial: optuna.Trial, name: str, one: Range) -> float:
    if isinstance(one.low, int) and isinstance(one.high, int):
        return trial.suggest_int(name, one.low, one.high, log=one.log)
    return trial.suggest_float(name, one.low, one.high, step=one.step, log=one.log)


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


def best_row(study: optuna.Study, row: Row) -> Row:
    """The row with the settings of the least loss, to be trained anew with several seeds."""
    found = study.best_params
    mark = zlib.crc32(repr(sorted(found.items())).encode())  # other settings are other runs
    return replace(row, changes={**row.changes, **found}, folder=f"{row.folder}-{mark:08x}")


def describe(study: optuna.Study, row: Row) -> dict[str, Any]:
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
    best = study.best_params
    rate = LEARNING_RATES[row.changes.get("optimizer", HyperParameters.optimizer)]
    ours = replace(HyperParameters(), **({"learning_rate": rate} | dict(row.changes)))
    return {
        "study": study.study_name,
        "best": best,
        "recipe": {name: getattr(ours, name) for name in best},
        "at_an_end": [name for name in best if is_at_an_end(best[name], row.searched[name])],
        "trials": trials,
    }


def is_at_an_end(value: float, searched: Range) -> bool:
    """Whether a value lies so near an end of what was searched that a better one may lie outside.

    >>> is_at_an_end(4000, Range(64, 4096, log=True)), is_at_an_end(512, Range(64, 4096, log=True))
    (True, False)
    """
    low, at, high = (
        math.log(x) if searched.log else x for x in (searched.low, value, searched.high)
    )
    return not NEAR_END < (at - low) / (high - low) < 1 - NEAR_END
