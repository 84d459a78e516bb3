"""The network behind one interface: two small classes, chosen by the file's suffix."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import numpy as np

from digitscope.errors import ModelUnavailableError
from digitscope.types import CLASSES, TILE_PX, Float32Array, UInt8Array


class Classifier(Protocol):
    """Anything that gives ten probabilities a tile."""

    path: Path
    engine: str

    def classify(self, tiles: UInt8Array) -> Float32Array:
        """Give each tile its ten probabilities, all tiles in one batch.

        Args:
            tiles: (N, 28, 28) uint8, light digit on black.

        Returns:
            (N, 10) float32, each row sums to 1.
        """
        ...


def to_batch(tiles: UInt8Array) -> Float32Array:
    """Give tiles the network's input form: (N, 28, 28) uint8 -> (N, 28, 28, 1) float32, 0..255.

    Raises:
        ValueError: another shape.
    """
    if tiles.ndim != 3 or tiles.shape[1:] != (TILE_PX, TILE_PX):
        raise ValueError(f"Tiles are (N, {TILE_PX}, {TILE_PX}). Received: shape {tiles.shape}.")
    return tiles.astype(np.float32)[..., None]


def check_output(probabilities: Float32Array, path: Path) -> Float32Array:
    """Refuse a model that does not answer with ten probabilities a tile.

    Raises:
        ModelUnavailableError: the output has another shape.
    """
    if probabilities.ndim != 2 or probabilities.shape[1] != CLASSES:
        raise ModelUnavailableError(
            "The model answers with ten probabilities a tile. "
            "Received: shape {shape} from {model}. Is it a Digitscope model?",
            shape=probabilities.shape,
            model=path,
        )
    return probabilities.astype(np.float32)


@contextmanager
def _foreign_errors_told(expected: str, path: Path) -> Iterator[None]:
    """Turn what an engine raises while it opens and tries a model into one error of ours."""
    try:
        yield
    except ModelUnavailableError:
        raise
    except Exception as error:  # the engines raise many unrelated types
        raise ModelUnavailableError(
            "{expected} was expected. Received: {model} ({kind}). `make train` makes a new one.",
            expected=expected,
            model=path,
            kind=type(error).__name__,
        ) from error


class OnnxClassifier:
    """The network through onnxruntime: 0.2 s to start, small; for the CLI and batches."""

    engine = "onnxruntime"

    def __init__(self, path: Path) -> None:
        """Open the model file.

        Raises:
            ModelUnavailableError: the file cannot be opened as an ONNX model.
        """
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # two spinning threads measured slower than one
        options.enable_cpu_mem_arena = False  # memory goes back after each batch
        self.path = path
        with _foreign_errors_told("An ONNX model", path):
            self._session = onnxruntime.InferenceSession(
                str(path), options, providers=["CPUExecutionProvider"]
            )
            self._input_name = self._session.get_inputs()[0].name
            self.classify(np.zeros((1, TILE_PX, TILE_PX), np.uint8))

    def classify(self, tiles: UInt8Array) -> Float32Array:
        """See `Classifier.classify`."""
        (output,) = self._session.run(None, {self._input_name: to_batch(tiles)})
        return check_output(np.asarray(output), self.path)


class KerasClassifier:
    """The network through Keras, in this process; for the app.

    Attributes:
        model: the Keras model itself, to be looked at.
    """

    engine = "keras"

    def __init__(self, path: Path) -> None:
        """Open the model file and trace it once, so that the first answer is quick too.

        Raises:
            ModelUnavailableError: TensorFlow is not installed or the file is no Keras model.
        """
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # its notices are not for users
        os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
        try:
            import keras
        except ImportError as error:
            raise ModelUnavailableError(
                "Keras is needed for {model} and is not installed. "
                "`pip install -e .[app]` brings it, or choose the .onnx model.",
                model=path,
            ) from error
        self.path = path
        with _foreign_errors_told("A Keras model", path):
            self.model = keras.saving.load_model(path, compile=False)
            self.classify(np.zeros((1, TILE_PX, TILE_PX), np.uint8))

    def classify(self, tiles: UInt8Array) -> Float32Array:
        """See `Classifier.classify`."""
        return check_output(np.asarray(self.model.predict_on_batch(to_batch(tiles))), self.path)


def load_classifier(path: Path) -> Classifier:
    """Open a model file with the engine that its suffix names (`.keras` or `.onnx`).

    Raises:
        ModelUnavailableError: the file cannot be opened or answers in another form.
    """
    return KerasClassifier(path) if path.suffix == ".keras" else OnnxClassifier(path)
