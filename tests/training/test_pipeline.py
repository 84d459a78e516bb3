"""One command from tiles to a model file that opens; a network that learnt nothing is refused."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from training.data.mnist import Digits

keras = pytest.importorskip("keras")
pytest.importorskip("tf2onnx", reason="tf2onnx (extra `train`) writes the ONNX file")

from digitscope import DigitReader  # noqa: E402 - after the checks
from training import pipeline as module  # noqa: E402
from training.config import LEARNING_RATES  # noqa: E402
from training.model_definition import build_model  # noqa: E402
from training.run_records.run_folder import RunFolder, RunFolderError  # noqa: E402

SHORT = ["--small", "--epochs", "4", "--validation-tiles", "100", "--batch-size", "32"]
SHORT += ["--ema-momentum", "0.5", "--hand-fraction", "0", "--degraded-fraction", "0"]
SHORT += ["--augmentation", "0"]
FLOOR = 0.6  # of 200 tiles; guessing reaches 0.1


@pytest.fixture(scope="module")
def out(mnist_npz: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs") / "mlp"
    _main(mnist_npz, folder)
    return folder


def _main(data: Path, out: Path, *more: str) -> None:
    options = [f"--data={data}", f"--out={out}", f"--floor={FLOOR}", *more]
    module.main(["mlp", *SHORT, *options])


@pytest.mark.slow
def test_everything_is_left_in_its_place(out: Path) -> None:
    assert {path.name for path in (out / "exported").iterdir()} == {
        "mnist_mlp.keras",
        "mnist_mlp.onnx",
        "model_card.json",
        "training_curves.png",
        "confusion_matrix.png",
    }
    assert RunFolder(out).figures()["test_accuracy"] >= FLOOR
    card = json.loads((out / "exported" / "model_card.json").read_text())
    assert card["name"] == "mnist_mlp" and np.sum(card["test"]["confusion_matrix"]) == 200


@pytest.mark.slow
@pytest.mark.parametrize("suffix", [".keras", ".onnx"])
def test_the_reader_opens_what_was_made(out: Path, digits: Digits, suffix: str) -> None:
    reader = DigitReader(model=out / "exported" / f"mnist_mlp{suffix}")
    answers = [reader.predict(tile).digit for tile in digits.tiles[:100]]
    assert np.mean(answers == digits.labels[:100]) >= FLOOR


@pytest.mark.slow
def test_the_same_command_again_trains_no_further(
    out: Path, mnist_npz: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = RunFolder(out).state()
    _main(mnist_npz, out)
    assert RunFolder(out).state() == before
    assert "Epoch" not in capsys.readouterr().out


@pytest.mark.slow
def test_another_network_needs_another_folder(out: Path, mnist_npz: Path) -> None:
    with pytest.raises(RunFolderError, match="Received"):
        module.main(["cnn", *SHORT, f"--data={mnist_npz}", f"--out={out}"])


def test_a_network_below_the_floor_is_refused(mnist_npz: Path, tmp_path: Path) -> None:
    untrained = tmp_path / "untrained.keras"
    keras.saving.save_model(build_model(), untrained)
    with pytest.raises(module.BelowFloorError, match="Received"):
        module.check_saved(untrained, 0.6, str(mnist_npz))


def test_small_changes_settings_and_leaves_those_that_are_given() -> None:
    options = module.parse_arguments(["cnn", "--small", "--epochs", "7"])
    hyper = module.settings_of(options, **module.SMALL)
    assert (hyper.network, hyper.epochs, hyper.limit) == ("cnn", 7, module.SMALL["limit"])
    assert hyper.learning_rate == module.HyperParameters.learning_rate
    chosen = module.settings_of(module.parse_arguments(["mlp", "--optimizer=sgd"]))
    assert chosen.learning_rate == LEARNING_RATES["sgd"]


def test_every_network_has_a_floor() -> None:
    assert set(module.NETWORKS) == set(module.FLOORS) == set(module.SMALL_FLOORS)
