"""A run's folder is never half a state, wherever the kill falls."""

from __future__ import annotations

from pathlib import Path

import pytest

keras = pytest.importorskip("keras")

from training.run_records.run_folder import RunFolder, RunFolderError, RunState  # noqa: E402

SETTINGS: dict[str, object] = {"epochs": 3, "seed": 0}


def _figures(val_loss: float) -> dict[str, float]:
    return {"loss": 1.0, "val_loss": val_loss}


def _tiny_model():
    return keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    folder = RunFolder(tmp_path / "run")
    folder.start(SETTINGS, resume=False)
    return folder


def test_best_epoch_is_the_first_of_equals() -> None:
    state = RunState()
    for val_loss in (0.7, 0.5, 0.5, 0.6):
        state = state.after(_figures(val_loss))
    assert (state.epochs, state.best_epoch, state.best_val_loss) == (4, 2, 0.5)
    assert not state.improved


def test_a_fresh_folder_has_nothing_to_go_on_from(run: RunFolder) -> None:
    assert run.state() == RunState()
    assert run.load_checkpoint() is None


def test_state_survives_the_disk(run: RunFolder) -> None:
    state = RunState().after(_figures(0.5)).after(_figures(0.4))
    run.save(_tiny_model(), state)
    assert RunFolder(run.path).state() == state


def test_a_kill_between_checkpoint_and_state_leaves_the_epoch_before(
    run: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = _tiny_model()
    first = RunState().after(_figures(0.5))
    run.save(model, first)
    kept = model.get_weights()[0]
    model.set_weights([weight + 1 for weight in model.get_weights()])

    def killed(path: Path, text: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("training.run_records.run_folder.write_whole", killed)
    with pytest.raises(KeyboardInterrupt):
        run.save(model, first.after(_figures(0.6)))
    assert run.state() == first
    assert (run.load_checkpoint().get_weights()[0] == kept).all()


def test_resuming_where_nothing_is_begins(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path / "new")
    folder.start(SETTINGS, resume=True)
    assert folder.settings() == SETTINGS


def test_a_run_that_did_not_use_a_removed_part_goes_on(tmp_path: Path) -> None:
    for name, fraction in (("without", 0.0), ("with", 0.1)):
        RunFolder(tmp_path / name).start(SETTINGS | {"photo_fraction": fraction}, resume=False)
    RunFolder(tmp_path / "without").start(SETTINGS, resume=True)
    with pytest.raises(RunFolderError, match=r"photo_fraction 0\.1"):
        RunFolder(tmp_path / "with").start(SETTINGS, resume=True)


def test_no_run_is_said(tmp_path: Path) -> None:
    with pytest.raises(RunFolderError, match="Received"):
        RunFolder(tmp_path).settings()


def test_a_file_in_the_folder_s_place_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(RunFolderError, match="Name another"):
        RunFolder(tmp_path / "file").start({}, resume=False)
