"""What MLflow cannot do is said in a line, never stops a training, and is made up for later."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

pytest.importorskip("mlflow", reason="mlflow (extra `train`) is missing")
pytest.importorskip("keras")
from filelock import Timeout

from tests.training.tracked_runs import (
    EXPERIMENT,
    follow_run,
    leave_epochs,
    new_folder,
    shown_history,
    shown_run,
)
from training import tracking
from training.run_records.run_folder import RunFolderError
from training.tracking import __main__ as command
from training.tracking import runs as runs_module
from training.tracking import store as store_module
from training.tracking.store import connect

GARBAGE = b"this is no database " * 100

pytestmark = pytest.mark.slow  # importing mlflow and making its tables takes seconds


def test_no_run_is_said(store: Path, tmp_path: Path) -> None:
    with pytest.raises(RunFolderError, match="Received"):
        command.main([str(tmp_path / "nothing")])


@pytest.mark.parametrize("broken", ["no database", "no server", "no mlflow"])
def test_a_store_that_is_away_stops_nothing_and_is_said_once(
    broken: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "broken.db").write_bytes(GARBAGE)
    places = {"no server": "http://127.0.0.1:9"}  # the discard port: nobody listens
    monkeypatch.setenv(
        "MLFLOW_TRACKING_URI", places.get(broken, f"sqlite:///{tmp_path / 'broken.db'}")
    )
    if broken == "no mlflow":
        monkeypatch.setitem(sys.modules, "mlflow", None)
    folder = new_folder(tmp_path / "run")
    tracked = follow_run(folder)
    tracked.epoch()
    tracked.finish()
    said = capsys.readouterr()
    assert said.out.count("\n") == 1 and said.err == ""
    assert "MLflow does not show this run" in said.out and str(folder.path) in said.out


def test_two_processes_never_make_the_tables_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """MLflow does not guard against it, and leaves a file that nobody can open again."""
    new_store = f"sqlite:///{tmp_path / 'new.db'}"
    monkeypatch.setenv("MLFLOW_TRACKING_URI", new_store)
    monkeypatch.setattr(store_module, "LOCK_S", 0.1)
    with store_module._sqlite_lock(new_store), pytest.raises(Timeout, match="lock"):
        connect()
    assert not (tmp_path / "new.db").exists()


def test_a_store_that_comes_back_gets_all_epochs(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    folder = new_folder(tmp_path / "run")
    with monkeypatch.context() as patch:
        patch.setattr(runs_module, "log_metrics", full)
        tracked = follow_run(folder)
        leave_epochs(folder, 0.5)
        tracked.epoch()
    assert shown_history(folder, "val_loss") == []
    leave_epochs(folder, 0.4)
    tracked.epoch()
    assert shown_history(folder, "val_loss") == [(1, 0.5), (2, 0.4)]


def test_what_ran_without_mlflow_keeps_its_experiment_and_facts(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = new_folder(tmp_path / "run")
    with monkeypatch.context() as patch:
        patch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
        follow_run(folder).epoch()
    tracking.mirror(folder)
    run = shown_run(folder)
    assert connect().get_experiment(run.info.experiment_id).name == EXPERIMENT
    assert run.data.tags["git_commit"] == "abc"


def test_a_disk_that_is_full_stops_nothing_and_loses_nothing(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """No file may grow beyond what MLflow's database has by now: its next write fails."""
    resource = pytest.importorskip("resource", reason="this system cannot limit a file's size")
    folder = new_folder(tmp_path / "run")
    tracked = follow_run(folder)
    tracked.epoch()
    allowed = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (store.stat().st_size, allowed[1]))
    try:
        leave_epochs(folder, *(0.9 - epoch / 1000 for epoch in range(100)))
        tracked.epoch()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, allowed)
    assert "MLflow does not show this run" in capsys.readouterr().out
    assert len(shown_history(folder, "val_loss")) < 100
    tracked.finish()
    assert len(shown_history(folder, "val_loss")) == 100
