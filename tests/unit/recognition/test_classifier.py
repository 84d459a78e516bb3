"""Two engines behind one interface: the same answers, and sentences where a file is no model."""

from __future__ import annotations

import sys
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from digitscope.errors import ModelUnavailableError
from digitscope.model_files import KERAS_MODEL, ONNX_MODEL
from digitscope.recognition.classifier import (
    Classifier,
    KerasClassifier,
    OnnxClassifier,
    check_output,
    load_classifier,
    to_batch,
)
from digitscope.types import UInt8Array

Tiles = tuple[UInt8Array, UInt8Array]
PARITY = 1e-5  # architecture.md: both files answer alike to this


@pytest.fixture(scope="module")
def onnx() -> Classifier:
    if not ONNX_MODEL.is_file():
        pytest.skip("models/mnist_cnn.onnx is missing; `make train` makes it")
    return load_classifier(ONNX_MODEL)


@pytest.fixture(scope="module")
def keras_classifier() -> Classifier:
    pytest.importorskip("keras", reason="keras (extra `app`) is missing")
    if not KERAS_MODEL.is_file():
        pytest.skip("models/mnist_cnn.keras is missing; `make train` makes it")
    return load_classifier(KERAS_MODEL)


def test_a_batch_has_the_networks_form() -> None:
    tiles = np.random.default_rng(0).integers(0, 256, (3, 28, 28), dtype=np.uint8)
    batch = to_batch(tiles)
    assert (batch.shape, batch.dtype) == ((3, 28, 28, 1), np.float32)
    np.testing.assert_array_equal(batch[..., 0], tiles)  # 0..255: the network scales


@pytest.mark.parametrize("shape", [(28, 28), (1, 28, 27), (1, 28, 28, 1), (784,)])
def test_tiles_of_another_shape_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"Tiles are \(N, 28, 28\)\. Received: shape \("):
        to_batch(np.zeros(shape, np.uint8))


@pytest.mark.parametrize("shape", [(1, 9), (10,), (1, 10, 1)])
def test_a_model_with_another_answer_is_no_digitscope_model(shape: tuple[int, ...]) -> None:
    with pytest.raises(ModelUnavailableError, match=r"Received: shape .* from odd\.onnx"):
        check_output(np.zeros(shape, np.float32), Path("odd.onnx"))


def test_an_answer_becomes_float32() -> None:
    assert check_output(np.zeros((2, 10), np.float64), Path("m.onnx")).dtype == np.float32


def test_the_suffix_chooses_the_engine(onnx: Classifier) -> None:
    assert isinstance(onnx, OnnxClassifier)
    assert (onnx.engine, onnx.path) == ("onnxruntime", ONNX_MODEL)


def test_ten_probabilities_a_tile(onnx: Classifier, mnist_tiles: Tiles) -> None:
    for count in (1, 2, 7):
        probabilities = onnx.classify(mnist_tiles[0][:count])
        assert (probabilities.shape, probabilities.dtype) == ((count, 10), np.float32)
        np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-5)
        assert probabilities.min() >= 0


def test_a_tile_is_answered_alike_alone_and_in_a_batch(
    onnx: Classifier, mnist_tiles: Tiles
) -> None:
    tiles = mnist_tiles[0][::600]
    alone = np.concatenate([onnx.classify(tile[np.newaxis]) for tile in tiles])
    np.testing.assert_allclose(onnx.classify(tiles), alone, atol=1e-6)


def test_it_knows_mnist(onnx: Classifier, mnist_tiles: Tiles) -> None:
    tiles, labels = mnist_tiles
    answers = onnx.classify(tiles[::10]).argmax(axis=1)
    assert (answers == labels[::10]).mean() > 0.98


@pytest.mark.slow
def test_both_engines_answer_alike(
    onnx: Classifier, keras_classifier: Classifier, mnist_tiles: Tiles
) -> None:
    assert (keras_classifier.engine, keras_classifier.path) == ("keras", KERAS_MODEL)
    tiles = mnist_tiles[0][::25]  # 200, of every digit
    one, other = onnx.classify(tiles), keras_classifier.classify(tiles)
    assert other.dtype == np.float32
    np.testing.assert_allclose(one, other, atol=PARITY)
    assert (one.argmax(axis=1) == other.argmax(axis=1)).all()


@pytest.mark.slow
def test_keras_answers_threads_alike(keras_classifier: Classifier, mnist_tiles: Tiles) -> None:
    batches = np.split(mnist_tiles[0][::50], 20)  # 20 of 5 tiles
    alone = [keras_classifier.classify(batch) for batch in batches]
    with ThreadPoolExecutor(max_workers=8) as pool:
        together = list(pool.map(keras_classifier.classify, batches))
    np.testing.assert_allclose(together, alone, atol=1e-6)


# --- Files that are no model ---------------------------------------------------------------------


@pytest.mark.parametrize("content", [b"", b"not a model", bytes(5000)])
def test_a_broken_onnx_file_is_named(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "broken.onnx"
    path.write_bytes(content)
    with pytest.raises(ModelUnavailableError, match=r"Received: .*broken\.onnx.*make train"):
        load_classifier(path)


def test_a_truncated_onnx_file_is_named(tmp_path: Path) -> None:
    if not ONNX_MODEL.is_file():
        pytest.skip("models/mnist_cnn.onnx is missing; `make train` makes it")
    path = tmp_path / "half.onnx"
    path.write_bytes(ONNX_MODEL.read_bytes()[:100_000])
    with pytest.raises(ModelUnavailableError, match=r"An ONNX model was expected"):
        load_classifier(path)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["text", "empty archive", "missing"])
def test_a_broken_keras_file_is_named(kind: str, tmp_path: Path) -> None:
    pytest.importorskip("keras", reason="keras (extra `app`) is missing")
    path = tmp_path / "broken.keras"
    if kind == "text":
        path.write_bytes(b"not a model")
    elif kind == "empty archive":
        zipfile.ZipFile(path, "w").close()
    with pytest.raises(ModelUnavailableError, match=r"Received: .*broken\.keras.*make train"):
        load_classifier(path)


def test_without_keras_the_error_names_the_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "keras", None)
    with pytest.raises(ModelUnavailableError, match=r"not installed.*pip install.*\.onnx"):
        KerasClassifier(tmp_path / "model.keras")
