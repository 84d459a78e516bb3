"""Plans, resumes and tables of experiments; what a row changes, and nothing else."""

from __future__ import annotations

import contextlib
import functools
import importlib
import json
from dataclasses import asdict, replace
from pathlib import Path
from statistics import stdev
from typing import TextIO

import pytest

pytest.importorskip("keras")

from streamlit_app import card as cards
from tests.training.finished_runs import finish, plan_recipe
from training.config import LEARNING_RATES, HyperParameters
from training.experiments import __main__ as command_line
from training.experiments import running
from training.experiments.definitions import COMPARED, EXPERIMENTS, MNIST_ALONE, Experiment, Row
from training.experiments.paired import SIGNIFICANCE_LEVEL, differences, holm
from training.experiments.reports import Run, as_text, write_report
from training.experiments.running import plan
from training.run_records.run_folder import RunFolder

SHRUNK = [name for name, experiment in EXPERIMENTS.items() if experiment.small]
TWO = (Row("one", {}), Row("other", {"dropout": 0.5}))
pytestmark = pytest.mark.usefixtures("runs_dir")


def test_the_ablation_leaves_one_part_of_the_recipe_out_a_row() -> None:
    whole, *others = EXPERIMENTS["ablation"].rows
    recipe = asdict(HyperParameters())
    assert whole.changes == {}
    for row in others:
        assert not [name for name, value in row.changes.items() if recipe[name] == value]
        assert len(row.changes) == (2 if "rejection" in row.changes else 1), row.name


def test_what_is_searched_learns_from_mnist_alone_and_has_the_recipe_within_its_ends() -> None:
    """A search splits MNIST's training tiles once more; nothing else is drawn for it."""
    searched = [row for one in EXPERIMENTS.values() for row in one.rows if row.searched]
    assert {row.folder for row in searched} > {"cnn", "mlp", "linear", "sgd"}
    for row in searched:
        assert MNIST_ALONE.items() <= row.changes.items()
        assert not row.searched.keys() & row.changes.keys()
        ours = replace(
            HyperParameters(),
            learning_rate=LEARNING_RATES[row.changes.get("optimizer", "adamw")],
        )
        for name, where in row.searched.items():
            assert where.low <= getattr(ours, name) <= where.high, (row.name, name)


def test_nobody_forgets_an_experiment(repo_root: Path) -> None:
    """The app cannot import training, and the Makefile nothing: each names them again."""
    assert cards.EXPERIMENTS == COMPARED
    assert f"for name in {' '.join(SHRUNK)}; do" in (repo_root / "Makefile").read_text()


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_rows_are_settings_and_no_two_are_alike(name: str) -> None:
    rows = EXPERIMENTS[name].rows
    recipes = {(replace(HyperParameters(), **row.changes), tuple(row.searched)) for row in rows}
    assert len(recipes) == len({row.name for row in rows}) == len(rows)


@pytest.mark.parametrize("name", SHRUNK)
def test_a_small_size_is_smaller_and_no_row_undoes_it(name: str) -> None:
    small = EXPERIMENTS[name].small
    assert 0 < small["limit"] < 10_000 and small["epochs"] < HyperParameters.epochs
    changed = [row.changes.keys() | row.searched.keys() for row in EXPERIMENTS[name].rows]
    assert not [one for one in changed if small.keys() & one]


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_what_it_teaches_has_no_typed_figures(name: str) -> None:
    text = EXPERIMENTS[name].teaches
    assert len(text.split()) > 20
    assert "%" not in text


def test_permutation_is_all_that_permuted_rows_change() -> None:
    rows = EXPERIMENTS["permuted"].rows
    for plain, permuted in zip(rows[::2], rows[1::2], strict=True):
        assert permuted.changes == dict(plain.changes) | {"permuted": True}


def test_a_report_has_mean_and_spread_over_seeds(tmp_path: Path) -> None:
    runs = plan_recipe(seeds=3)
    accuracies = [0.990, 0.992, 0.997]
    for run, accuracy in zip(runs, accuracies, strict=True):
        finish(run, accuracy)
    text = write_report("recipe", EXPERIMENTS["recipe"], runs, "the command", folder=tmp_path)
    report = json.loads((tmp_path / "recipe.json").read_text())
    (row,) = report["rows"]
    assert row["val_accuracy_mean"] == pytest.approx(0.993)
    assert row["val_accuracy_std"] == pytest.approx(stdev(accuracies))
    assert row["test_accuracy_mean"] == pytest.approx(0.983)
    assert [run["seed"] for run in row["runs"]] == [1, 2, 3]
    assert "99.30%" in text and "98.30%" in text
    assert report["columns"] == ["val_accuracy", "val_loss", "test_accuracy"]
    assert report["teaches"] == EXPERIMENTS["recipe"].teaches
    assert report["finding"] == ""  # one row: nothing to compare it with
    assert (tmp_path / "recipe.png").read_bytes().startswith(b"\x89PNG")


def test_photos_become_a_column_where_every_run_has_read_them(tmp_path: Path) -> None:
    runs = plan("augmentation", TWO, seeds=2, common={})
    for run in runs:
        finish(
            run,
            0.98 + run.hyper.seed / 1_000,
            photo=0.7 + run.hyper.dropout / 10 + run.hyper.seed / 1_000,
        )
    _finish_photos(runs[0], 0.9)
    text = write_report("two", EXPERIMENTS["augmentation"], runs, "it", folder=tmp_path)
    report = json.loads((tmp_path / "two.json").read_text())
    assert report["columns"][-1] == "photo_accuracy"
    assert "simulated photos (7)" in text


