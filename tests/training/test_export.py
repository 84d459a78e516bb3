"""What an export writes, and that the shipped files belong together."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from digitscope.model_files import KERAS_MODEL, MODEL_CARD, ONNX_MODEL
from training.data.mnist import Digits

keras = pytest.importorskip("keras")
pytest.importorskip("tf2onnx", reason="tf2onnx (extra `train`) writes the ONNX file")

from digitscope.recognition.test_time_augmentation import rotate_tile  # noqa: E402
from training.evaluate import Report, as_text, predict, predict_with_tta, report  # noqa: E402 - after the checks
from training.evaluation.model_card import SeedFigures, describe_seeds  # noqa: E402
from training.export import PARITY, check_parity, export_run, siblings  # noqa: E402
from training.model_definition import PARAMETERS, build_model  # noqa: E402
from training.run_records.run_folder import RunFolder, RunFolderError, RunState  # noqa: E402

FIGURES = {
    "learning_rate": 1e-3,
    "loss": 2.0,
    "accuracy": 0.3,
    "val_loss": 2.1,
    "val_accuracy": 0.2,
    "seconds": 1.0,
}


@pytest.fixture(scope="module")
def finished_run(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """A run's folder with an untrained network in it: enough to be exported."""
    run = RunFolder(tmp_path_factory.mktemp("runs") / "untrained")
    run.start({"validation_tiles": 100, "limit": 0, "seed": 0, "rejection": "tenths"}, resume=False)
    model = build_model()
    run.save_best(model)
    run.save(model, RunState().after(FIGURES | {"epoch": 1}))
    return run


