"""MLflow shows what the folders hold, and goes on after a kill."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("mlflow", reason="mlflow (extra `train`) is missing")
pytest.importorskip("keras")

from tests.training.tracked_runs import (
    FACTS,
    SETTINGS,
    finished_run,
    follow_run,
    leave_epochs,
    new_folder,
    shown_history,
    shown_run,
)
from training import tracking
from training.run_records.run_folder import RunFolder, RunFolderError, RunState
from training.tracking import __main__ as command
from training.tracking.record import RunRecord, keep_record

pytestmark = pytest.mark.slow  # importing mlflow and making its tables takes seconds


def test_epochs_are_shown_as_they_come(store: Path, tmp_path: Path) -> None:
    folder = new_folder(tmp_path / "run")
    tracked = follow_run(folder)
    leave_epochs(folder, 0.5)
    tracked.epoch()
    assert shown_history(folder, "val_loss") == [(1, 0.5)]
    assert shown_run(folder).info.status == "RUNNING"
    leave_epochs(folder, 0.3, 0.4)
    tracked.finish()
    assert shown_history(folder, "val_loss") == [(1, 0.5), (2, 0.3), (3, 0.4)]
    assert shown_history(folder, "best_val_loss") == [(1, 0.5), (2, 0.3)]
    assert [step for step, _ in shown_history(folder, "train_accuracy")] == [1, 2, 3]
    metrics = shown_run(folder).data.metrics
    assert {"train_loss", "train_accuracy", "val_loss", "val_accuracy"} <= metrics.keys()
    assert shown_run(folder).info.status == "FINISHED"


def test_parameters_facts_and_tags_are_shown(store: Path, tmp_path: Path) -> None:
    folder = new_folder(tmp_path / "run")
    leave_epochs(folder, 0.5)
    follow_run(folder).epoch()
    data = shown_run(folder).data
    assert {name: data.params[name] for name in SETTINGS} == {
        name: str(value) for name, value in SETTINGS.items()
    }
    assert (data.params["train_tiles"], data.params["versions.keras"]) == ("700", "3")
    assert (data.tags["seed"], data.tags["backend"], data.tags["git_commit"]) == ("5", "jax", "abc")


def test_a_run_is_not_continued_by_other_code(tmp_path: Path) -> None:
    folder = new_folder(tmp_path / "run")
    keep_record(folder, RunRecord(facts=FACTS | {"code_sha256": "older"}))
    with pytest.raises(RunFolderError, match="by the code that began it"):
        follow_run(folder)
    leave_epochs(folder, 0.5, 0.4, 0.3)  # all its epochs: nothing is left to train
    follow_run(folder)


def test_a_killed_run_goes_on_as_the_same_run(store: Path, tmp_path: Path) -> None:
    folder = new_folder(tmp_path / "run")
    tracked = follow_run(folder)
    leave_epochs(folder, 0.5)
    tracked.epoch()
    before = shown_run(folder).info.run_id
    leave_epochs(folder, 0.4)  # the kill falls between the folder and MLflow
    resumed = follow_run(RunFolder(folder.path))
    leave_epochs(folder, 0.3)
    resumed.epoch()
    resumed.finish("KILLED")
    assert shown_run(folder).info.run_id == before
    assert shown_history(folder, "val_loss") == [(1, 0.5), (2, 0.4), (3, 0.3)]
    assert shown_run(folder).info.status == "KILLED"


@pytest.mark.parametrize(
    ("raised", "status"), [(KeyboardInterrupt, "KILLED"), (MemoryError, "FAILED")]
)
def test_a_run_ends_as_its_training_ended(
    raised: type[BaseException], status: str, store: Path, tmp_path: Path
) -> None:
    def stopped() -> None:
        with follow_run(folder) as tracked:
            leave_epochs(folder, 0.5)
            tracked.epoch()
            raise raised

    folder = new_folder(tmp_path / "run")
    with pytest.raises(raised):
        stopped()
    assert shown_run(folder).info.status == status


def test_a_refused_training_leaves_the_run_in_its_folder_alone(store: Path, tmp_path: Path) -> None:
    folder = finished_run(tmp_path / "run", 0.5)
    with pytest.raises(RunFolderError), follow_run(folder):
        folder.start(SETTINGS, resume=False)
    assert shown_run(folder).info.status == "FINISHED"
    assert not (folder.path / "tracking.json").exists()


def test_folders_are_brought_over_later_and_only_once(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = new_folder(tmp_path / "run")
    leave_epochs(folder, 0.5, 0.4, 0.3)
    folder.save_figures({"test_accuracy": 0.99, "test_loss": 0.02})
    for _ in range(2):
        command.main([str(folder.path)])
    run = shown_run(folder)
    assert run.info.run_id in capsys.readouterr().out
    assert (run.info.status, run.data.params["train_tiles"]) == ("FINISHED", "59900")
    assert run.data.metrics["test_accuracy"] == 0.99
    assert shown_history(folder, "test_loss") == [(3, 0.02)]
    assert shown_history(folder, "val_loss") == [(1, 0.5), (2, 0.4), (3, 0.3)]


def test_a_folder_with_epochs_left_is_a_killed_run(store: Path, tmp_path: Path) -> None:
    folder = new_folder(tmp_path / "run")
    leave_epochs(folder, 0.5)
    tracking.mirror(folder)
    assert shown_run(folder).info.status == "KILLED"


def test_state_is_as_runs_leave_it(tmp_path: Path) -> None:
    """What `_train` writes is what a training's folder reads."""
    folder = new_folder(tmp_path / "run")
    leave_epochs(folder, 0.5, 0.6)
    assert folder.state() == RunState(folder.state().history, 1, 0.5)
