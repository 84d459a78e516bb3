"""One interface to the network: a small class per engine, chosen by the file's suffix."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import numpy as np

from digitscope.errors import ModelUnavailableError
from digitscope.host_environment import environment
from digitscope.types import CLASSES, TILE_PX, Float32Array, UInt8Array

PROBES = np.stack([np.zeros((TILE_PX, TILE_PX)), np.eye(TILE_PX) * 255]).astype(np.uint8)
SUM_TOLERANCE = 1e-3  # float16 models round


class Classifier(Protocol):
    """Anything that returns ten probabilities per tile."""

    path: Path
    engine: str

    def classify(self, tiles: UInt8Array) -> Float32Array:
        """Compute the ten probabilities of each tile, all tiles in one batch.

        Args:
            tiles: (N, 28, 28) uint8, light digit on black.

        Returns:
            (N, 10) float32, each row sums to 1.
        """
        ...


def to_batch(tiles: UInt8Array) -> Float32Array:
    """Convert tiles to the network's input: (N, 28, 28) uint8 -> (N, 28, 28, 1) float32, 0..255.

    Raises:
        ValueError: another shape, or another dtype: floats 0..1 would look like black tiles.
    """
    if tiles.ndim != 3 or tiles.shape[1:] != (TILE_PX, TILE_PX) or tiles.dtype != np.uint8:
        raise ValueError(
            f"Tiles are (N, {TILE_PX}, {TILE_PX}) uint8, 0..255. "
            f"Received: shape {tiles.shape}, {tiles.dtype}."
        )
    return tiles.astype(np.float32)[..., None]


def check_answers(classifier: Classifier) -> None:
    """Refuse a model that does not return ten probabilities per tile.

    Raises:
        ModelUnavailableError: the output has another shape, or rows that do not sum to one.
    """
    probabilities = classifier.classify(PROBES)
    if probabilities.shape != (len(PROBES), CLASSES):
        raise ModelUnavailableError(
            "The model answers with ten probabilities a tile. "
            "Received: shape {shape} from {model}. Is it a Digitscope model?",
            shape=probabilities.shape,
            model=classifier.path,
        )
    sums = probabilities.sum(axis=1)
    if probabilities.min() < 0 or not np.allclose(sums, 1, atol=SUM_TOLERANCE):
        raise ModelUnavailableError(
            "The ten probabilities of a tile sum to one. Received: {sum:.3f} from {model}. "
            "A model that ends in logits needs a softmax.",
            sum=float(sums[np.abs(sums - 1).argmax()]),
            model=classifier.path,
        )


@contextmanager
def _engine_errors_translated(expected: str, path: Path) -> Iterator[None]:
    """Turn any error while an engine opens and tests a model into `ModelUnavailableError`."""
    try:
        yield
    except ModelUnavailableError:
        raise
    except ImportError as error:
        raise ModelUnavailableError(
            "The package {package} is needed for {model} and is not installed. "
            "`pip install -e .[app]` brings it, or choose the .onnx model.",
            package=error.name,
            model=path,
        ) from error
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
        # From 1.29 on, onnxruntime sends Microsoft a message about every model that is loaded,
        # unless telemetry is disabled before the import.
        self.path = path
        with (
            environment(ORT_DISABLE_TELEMETRY="1"),
            _engine_errors_translated("An ONNX model", path),
        ):
            import onnxruntime

            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = 1  # two spinning threads measured slower than one
            options.enable_cpu_mem_arena = False  # frees memory after each batch
            self._session = onnxruntime.InferenceSession(
                str(path), options, providers=["CPUExecutionProvider"]
            )
            self._input_name = self._session.get_inputs()[0].name
            check_answers(self)

    def classify(self, tiles: UInt8Array) -> Float32Array:
        """See `Classifier.classify`."""
        (output,) = self._session.run(None, {self._input_name: to_batch(tiles)})
        return np.asarray(output, np.float32)


class KerasClassifier:
    """The network through Keras, in this process; for the app.

    Attributes:
        model: the Keras model itself, for inspection.
    """

    engine = "keras"

    def __init__(self, path: Path) -> None:
        """Open the model file and trace it once, so that the first prediction is fast.

        Raises:
            ModelUnavailableError: TensorFlow is not installed or the file is no Keras model.
        """
        self.path = path
        # TensorFlow reads these once, on first use. Its log messages are not for users.
        settings = environment(TF_CPP_MIN_LOG_LEVEL="3", TF_ENABLE_ONEDNN_OPTS="0")
        with settings, _engine_errors_translated("A Keras model", path):
            import keras

            self.model = keras.saving.load_model(path, compile=False)
            check_answers(self)

    def classify(self, tiles: UInt8Array) -> Float32Array:
        """See `Classifier.classify`."""
        return np.asarray(self.model.predict_on_batch(to_batch(tiles)), np.float32)


ENGINES: dict[str, Callable[[Path], Classifier]] = {
    ".onnx": OnnxClassifier,
    ".keras": KerasClassifier,
}


def load_classifier(path: Path) -> Classifier:
    """Open a model file with the engine for its suffix.

    Raises:
        ModelUnavailableError: no engine opens such a file, it cannot be opened, or it does not
            return ten probabilities.
    """
    if path.suffix not in ENGINES:
        raise ModelUnavailableError(
            "A model file ends in {suffixes}. Received: {model}. Give --model or DIGITSCOPE_MODEL "
            "the path of such a file.",
            suffixes=" or ".join(ENGINES),
            model=path,
        )
    return ENGINES[path.suffix](path)