@pytest.fixture(scope="module")
def exported(
    finished_run: RunFolder, mnist_npz: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    out = tmp_path_factory.mktemp("models")
    export_run(finished_run, mnist_npz, models_dir=out, pictures_dir=out)
    return out


def test_export_writes_all_of_it(exported: Path) -> None:
    assert {path.name for path in exported.iterdir()} == {
        "mnist_cnn.keras",
        "mnist_cnn.onnx",
        "model_card.json",
        "training_curves.png",
        "confusion_matrix.png",
    }


def test_card_tells_what_was_measured(exported: Path) -> None:
    card = json.loads((exported / "model_card.json").read_text())
    assert card["parameters"] == PARAMETERS[4]
    assert sum(layer["parameters"] for layer in card["layers"]) == PARAMETERS[4]
    data = card["data"]
    assert [data[f"{part}_tiles"] for part in ("train", "validation", "test")] == [700, 100, 200]
    assert np.sum(card["test"]["confusion_matrix"]) == 200
    assert card["test"]["errors"] == round(200 * (1 - card["test"]["accuracy"]))
    assert card["onnx_max_difference"] <= PARITY
    assert len(card["training"]["history"]) == 1


def test_card_tells_calibration_before_and_after(exported: Path) -> None:
    calibration = json.loads((exported / "model_card.json").read_text())["calibration"]
    for when in ("before", "after"):
        bins = calibration[f"test_reliability_{when}"]
        assert sum(one["tiles"] for one in bins) == 200
        gaps = [abs(one["accuracy"] - one["confidence"]) * one["tiles"] for one in bins]
        assert calibration[f"test_ece_{when}"] == pytest.approx(sum(gaps) / 200)


def test_card_tells_what_turning_brings(exported: Path) -> None:
    turned = json.loads((exported / "model_card.json").read_text())["test_time_augmentation"]
    assert set(turned) == {"validation_accuracy", "test_accuracy"}


def test_turned_answers_are_means_over_the_rotations(digits: Digits) -> None:
    model, tiles = build_model(), digits.tiles[:3]
    expected = [predict(model, rotate_tile(tile)).mean(0) for tile in tiles]
    assert np.allclose(predict_with_tta(model, tiles), expected, atol=1e-6)


def test_card_has_every_mistake_and_an_interval_around_the_accuracy(exported: Path) -> None:
    test = json.loads((exported / "model_card.json").read_text())["test"]
    assert len(test["mistakes"]) == test["errors"]
    low, high = test["accuracy_interval"]
    assert low < test["accuracy"] < high


def test_seeds_of_the_same_recipe_are_gathered(tmp_path: Path) -> None:
    for seed, smoothing, accuracy in ((1, 0.1, 0.99), (2, 0.1, 0.97), (3, 0.0, 0.5)):
        run = RunFolder(tmp_path / str(seed))
        run.start({"seed": seed, "label_smoothing": smoothing}, resume=False)
        state = RunState().after(FIGURES | {"epoch": 1})
        (run.path / "state.json").write_text(json.dumps(asdict(state)))
        run.save_figures({"test_accuracy": accuracy})
    seeds = siblings(RunFolder(tmp_path / "1"))
    assert [(one.seed, one.test_accuracy) for one in seeds] == [(1, 0.99), (2, 0.97)]
    described = describe_seeds(seeds)
    assert described["test_accuracy_mean"] == pytest.approx(0.98)
    low, high = described["test_accuracy_interval"]
    half_width = 12.706 * np.sqrt(2) * 0.01 / np.sqrt(2)  # Student's t for one degree of freedom
    assert (high - low) / 2 == pytest.approx(half_width, rel=1e-3)


def test_one_seed_has_no_interval() -> None:
    assert set(describe_seeds((SeedFigures(1, 0.99, 0.98),))) == {"runs", "test_accuracy_mean"}


def test_card_has_no_place_of_this_machine(exported: Path) -> None:
    text = (exported / "model_card.json").read_text()
    assert str(exported.parent) not in text and str(Path.home()) not in text


def test_parity_refuses_two_networks(exported: Path, tmp_path: Path, digits: Digits) -> None:
    other = tmp_path / "other.keras"
    keras.saving.save_model(build_model(), other)
    with pytest.raises(ValueError, match="Received"):
        check_parity(other, exported / "mnist_cnn.onnx", digits.take(np.arange(20)))


def test_a_run_without_an_epoch_is_refused(tmp_path: Path, mnist_npz: Path) -> None:
    run = RunFolder(tmp_path / "empty")
    with pytest.raises(RunFolderError, match="Received"):
        export_run(run, mnist_npz, tmp_path, tmp_path)
    run.start({"validation_tiles": 100, "limit": 0}, resume=False)
    with pytest.raises(RunFolderError, match="Received"):
        export_run(run, mnist_npz, tmp_path, tmp_path)


def test_report_and_its_text() -> None:
    labels = np.arange(10, dtype=np.uint8)
    answers = np.eye(10, dtype=np.float32)
    answers[4] = answers[9]  # a 4 read as 9
    measured = report(answers, labels)
    assert isinstance(measured, Report) and measured.errors == 1
    assert measured.confusion_matrix[4][9] == 1
    assert "90.00%" in as_text(measured)


@pytest.mark.parametrize("path", [KERAS_MODEL, ONNX_MODEL], ids=lambda path: path.suffix)
def test_shipped_card_has_the_hash_of_the_shipped_file(path: Path) -> None:
    entry = json.loads(MODEL_CARD.read_text())["files"][path.name]
    content = path.read_bytes()
    assert entry["sha256"] == hashlib.sha256(content).hexdigest()
    assert entry["bytes"] == len(content)


def test_shipped_files_are_one_network(digits: Digits) -> None:
    assert check_parity(KERAS_MODEL, ONNX_MODEL, digits.take(np.arange(100))) <= PARITY


def test_shipped_network_reads(digits: Digits) -> None:
    """Tiles of the training set, most of them learnt from: no measure, but a sign of life."""
    model = keras.saving.load_model(KERAS_MODEL)
    answers = np.asarray(model(digits.tiles[:200, ..., None].astype(np.float32)))
    assert (answers.argmax(1) == digits.labels[:200]).mean() >= 0.985


def test_shipped_card_counts_add_up() -> None:
    card = json.loads(MODEL_CARD.read_text())
    for part in ("validation", "test"):
        matrix = np.array(card[part]["confusion_matrix"])
        assert matrix.sum() == card[part]["tiles"] == card["data"][f"{part}_tiles"]
        assert card[part]["errors"] == matrix.sum() - matrix.trace()
        assert card[part]["accuracy"] == pytest.approx(matrix.trace() / matrix.sum())
