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
    check_answers,
    load_classifier,
    to_batch,
)
from digitscope.types import Float32Array, UInt8Array

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
    with pytest.raises(ValueError, match=r"Tiles are \(N, 28, 28\) uint8.* Received: shape \("):
        to_batch(np.zeros(shape, np.uint8))


@pytest.mark.parametrize("dtype", [np.float32, np.float64, bool, np.int64])
def test_tiles_of_another_dtype_are_refused(dtype: type) -> None:
    """Floats 0..1 would look like black tiles."""
    with pytest.raises(ValueError, match=r"uint8, 0\.\.255\. Received: .*(float|bool|int)"):
        to_batch(np.ones((1, 28, 28), dtype))


class Answering:
    """A network that gives every tile the same row."""

    path, engine = Path("odd.onnx"), "odd"

    def __init__(self, row: list[float]) -> None:
        self.row = np.float32(row)

    def classify(self, tiles: UInt8Array) -> Float32Array:
        return np.tile(self.row, (len(tiles), 1))


def test_ten_probabilities_are_an_answer() -> None:
    check_answers(Answering([0.1] * 10))
    check_answers(Answering([0.1004] + [0.1] * 9))  # rounded


@pytest.mark.parametrize("count", [1, 9, 11])
def test_a_model_with_another_number_of_answers_is_refused(count: int) -> None:
    with pytest.raises(ModelUnavailableError, match=rf"Received: shape \(2, {count}\) .*odd\.onnx"):
        check_answers(Answering([1 / count] * count))


@pytest.mark.parametrize(
    ("row", "total"),
    [
        ([3.0, -1.0, 0.5, *[0.0] * 7], "2.500"),  # logits
        ([2.0, -1.0, *[0.0] * 8], "1.000"),  # logits that happen to sum to one
        ([0.1] * 9 + [0.0], "0.900"),
        ([0.11] * 10, "1.100"),
        ([float("nan")] * 10, "nan"),
    ],
    ids=str,
)
def test_ten_numbers_that_are_no_probabilities_are_refused(row: list[float], total: str) -> None:
    with pytest.raises(ModelUnavailableError, match=rf"sum to one\. Received: {total} .*softmax"):
        check_answers(Answering(row))


@pytest.mark.parametrize("name", ["model.h5", "model", "model.ONNX"])
def test_a_file_that_no_engine_opens_is_refused(name: str) -> None:
    with pytest.raises(ModelUnavailableError, match=r"ends in \.onnx or \.keras\. Received: model"):
        load_classifier(Path(name))


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
    with pytest.raises(ModelUnavailableError, match=r"keras .*not installed.*pip install.*\.onnx"):
        KerasClassifier(tmp_path / "model.keras")
