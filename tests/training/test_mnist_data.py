"""Where MNIST is found, how it is split, and that the test set stays sealed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from digitscope.benchmark.mnist import DataUnavailableError
from training.data.mnist import (
    Digits,
    find_mnist,
    load_test,
    load_train_validation,
    split_stratified,
)

TRAINING = Path(__file__).resolve().parents[2] / "training"


def _as_set(digits: Digits) -> set[bytes]:
    return {tile.tobytes() for tile in digits.tiles}


def test_split_is_disjoint_and_complete(digits: Digits) -> None:
    train, validation = split_stratified(digits, 200, seed=1)
    assert (len(train), len(validation)) == (800, 200)
    assert not _as_set(train) & _as_set(validation)
    assert _as_set(train) | _as_set(validation) == _as_set(digits)


def test_split_keeps_tiles_and_labels_together(digits: Digits) -> None:
    label_of = {
        tile.tobytes(): label for tile, label in zip(digits.tiles, digits.labels, strict=True)
    }
    for part in split_stratified(digits, 200, seed=1):
        assert [label_of[tile.tobytes()] for tile in part.tiles] == part.labels.tolist()


def test_split_is_stratified(digits: Digits) -> None:
    _, validation = split_stratified(digits, 200, seed=1)
    expected = np.bincount(digits.labels, minlength=10) * 200 / len(digits)
    assert np.abs(np.bincount(validation.labels, minlength=10) - expected).max() <= 1


def test_split_is_deterministic_and_follows_its_seed(digits: Digits) -> None:
    first, second = (split_stratified(digits, 200, seed=1)[1] for _ in range(2))
    other = split_stratified(digits, 200, seed=2)[1]
    assert np.array_equal(first.tiles, second.tiles)
    assert not np.array_equal(first.tiles, other.tiles)


@pytest.mark.parametrize("validation_tiles", [0, 9, 1_000])
def test_split_refuses_what_cannot_be(digits: Digits, validation_tiles: int) -> None:
    with pytest.raises(ValueError, match="Received"):
        split_stratified(digits, validation_tiles, seed=1)


def test_digits_refuse_other_shapes() -> None:
    with pytest.raises(ValueError, match="Received"):
        Digits(np.zeros((3, 28, 28), np.uint8), np.zeros(2, np.uint8))
    with pytest.raises(ValueError, match="Received"):
        Digits(np.zeros((2, 28, 28), np.float32), np.zeros(2, np.uint8))


def test_explicit_path_outranks_environment(
    mnist_npz: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MNIST_NPZ", "elsewhere.npz")
    assert find_mnist(mnist_npz) == mnist_npz
    with pytest.raises(DataUnavailableError, match=r"elsewhere\.npz"):
        find_mnist()


def test_environment_outranks_cache(mnist_npz: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MNIST_NPZ", str(mnist_npz))
    assert find_mnist() == mnist_npz


def test_cache_is_used_without_a_download(
    tmp_path: Path, mnist_npz: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keras = pytest.importorskip("keras")
    asked = []

    def get_file(name: str, origin: str, file_hash: str) -> str:
        asked.append((name, origin, len(file_hash)))
        return str(mnist_npz)

    monkeypatch.delenv("MNIST_NPZ", raising=False)
    monkeypatch.setattr(keras.utils, "get_file", get_file)
    assert find_mnist() == mnist_npz
    assert asked[0][0] == "mnist.npz" and asked[0][2] == 64


def test_failed_download_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    keras = pytest.importorskip("keras")

    def get_file(*_: object, **__: object) -> str:
        raise OSError("URL fetch failure")

    monkeypatch.delenv("MNIST_NPZ", raising=False)
    monkeypatch.setattr(keras.utils, "get_file", get_file)
    with pytest.raises(DataUnavailableError, match="MNIST_NPZ"):
        find_mnist()


def test_training_never_unpacks_the_test_set(tmp_path: Path, digits: Digits) -> None:
    """An archive whose test part cannot be read serves for training, and only for that."""
    path = tmp_path / "mnist.npz"
    unreadable = np.array([object()])  # np.load refuses pickled objects
    np.savez(path, x_train=digits.tiles, y_train=digits.labels, x_test=unreadable)
    train, validation = load_train_validation(path, 100)
    assert len(train) + len(validation) == len(digits)
    with pytest.raises(DataUnavailableError, match="Keras packs it"):
        load_test(path)


def test_only_evaluate_opens_the_test_set() -> None:
    sources = {path.relative_to(TRAINING).as_posix(): path for path in TRAINING.rglob("*.py")}
    users = {name for name, path in sources.items() if "load_test" in path.read_text()}
    assert users == {"data/mnist.py", "evaluate.py", "synthetic_numbers/benchmark.py"}
    openers = {name for name, path in sources.items() if "x_test" in path.read_text()}
    assert not openers
