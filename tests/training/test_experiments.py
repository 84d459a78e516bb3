"""Plans, resumes and tables of experiments; what a row changes, and nothing else."""

from __future__ import annotations

import json
import subprocess
from dataclasses import asdict, replace
from pathlib import Path
from statistics import stdev

import pytest

pytest.importorskip("keras")

import itertools

from training import experiments
from training.experiments import EXPERIMENTS, PLAIN, estimate, plan, run_all
from training.recipe import HyperParameters
from training.reports import Run, as_text, write_report
from training.run_folder import RunFolder


@pytest.fixture(autouse=True)
def runs_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(experiments, "RUNS_DIR", tmp_path / "runs")
    return tmp_path / "runs"


def _finish(run: Run, accuracy: float) -> None:
    """What training and evaluation leave in the folder."""
    run.folder.start(asdict(run.hyper), resume=False)
    epoch = {"epoch": 1, "seconds": 2.0, "val_accuracy": accuracy, "val_loss": 1 - accuracy}
    state = {"history": [epoch], "best_epoch": 1, "best_val_loss": 1 - accuracy}
    (run.folder.path / "state.json").write_text(json.dumps(state))
    run.folder.save_figures({"test_accuracy": accuracy - 0.01})


def test_the_ablation_adds_one_thing_a_row_and_ends_with_the_recipe() -> None:
    rows = EXPERIMENTS["ablation"]
    kept = [set(PLAIN) - set(row.changes) for row in rows]
    for before, after in itertools.pairwise(kept):
        assert before < after
    assert rows[-1].changes == {}


def test_plain_settings_differ_from_the_recipe() -> None:
    recipe = asdict(HyperParameters())
    assert not [name for name, value in PLAIN.items() if recipe[name] == value]


def test_a_plan_has_every_row_and_seed_in_a_folder_of_its_own() -> None:
    runs = plan("ablation", seeds=2, common={"epochs": 5})
    assert len({run.folder.path for run in runs}) == 2 * len(EXPERIMENTS["ablation"])
    assert {run.hyper.seed for run in runs} == {1, 2}
    assert {run.hyper.epochs for run in runs} == {5}
    assert runs[0].hyper == replace(HyperParameters(), **PLAIN, epochs=5, seed=1)


def test_finished_runs_are_not_run_again(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[list[str]] = []
    monkeypatch.setattr(experiments.subprocess, "run", lambda command, **_: started.append(command))
    runs = plan("recipe", seeds=2, common={})
    _finish(runs[0], 0.9)
    run_all(runs, "some.npz", workers=1)
    assert [command[2] for command in started] == ["training.train", "training.evaluate"]
    assert all(any(str(runs[1].folder.path) in word for word in one) for one in started)
    assert "--seed=2" in started[0] and "--data=some.npz" in started[1]


def test_a_failed_run_is_told_and_ends_the_experiment(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[list[str]] = []

    def failing(command: list[str], **_: object) -> None:
        started.append(command)
        raise subprocess.CalledProcessError(1, command)

    monkeypatch.setattr(experiments.subprocess, "run", failing)
    with pytest.raises(subprocess.CalledProcessError):
        run_all(plan("recipe", seeds=3, common={}), None, workers=1)
    assert len(started) == 1


def test_a_table_has_mean_and_spread_over_seeds(tmp_path: Path) -> None:
    runs = plan("recipe", seeds=3, common={})
    accuracies = [0.990, 0.992, 0.997]
    for run, accuracy in zip(runs, accuracies, strict=True):
        _finish(run, accuracy)
    text = write_report("recipe", runs, "the command", tmp_path)
    (row,) = json.loads((tmp_path / "recipe.json").read_text())["rows"]
    assert row["val_accuracy_mean"] == pytest.approx(0.993)
    assert row["val_accuracy_std"] == pytest.approx(stdev(accuracies))
    assert row["test_accuracy_mean"] == pytest.approx(0.983)
    assert [run["seed"] for run in row["runs"]] == [1, 2, 3]
    assert "99.30%" in text and "98.30%" in text


def test_one_seed_has_no_spread(tmp_path: Path) -> None:
    runs = plan("recipe", seeds=1, common={})
    _finish(runs[0], 0.99)
    assert "±" not in write_report("recipe", runs, "the command", tmp_path)
    assert as_text([]).count("\n") == 0


def test_the_folder_keeps_figures(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    assert folder.figures() == {}
    folder.save_figures({"test_accuracy": 0.5})
    assert folder.figures() == {"test_accuracy": 0.5}


def test_the_estimate_counts_what_is_left(runs_dir: Path) -> None:
    runs = plan("recipe", seeds=2, common={"epochs": 1})
    assert "2 epochs to go" in estimate(runs)
    _finish(runs[0], 0.9)
    assert "1 epochs to go" in estimate(runs)
