"""A run of seconds: it learns, it resumes after a kill, and it cannot see the test set."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from digitscope.benchmark.mnist import DataUnavailableError
from training.data.mnist import Digits

keras = pytest.importorskip("keras")

from training import train as module  # noqa: E402 - after the check for keras
from training.config import LEARNING_RATES, HyperParameters  # noqa: E402
from training.data.datasets import Datasets  # noqa: E402
from training.model_definition import PARAMETERS  # noqa: E402
from training.run_records.run_folder import RunFolder, RunFolderError, RunState  # noqa: E402

EPOCHS = 3
SHORT = ["--epochs", str(EPOCHS), "--batch-size", "32", "--validation-tiles", "100"]
LINEAR = ["--network", "mlp", "--augmentation", "0"]
LINEAR += ["--degraded-fraction", "0", "--hand-fraction", "0"]
FAST = ["--limit", "256", "--learning-rate", "0.003", "--ema-momentum", "0.5"]


@pytest.fixture(scope="module")
def sealed_npz(digits: Digits, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """MNIST with a test part that raises as soon as anyone unpacks it."""
    path = tmp_path_factory.mktemp("sealed") / "mnist.npz"
    seal = np.array([object()])
    np.savez(path, x_train=digits.tiles, y_train=digits.labels, x_test=seal, y_test=seal)
    return path


def _main(data: Path, out: Path, *more: str) -> RunState:
    module.main([*SHORT, *FAST, "--data", str(data), "--out", str(out), *more])
    return RunFolder(out).state()


@pytest.fixture(scope="module")
def whole_run(sealed_npz: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("runs") / "whole"
    _main(sealed_npz, out)
    return out


def test_a_run_learns_without_the_test_set(whole_run: Path) -> None:
    """The archive's test part cannot be read, so it was not."""
    history = RunFolder(whole_run).state().history
    assert len(history) == EPOCHS
    assert history[-1]["loss"] < 0.8 * history[0]["loss"]
    assert history[-1]["accuracy"] > 0.5


