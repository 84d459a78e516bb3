"""Runs of an experiment as tasks of a Ray cluster: trained once, recorded in MLflow, fetched."""

from __future__ import annotations

import functools
import json
import shutil
from pathlib import Path

import pytest

pytest.importorskip("keras")

from training.experiments import __main__ as command_line
from training.experiments.definitions import EXPERIMENTS, MNIST_ALONE, Experiment, Row
from training.experiments.reports import write_report

SMALL = {"limit": 64, "epochs": 1, "validation_tiles": 100, "batch_size": 32}
LINEAR = MNIST_ALONE | {"network": "mlp", "hidden_units": 32}


@pytest.mark.slow
def test_runs_are_trained_on_the_cluster_and_what_is_recorded_is_not_run_again(
    mnist_npz: Path,
    store: Path,
    runs_dir: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    repo_root: Path,
) -> None:
    pytest.importorskip("ray", reason="ray (extra `ray`) is not installed")
    from training.experiments import ray_runs

    rows = (Row("linear", LINEAR), Row("with dropout", LINEAR | {"dropout": 0.5}))
    monkeypatch.setitem(EXPERIMENTS, "recipe", Experiment("Tiny", rows, "Nothing.", small=SMALL))
    monkeypatch.setattr(
        command_line, "write_report", functools.partial(write_report, folder=tmp_path)
    )
    monkeypatch.setenv("PYTHONPATH", str(repo_root))
    command = ["recipe", "--engine=ray", f"--data={mnist_npz}"]
    command_line.main([*command, "--seeds=1"])
    first = json.loads((tmp_path / "recipe.json").read_text())["rows"]
    assert [run["seed"] for row in first for run in row["runs"]] == [1, 1]
    shutil.rmtree(runs_dir)  # as on another machine

    monkeypatch.setattr(ray_runs, "connected", lambda _: pytest.fail("all runs are recorded"))
    command_line.main([*command, "--seeds=1"])
    assert json.loads((tmp_path / "recipe.json").read_text())["rows"] == first


@pytest.mark.slow
def test_a_run_that_fails_is_told_with_its_last_words(
    mnist_npz: Path, store: Path, runs_dir: Path, tmp_path: Path
) -> None:
    pytest.importorskip("ray", reason="ray (extra `ray`) is not installed")
    from training.experiments.ray_runs import finish_run
    from training.experiments.running import Sources, plan

    (run,) = plan("recipe", [Row("linear", LINEAR)], 1, SMALL)
    assert "DataUnavailableError" in finish_run(run, Sources(str(tmp_path / "absent.npz")))
