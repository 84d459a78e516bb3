"""The best run is found, registered, promoted and rolled back."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("mlflow", reason="mlflow (extra `train`) is missing")
keras = pytest.importorskip("keras")

from digitscope.types import Float32Array  # noqa: E402
from tests.training.tracked_runs import (  # noqa: E402
    SETTINGS,
    finished_run,
    leave_epochs,
    new_folder,
    shown_history,
    shown_run,
)
from training import tracking  # noqa: E402
from training.model_definition import build_model  # noqa: E402
from training.run_records.run_folder import RunFolder, RunFolderError  # noqa: E402
from training.tracking.registry import best_run  # noqa: E402
from training.tracking.store import connect  # noqa: E402

pytestmark = pytest.mark.slow  # importing mlflow and making its tables takes seconds


def test_the_best_run_has_the_least_validation_loss_whatever_the_test_set_says(
    store: Path, tmp_path: Path
) -> None:
    worse = finished_run(tmp_path / "worse", 0.30, 0.50)
    better = finished_run(tmp_path / "better", 0.29, 0.60)  # its last epoch is the worst of all
    finished_run(tmp_path / "stopped", 0.20)
    unfinished = new_folder(tmp_path / "unfinished")
    leave_epochs(unfinished, 0.1)
    tracking.mirror(unfinished)
    connect().delete_run(shown_run(RunFolder(tmp_path / "stopped")).info.run_id)
    for folder, accuracy in ((worse, 0.999), (better, 0.99)):
        folder.save_figures({"test_accuracy": accuracy})
        tracking.show(folder)
        assert shown_history(folder, "test_accuracy") == [(1, accuracy)]
    assert tracking.find_folder("best").path == better.path


def test_losses_with_another_smoothing_are_not_compared(store: Path, tmp_path: Path) -> None:
    finished_run(tmp_path / "one", 0.5)
    finished_run(tmp_path / "two", 0.1, label_smoothing=0.0)
    with pytest.raises(tracking.TrackingError, match="label_smoothing"):
        best_run("mnist-cnn")


def test_a_run_is_found_by_folder_id_and_name(store: Path, tmp_path: Path) -> None:
    folder = finished_run(tmp_path / "some-run", 0.5)
    for name in (str(folder.path), shown_run(folder).info.run_id, "some-run"):
        assert tracking.find_folder(name).path == folder.path


def test_a_run_that_is_not_there_is_said(store: Path, tmp_path: Path) -> None:
    folder = finished_run(tmp_path / "run", 0.5)
    shutil.move(folder.path, tmp_path / "elsewhere")
    for name in ("run", "nobody's"):
        with pytest.raises(tracking.TrackingError, match="Received"):
            tracking.find_folder(name)
    with pytest.raises(tracking.TrackingError, match="Received: none"):
        tracking.find_folder("best", "no such experiment")


def test_a_folder_that_holds_another_run_by_now_is_not_taken(store: Path, tmp_path: Path) -> None:
    first = finished_run(tmp_path / "latest", 0.5)
    run_id = shown_run(first).info.run_id
    shutil.rmtree(first.path)
    second = finished_run(tmp_path / "latest", 0.6)
    with pytest.raises(tracking.TrackingError, match="another run"):
        tracking.find_folder(run_id)
    assert tracking.find_folder("latest").path == second.path


@pytest.fixture
def two_networks(store: Path, tmp_path: Path) -> list[RunFolder]:
    folders = [new_folder(tmp_path / name, SETTINGS | {"epochs": 1}) for name in ("old", "new")]
    for folder in folders:
        folder.save_best(build_model())
        leave_epochs(folder, 0.5)
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
        assert shown_run(folder).info.status == "FINISHED"
    assert versions == [1, 2] and np.abs(expected[0] - expected[1]).max() > 1e-3
    assert tracking.register(two_networks[0]) == 1  # the version there is takes the alias back
    np.testing.assert_allclose(_champion(tiles), expected[0], atol=1e-6)


def test_one_command_promotes_the_best_run_and_rolls_back(
    two_networks: list[RunFolder], mnist_npz: Path, tmp_path: Path
) -> None:
    pytest.importorskip("tf2onnx", reason="tf2onnx (extra `train`) writes the ONNX file")
    from training import export

    old, new = two_networks
    leave_epochs(new, 0.4)
    for folder in two_networks:
        tracking.mirror(folder)
    models_dir = tmp_path / "models"
    places = ["--models-dir", str(models_dir), "--pictures-dir", str(models_dir)]
    for name, folder in (("best", new), (shown_run(old).info.run_id, old)):
        export.main(["--from-run", name, "--data", str(mnist_npz), *places])
        weights = folder.load_best().get_weights()[:-2]  # the last layer's carry the temperature
        promoted = keras.saving.load_model(models_dir / "mnist_cnn.keras").get_weights()
        assert all(np.array_equal(a, b) for a, b in zip(weights, promoted, strict=False))
        champion = connect().get_model_version_by_alias("mnist-cnn", "champion")
        assert champion.run_id == shown_run(folder).info.run_id


def test_a_run_without_a_network_is_not_registered(store: Path, tmp_path: Path) -> None:
    with pytest.raises(RunFolderError, match="Received"):
        tracking.register(new_folder(tmp_path / "run"))
