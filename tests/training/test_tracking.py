"""MLflow shows what the folders hold, goes on after a kill, and never stops a training."""

from __future__ import annotations

import json
import shutil
import sqlite3
import sys
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("mlflow", reason="mlflow (extra `train`) is missing")
keras = pytest.importorskip("keras")

from digitscope.types import Float32Array  # noqa: E402 - after the checks
from training import tracking  # noqa: E402
from training.model_definition import build_model  # noqa: E402
from training.run_folder import RunFolder, RunFolderError, RunState  # noqa: E402
from training.tracking import __main__ as command  # noqa: E402
from training.tracking import runs as runs_module  # noqa: E402
from training.tracking import store as store_module  # noqa: E402
from training.tracking.registry import best_run  # noqa: E402
from training.tracking.store import connect  # noqa: E402

EXPERIMENT = "a-test"
SETTINGS: dict[str, object] = {
    "epochs": 3,
    "patience": 8,
    "seed": 5,
    "label_smoothing": 0.1,
    "validation_tiles": 100,
    "limit": 0,
}
FACTS = {"train_tiles": 700, "backend": "jax", "git_commit": "abc", "versions": {"keras": "3"}}
GARBAGE = b"this is no database " * 100

pytestmark = pytest.mark.slow  # importing mlflow and making its tables takes seconds