def _finish_photos(run: Run, accuracy: float) -> None:
    """One run has read real photos, the others have not."""
    run.folder.save_figures(run.folder.figures() | {"real_photo_accuracy": accuracy})


def test_a_part_that_matters_has_a_star_and_is_told(tmp_path: Path) -> None:
    rows = (Row("whole", {}), Row("- much", {"dropout": 0.5}), Row("- nothing", {"dropout": 0.4}))
    experiment = Experiment("Parts", rows, "Nothing.")
    runs = plan("parts", rows, seeds=3, common={})
    for run in runs:
        lost = {"- much": 0.1, "- nothing": 0.0005 * (-1) ** run.hyper.seed}.get(run.row, 0.0)
        finish(run, 0.98 + run.hyper.seed / 1_000 - lost + lost * run.hyper.seed / 1_000)
    text = write_report("parts", experiment, runs, "it", folder=tmp_path)
    _, much, nothing = json.loads((tmp_path / "parts.json").read_text())["rows"]
    assert much["differences"]["test_accuracy"]["p"] < SIGNIFICANCE_LEVEL
    assert nothing["differences"]["test_accuracy"]["p"] > SIGNIFICANCE_LEVEL
    assert "- much: validation -9.98 ± 0.02, test -9.98 ± 0.02 (paired" in text
    assert "- nothing:" not in text
    assert [line.count(" *") for line in text.splitlines()[1:4]] == [0, 2, 0]
    assert "3 seeds" in text


def test_one_seed_tells_no_part(tmp_path: Path) -> None:
    rows = (Row("whole", {}), Row("- much", {"dropout": 0.5}))
    runs = plan("parts", rows, seeds=1, common={})
    for run, accuracy in zip(runs, (0.9, 0.5), strict=True):
        finish(run, accuracy)
    experiment = Experiment("Parts", rows, "Nothing.")
    text = write_report("parts", experiment, runs, "it", folder=tmp_path)
    assert "interval: nothing (paired" in text and " *" not in text


def test_holms_correction_counts_the_rows() -> None:
    assert holm([0.04, 0.01, 0.03]) == pytest.approx([0.06, 0.03, 0.06])
    assert holm([0.5, 0.9]) == [1.0, 1.0]
    assert holm([]) == []


def _row(*values: float) -> dict:
    return {"runs": [{"seed": seed, "right": value} for seed, value in enumerate(values)]}


def test_the_interval_of_a_difference_is_students() -> None:
    (found,) = differences([_row(0.90, 0.91, 0.92), _row(0.91, 0.91, 0.95)], "right")
    assert found["mean"] == pytest.approx(0.04 / 3)
    assert found["margin"] == pytest.approx(4.303 * 0.015275 / 3**0.5, rel=1e-3)  # t of 2 degrees
    assert found["p"] == pytest.approx(0.270, abs=0.001)


def test_seeds_that_all_differ_by_the_same_tell_nothing() -> None:
    """Figures on 200 photos move in steps of half a point, so this happens by chance."""
    (found,) = differences([_row(0.9, 0.91, 0.92), _row(0.89, 0.9, 0.91)], "right")
    assert found == {"mean": pytest.approx(-0.01), "margin": None, "p": 1.0}


def test_one_seed_has_no_spread(tmp_path: Path) -> None:
    runs = plan_recipe(seeds=1)
    finish(runs[0], 0.99)
    experiment = EXPERIMENTS["recipe"]
    assert "±" not in write_report("recipe", experiment, runs, "the command", folder=tmp_path)
    assert as_text([]).count("\n") == 0


def test_the_folder_keeps_figures(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    assert folder.figures() == {}
    folder.save_figures({"test_accuracy": 0.5})
    assert folder.figures() == {"test_accuracy": 0.5}


def _run_here(_: object, command: list[str], log: TextIO) -> None:
    with contextlib.redirect_stdout(log):
        importlib.import_module(command[0]).main(list(command[1:]))


SMALL = {"limit": 64, "epochs": 1, "validation_tiles": 100, "batch_size": 32}
LINEAR = {"network": "mlp", "hidden_units": 32, "non_digit_fraction": 0.0}


@pytest.mark.slow
def test_an_experiment_from_its_command_to_its_report(
    mnist_npz: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every command of a run does its work; the second time, none is called.

    Here they run in this process: test_experiment_runs starts processes.
    """
    rows = (Row("no dropout", LINEAR | {"dropout": 0.0}),)
    experiment = Experiment("Tiny", rows, "Nothing.", small=SMALL, photos=True)
    monkeypatch.setitem(EXPERIMENTS, "recipe", experiment)
    monkeypatch.setattr(command_line, "COUNT", 3)
    monkeypatch.setattr(running._Steps, "run", _run_here)
    written = functools.partial(write_report, folder=tmp_path)
    monkeypatch.setattr(command_line, "write_report", written)
    command_line.main(["recipe", "--seeds=1", f"--data={mnist_npz}"])
    (row,) = json.loads((tmp_path / "recipe.json").read_text())["rows"]
    assert [run["photo_count"] for run in row["runs"]] == [3]
    assert 0 < row["test_accuracy_mean"] < 1 and 0 <= row["photo_accuracy_mean"] <= 1
    monkeypatch.setattr(running._Steps, "run", lambda *_: pytest.fail("it was done"))
    command_line.main(["recipe", "--seeds=1", f"--data={mnist_npz}"])
    assert json.loads((tmp_path / "recipe.json").read_text())["rows"] == [row]
