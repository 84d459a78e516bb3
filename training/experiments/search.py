"""Searches settings of one row with Optuna, before the row is trained with them.

A study is stored in a database, by default SQLite below training/runs. Several machines can share
one PostgreSQL database: ``--storage postgresql+psycopg2://...``. Each trial is a normal run in its
own folder, so a killed trial continues after its last epoch. Trials learn from one part of MNIST's
training tiles and are validated on another part. A search does not use the validation and test
tiles that rows are compared on.

Source: Akiba et al., "Optuna: A Next-generation Hyperparameter Optimization Framework", KDD 2019.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Mapping, Sequence
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
    FOLDER_ATTRIBUTE,
    Search,
    as_study_unavailable_error,
    check_settings,
    open_study,
    retry_stopped,
)
from training.run_records.run_folder import RUNS_DIR, RunFolder
from training.tracking import experiment_of, follow, run_facts
from training.train import train

SPLIT_SEED = 2027  # same split for every search; the validation tiles have another seed
TRIAL_SEEDS = 1_000  # first seed of the trials; the seeds of an experiment's rows begin at 1


def search(wanted: Search, row: Row, data: str | None, common: Mapping[str, Any]) -> optuna.Study:
    """Try settings until enough trials have ended; a stopped search continues where it was.

    Args:
        wanted: the study.
        row: the row with its searched and its other settings; it learns from MNIST's tiles alone.
        data: `mnist.npz`, or None.
        common: settings that all trials share, such as the epochs.

    Raises:
        DataUnavailableError: MNIST could not be found.
        StudyUnavailableError: the database does not answer, or no longer.
        OtherStudyError: the database has the study with other settings.
    """
    with as_study_unavailable_error():
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
    """What all trials have in common: fixed settings, search ranges and the split."""
    fixed = {n: value for n, value in asdict(hyper).items() if n not in (*row.searched, "seed")}
    ranges = {f"{name} from": [one.low, one.high] for name, one in row.searched.items()}
    return fixed | ranges | {"split": SPLIT_SEED}


def load_search_datasets(data: str | None, hyper: HyperParameters) -> Datasets:
    """MNIST's training tiles in two parts: to learn from and to validate on.

    Raises:
        DataUnavailableError: MNIST could not be found.
    """
    digits, _ = load_train_validation(data, hyper.validation_tiles)
    learnt, judged = split_stratified(digits, hyper.validation_tiles, SPLIT_SEED)
    return Datasets(learnt.draw(hyper.limit or len(learnt), SPLIT_SEED), judged)


def _ended(study: optuna.Study) -> int:
    """How many trials were completed or pruned."""
    return len(study.get_trials(deepcopy=False, states=ENDED))


def _try(
    trial: optuna.Trial, row: Row, datasets: Datasets, hyper: HyperParameters, study: str
) -> float:
    """Train one network and return its lowest validation loss.

    Raises:
        TrialPruned: the trial lagged behind the others, or its loss was NaN.
    """
    hyper = replace(hyper, seed=TRIAL_SEEDS + trial.number, **suggest(trial, row.searched))
    name = trial.user_attrs.get(FOLDER_ATTRIBUTE, f"trial-{trial.number:03d}")
    folder = RunFolder(RUNS_DIR / study / name)
    if folder.begun:  # a resumed trial keeps its first seed
        hyper = replace(hyper, seed=int(str(folder.settings()["seed"])))
    trial.set_user_attr(FOLDER_ATTRIBUTE, name)
    folder.path.parent.mkdir(parents=True, exist_ok=True)
    with log_path(folder).open("a") as log, redirect_stdout(log):  # the terminal shows the bar
        lags = _train_until_pruned(trial, datasets, hyper, folder)
    trial.set_user_attr("val_accuracy", folder.best_figures()["val_accuracy"])
    if lags or math.isnan(folder.state().best_val_loss):
        raise optuna.TrialPruned
    return folder.state().best_val_loss


def suggest(trial: optuna.Trial, searched: Mapping[str, Range]) -> dict[str, Any]:
    """The searched settings of a trial, as Optuna suggests them."""
    return {name: _suggest(trial, name, one) for name, one in searched.items()}


def _suggest(trial: optuna.Trial, name: str, one: Range) -> float:
    if isinstance(one.low, int) and isinstance(one.high, int):
        return trial.suggest_int(name, one.low, one.high, log=one.log)
    return trial.suggest_float(name, one.low, one.high, step=one.step, log=one.log)


def _train_until_pruned(
    trial: optuna.Trial, datasets: Datasets, hyper: HyperParameters, folder: RunFolder
) -> bool:
    """Train until the epochs are done or the trial is pruned; return whether it was pruned."""
    keras.utils.clear_session()  # otherwise memory grows from trial to trial
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
    """The row with the settings of the lowest loss, to be trained again with several seeds."""
    found = study.best_params
    mark = zlib.crc32(repr(sorted(found.items())).encode())  # other settings, other folder
    return replace(row, changes={**row.changes, **found}, folder=f"{row.folder}-{mark:08x}")


def describe(study: optuna.Study, row: Row) -> dict[str, Any]:
    """The search for a report: its trials in order, the best settings and the recipe's."""
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
        "at_an_end": [name for name in best if best[name] in _ends(trials, name)],
        "trials": trials,
    }


def _ends(trials: Sequence[Mapping[str, Any]], name: str) -> tuple[float, float]:
    """The lowest and the highest value of a setting among the trials that were not pruned."""
    values = [trial[name] for trial in trials if trial["state"] == "complete"]
    return min(values), max(values)