def test_a_run_leaves_what_it_says(whole_run: Path) -> None:
    with (whole_run / "history.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["epoch"] for row in rows] == ["1", "2", "3"]
    assert json.loads((whole_run / "settings.json").read_text())["limit"] == 256
    assert [path.name for path in whole_run.glob("epoch-*")] == ["epoch-003.keras"]
    opened = keras.saving.load_model(whole_run / "best.keras")
    assert opened.count_params() == PARAMETERS[4] + 257  # with a class for what is no digit


def test_the_best_is_the_best_of_validation(whole_run: Path) -> None:
    state = RunFolder(whole_run).state()
    losses = [row["val_loss"] for row in state.history]
    assert state.best_epoch == 1 + int(np.argmin(losses))
    assert state.best_val_loss == min(losses)


@pytest.mark.slow
def test_a_killed_run_goes_on_as_if_nothing_had_been(
    whole_run: Path, sealed_npz: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed after the steps of epoch 2, before they are kept: epoch 2 is done again."""
    out = tmp_path / "killed"
    _kill_in_epoch(2, monkeypatch)
    with pytest.raises(KeyboardInterrupt):
        _main(sealed_npz, out)
    assert RunFolder(out).state().epochs == 1
    monkeypatch.undo()
    resumed = _main(sealed_npz, out, "--resume").history
    whole = RunFolder(whole_run).state().history
    assert [row["epoch"] for row in resumed] == [1, 2, 3]
    for name in ("loss", "val_loss", "learning_rate"):
        assert resumed[-1][name] == pytest.approx(whole[-1][name], rel=0.02, abs=1e-9)


@pytest.mark.slow
def test_a_process_killed_at_any_moment_goes_on(sealed_npz: Path, tmp_path: Path) -> None:
    """SIGKILL, as the system sends it where memory runs out: nothing is tidied up before."""
    out = tmp_path / "killed"
    command = [sys.executable, "-m", "training.train", *SHORT, *FAST, *LINEAR]
    command += ["--data", str(sealed_npz), "--out", str(out)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        while process.poll() is None and not (out / "state.json").is_file():
            time.sleep(0.02)
        process.kill()
    assert process.returncode != 0, "it ended before it could be killed"
    done = RunFolder(out).state().epochs
    assert 1 <= done < EPOCHS
    resumed = _main(sealed_npz, out, *LINEAR, "--resume")
    assert [row["epoch"] for row in resumed.history] == [1, 2, 3]
    assert (out / "best.keras").is_file()


def _kill_in_epoch(epoch: int, monkeypatch: pytest.MonkeyPatch) -> None:
    validate = module.validate
    calls: list[int] = []

    def dying(model: keras.Model, datasets: Datasets) -> dict[str, float]:
        calls.append(1)
        if len(calls) == epoch:
            raise KeyboardInterrupt
        return validate(model, datasets)

    monkeypatch.setattr(module, "validate", dying)


def test_a_finished_run_resumes_to_nothing(whole_run: Path, sealed_npz: Path) -> None:
    before = RunFolder(whole_run).state()
    assert _main(sealed_npz, whole_run, "--resume") == before


def test_a_run_is_not_overwritten(whole_run: Path, sealed_npz: Path) -> None:
    with pytest.raises(RunFolderError, match="--resume"):
        _main(sealed_npz, whole_run)


def test_a_run_does_not_change_its_settings(whole_run: Path, sealed_npz: Path) -> None:
    with pytest.raises(RunFolderError, match="Received"):
        _main(sealed_npz, whole_run, "--resume", "--seed", "1")


@pytest.mark.parametrize("optimizer", ["adam", "sgd", "rmsprop"])
def test_a_network_of_linear_layers_learns_with_every_optimizer(
    sealed_npz: Path, tmp_path: Path, optimizer: str
) -> None:
    options = [*LINEAR, "--optimizer", optimizer, "--permuted", "true"]
    short = [option for option in FAST if option not in {"--learning-rate", "0.003"}]
    module.main([*SHORT, *short, *options, f"--data={sealed_npz}", f"--out={tmp_path / 'mlp'}"])
    folder = RunFolder(tmp_path / "mlp")
    assert folder.settings()["learning_rate"] == LEARNING_RATES[optimizer]
    assert folder.settings()["permuted"] is True
    assert folder.state().history[-1]["val_accuracy"] > 0.5
    assert folder.load_best().name == "mnist_mlp"


def test_averages_and_decay_are_those_of_the_settings() -> None:
    made = {
        name: module.compile_model(HyperParameters(network="mlp", optimizer=name), 5).optimizer
        for name in LEARNING_RATES
    }
    assert {one.ema_momentum for one in made.values()} == {HyperParameters.ema_momentum}
    decays = {name for name, one in made.items() if one.weight_decay}
    assert decays == {"adamw"}
    kinds = {type(one).__name__.lower() for one in made.values()}
    assert kinds == set(LEARNING_RATES)


def test_a_switch_is_true_or_false() -> None:
    assert module.parse_arguments(["--permuted=False"]).permuted is False
    with pytest.raises(SystemExit):
        module.parse_arguments(["--permuted=perhaps"])


def test_missing_data_is_said(tmp_path: Path) -> None:
    with pytest.raises(DataUnavailableError, match="nowhere"):
        _main(tmp_path / "nowhere.npz", tmp_path / "run")


def test_patience_ends_a_run(
    sealed_npz: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    worse = iter([0.5, 0.6, 0.7, 0.8])
    figures = ({"val_loss": loss, "val_accuracy": 0.5} for loss in worse)
    monkeypatch.setattr(module, "validate", lambda *_: next(figures))
    options = [*LINEAR, "--patience", "2", "--epochs", "9"]
    state = _main(sealed_npz, tmp_path / "run", *options)
    assert (state.epochs, state.best_epoch) == (3, 1)
    assert _main(sealed_npz, tmp_path / "run", *options, "--resume") == state