@pytest.fixture(scope="module")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite store with its tables: making them takes longest, so they are made once."""
    path = tmp_path_factory.mktemp("store") / "empty.db"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{path}")
        connect()
    return path


@pytest.fixture
def store(empty_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "mlflow.db"
    shutil.copy(empty_store, path)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{path}")
    return path


def _folder(path: Path, settings: dict[str, object] = SETTINGS) -> RunFolder:
    folder = RunFolder(path)
    folder.start(settings, resume=True)
    return folder


def _train(folder: RunFolder, *val_losses: float) -> None:
    """Leave in the folder what so many more epochs leave, but for the networks."""
    state = folder.state()
    for val_loss in val_losses:
        figures = {"learning_rate": 1e-3, "loss": val_loss + 0.1, "accuracy": 0.8}
        figures |= {"val_loss": val_loss, "val_accuracy": 0.9, "seconds": 60.0}
        state = state.after({"epoch": state.epochs + 1, **figures})
    text = {"history": state.history, "best_epoch": state.best_epoch}
    (folder.path / "state.json").write_text(
        json.dumps(text | {"best_val_loss": state.best_val_loss})
    )


def _follow(folder: RunFolder) -> tracking.Tracked:
    return tracking.follow(folder, EXPERIMENT, parameters=SETTINGS, facts=FACTS)


def _finished(path: Path, *val_losses: float, **changes: object) -> RunFolder:
    folder = _folder(path, SETTINGS | changes | {"epochs": len(val_losses)})
    _train(folder, *val_losses)
    tracking.mirror(folder)
    return folder


def _run(folder: RunFolder):
    ids = (folder.path / "mlflow_run.txt").read_text().split()
    assert len(ids) == 1, "the folder is one run, and one only"
    return connect().get_run(ids[0])


def _history(folder: RunFolder, name: str) -> list[tuple[int, float]]:
    shown = connect().get_metric_history(_run(folder).info.run_id, name)
    return sorted((metric.step, metric.value) for metric in shown)


def test_epochs_are_shown_as_they_come(store: Path, tmp_path: Path) -> None:
    folder = _folder(tmp_path / "run")
    tracked = _follow(folder)
    _train(folder, 0.5)
    tracked.epoch()
    assert _history(folder, "val_loss") == [(1, 0.5)]
    assert _run(folder).info.status == "RUNNING"
    _train(folder, 0.3, 0.4)
    tracked.finish()
    assert _history(folder, "val_loss") == [(1, 0.5), (2, 0.3), (3, 0.4)]
    assert _history(folder, "best_val_loss") == [(1, 0.5), (2, 0.3), (3, 0.3)]
    assert [step for step, _ in _history(folder, "train_accuracy")] == [1, 2, 3]
    metrics = _run(folder).data.metrics
    assert {"train_loss", "train_accuracy", "val_loss", "val_accuracy"} <= metrics.keys()
    assert _run(folder).info.status == "FINISHED"


def test_parameters_facts_and_tags_are_shown(store: Path, tmp_path: Path) -> None:
    folder = _folder(tmp_path / "run")
    _train(folder, 0.5)
    _follow(folder).epoch()
    data = _run(folder).data
    assert {name: data.params[name] for name in SETTINGS} == {
        name: str(value) for name, value in SETTINGS.items()
    }
    assert (data.params["train_tiles"], data.params["versions.keras"]) == ("700", "3")
    assert (data.tags["seed"], data.tags["backend"], data.tags["git_commit"]) == ("5", "jax", "abc")


def test_a_killed_run_goes_on_as_the_same_run(store: Path, tmp_path: Path) -> None:
    folder = _folder(tmp_path / "run")
    tracked = _follow(folder)
    _train(folder, 0.5)
    tracked.epoch()
    before = _run(folder).info.run_id
    _train(folder, 0.4)  # the kill falls between the folder and MLflow
    resumed = _follow(RunFolder(folder.path))
    _train(folder, 0.3)
    resumed.epoch()
    resumed.finish("KILLED")
    assert _run(folder).info.run_id == before
    assert _history(folder, "val_loss") == [(1, 0.5), (2, 0.4), (3, 0.3)]
    assert _run(folder).info.status == "KILLED"


@pytest.mark.parametrize(
    ("raised", "status"), [(KeyboardInterrupt, "KILLED"), (MemoryError, "FAILED")]
)
def test_a_run_ends_as_its_training_ended(
    raised: type[BaseException], status: str, store: Path, tmp_path: Path
) -> None:
    def stopped() -> None:
        with _follow(folder) as tracked:
            _train(folder, 0.5)
            tracked.epoch()
            raise raised

    folder = _folder(tmp_path / "run")
    with pytest.raises(raised):
        stopped()
    assert _run(folder).info.status == status


def test_a_refused_training_leaves_the_run_in_its_folder_alone(store: Path, tmp_path: Path) -> None:
    folder = _finished(tmp_path / "run", 0.5)
    with pytest.raises(RunFolderError), _follow(folder):
        folder.start(SETTINGS, resume=False)
    assert _run(folder).info.status == "FINISHED"
    assert not (folder.path / "tracking.json").exists()


def test_folders_are_brought_over_later_and_only_once(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = _folder(tmp_path / "run")
    _train(folder, 0.5, 0.4, 0.3)
    folder.save_figures({"test_accuracy": 0.99, "test_loss": 0.02})
    for _ in range(2):
        command.main([str(folder.path)])
    run = _run(folder)
    assert run.info.run_id in capsys.readouterr().out
    assert (run.info.status, run.data.params["train_tiles"]) == ("FINISHED", "59900")
    assert (run.info.end_time - run.info.start_time) == 3 * 60_000  # the epochs' seconds
    assert run.data.metrics["test_accuracy"] == 0.99
    assert _history(folder, "test_loss") == [(3, 0.02)]
    assert _history(folder, "val_loss") == [(1, 0.5), (2, 0.4), (3, 0.3)]


def test_a_folder_with_epochs_left_is_a_killed_run(store: Path, tmp_path: Path) -> None:
    folder = _folder(tmp_path / "run")
    _train(folder, 0.5)
    tracking.mirror(folder)
    assert _run(folder).info.status == "KILLED"


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
    folder = _folder(tmp_path / "run")
    tracked = _follow(folder)
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
    with store_module._alone(new_store), pytest.raises(sqlite3.OperationalError, match="locked"):
        connect()
    assert not (tmp_path / "new.db").exists()


def test_a_store_that_comes_back_gets_all_epochs(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    folder = _folder(tmp_path / "run")
    with monkeypatch.context() as patch:
        patch.setattr(runs_module, "log_metrics", full)
        tracked = _follow(folder)
        _train(folder, 0.5)
        tracked.epoch()
    assert _history(folder, "val_loss") == []
    _train(folder, 0.4)
    tracked.epoch()
    assert _history(folder, "val_loss") == [(1, 0.5), (2, 0.4)]


def test_what_ran_without_mlflow_keeps_its_experiment_and_facts(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = _folder(tmp_path / "run")
    with monkeypatch.context() as patch:
        patch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
        _follow(folder).epoch()
    tracking.mirror(folder)
    run = _run(folder)
    assert connect().get_experiment(run.info.experiment_id).name == EXPERIMENT
    assert run.data.tags["git_commit"] == "abc"


def test_the_best_run_has_the_least_validation_loss_whatever_the_test_set_says(
    store: Path, tmp_path: Path
) -> None:
    worse = _finished(tmp_path / "worse", 0.30, 0.50)
    better = _finished(tmp_path / "better", 0.29, 0.60)  # its last epoch is the worst of all
    _finished(tmp_path / "stopped", 0.20)
    unfinished = _folder(tmp_path / "unfinished")
    _train(unfinished, 0.1)
    tracking.mirror(unfinished)
    connect().delete_run(_run(RunFolder(tmp_path / "stopped")).info.run_id)
    for folder, accuracy in ((worse, 0.999), (better, 0.99)):
        folder.save_figures({"test_accuracy": accuracy})
        tracking.show(folder)
        assert _history(folder, "test_accuracy") == [(1, accuracy)]
    assert tracking.find_folder("best").path == better.path


def test_losses_with_another_smoothing_are_not_compared(store: Path, tmp_path: Path) -> None:
    _finished(tmp_path / "one", 0.5)
    _finished(tmp_path / "two", 0.1, label_smoothing=0.0)
    with pytest.raises(tracking.TrackingError, match="label_smoothing"):
        best_run("mnist-cnn")


def test_a_run_is_found_by_folder_id_and_name(store: Path, tmp_path: Path) -> None:
    folder = _finished(tmp_path / "some-run", 0.5)
    for name in (str(folder.path), _run(folder).info.run_id, "some-run"):
        assert tracking.find_folder(name).path == folder.path


def test_a_run_that_is_not_there_is_said(store: Path, tmp_path: Path) -> None:
    folder = _finished(tmp_path / "run", 0.5)
    shutil.move(folder.path, tmp_path / "elsewhere")
    for name in ("run", "nobody's"):
        with pytest.raises(tracking.TrackingError, match="Received"):
            tracking.find_folder(name)
    with pytest.raises(tracking.TrackingError, match="Received: none"):
        tracking.find_folder("best", "no such experiment")


def test_a_folder_that_holds_another_run_by_now_is_not_taken(store: Path, tmp_path: Path) -> None:
    first = _finished(tmp_path / "latest", 0.5)
    run_id = _run(first).info.run_id
    shutil.rmtree(first.path)
    second = _finished(tmp_path / "latest", 0.6)
    with pytest.raises(tracking.TrackingError, match="another run"):
        tracking.find_folder(run_id)
    assert tracking.find_folder("latest").path == second.path


@pytest.fixture
def two_networks(store: Path, tmp_path: Path) -> list[RunFolder]:
    folders = [_folder(tmp_path / name, SETTINGS | {"epochs": 1}) for name in ("old", "new")]
    for folder in folders:
        folder.save_best(build_model())
        _train(folder, 0.5)
    return folders


def _champion(tiles: Float32Array) -> Float32Array:
    import mlflow.keras

    model = mlflow.keras.load_model("models:/mnist-cnn@champion")
    return np.asarray(model(tiles, training=False))


def test_the_champion_is_loaded_by_its_alias_and_rolled_back(
    two_networks: list[RunFolder],
) -> None:
    tiles = np.random.default_rng(0).uniform(0, 255, (2, 28, 28, 1)).astype(np.float32)
    expected = [np.asarray(folder.load_best()(tiles)) for folder in two_networks]
    versions = []
    for folder, answers in zip(two_networks, expected, strict=True):
        versions.append(tracking.register(folder))
        np.testing.assert_allclose(_champion(tiles), answers, atol=1e-6)
        assert _run(folder).info.status == "FINISHED"
    assert versions == [1, 2] and np.abs(expected[0] - expected[1]).max() > 1e-3
    assert tracking.register(two_networks[0]) == 1  # the version there is takes the alias back
    np.testing.assert_allclose(_champion(tiles), expected[0], atol=1e-6)


def test_one_command_promotes_the_best_run_and_rolls_back(
    two_networks: list[RunFolder], mnist_npz: Path, tmp_path: Path
) -> None:
    pytest.importorskip("tf2onnx", reason="tf2onnx (extra `train`) writes the ONNX file")
    from training import export

    old, new = two_networks
    _train(new, 0.4)
    for folder in two_networks:
        tracking.mirror(folder)
    models_dir = tmp_path / "models"
    places = ["--models-dir", str(models_dir), "--pictures-dir", str(models_dir)]
    for name, folder in (("best", new), (_run(old).info.run_id, old)):
        export.main(["--from-run", name, "--data", str(mnist_npz), *places])
        weights = folder.load_best().get_weights()[:-2]  # the last layer's carry the temperature
        promoted = keras.saving.load_model(models_dir / "mnist_cnn.keras").get_weights()
        assert all(np.array_equal(a, b) for a, b in zip(weights, promoted, strict=False))
        champion = connect().get_model_version_by_alias("mnist-cnn", "champion")
        assert champion.run_id == _run(folder).info.run_id


def test_a_run_without_a_network_is_not_registered(store: Path, tmp_path: Path) -> None:
    with pytest.raises(RunFolderError, match="Received"):
        tracking.register(_folder(tmp_path / "run"))


def test_state_is_as_runs_leave_it(tmp_path: Path) -> None:
    """What `_train` writes is what a training's folder reads."""
    folder = _folder(tmp_path / "run")
    _train(folder, 0.5, 0.6)
    assert folder.state() == RunState(folder.state().history, 1, 0.5)
