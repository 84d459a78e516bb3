"""MNIST in Keras' file format: found on this machine, or downloaded once.

Training uses it, and the app shows its tiles.

Source: LeCun, Cortes and Burges, http://yann.lecun.com/exdb/mnist/ as packed by Keras.
"""

from __future__ import annotations

import os
import zipfile
from pathlib import Path
from typing import Literal

import numpy as np

from digitscope.errors import DigitscopeError
from digitscope.types import UInt8Array

MNIST_VARIABLE = "MNIST_NPZ"  # environment variable: the file, if not in Keras' cache
MNIST_URL = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz"
MNIST_SHA256 = "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1"


class DataUnavailableError(DigitscopeError, RuntimeError):
    """MNIST is missing and cannot be downloaded, or the file is not MNIST."""


def find_mnist() -> Path | None:
    """Find ``mnist.npz``: at ``$MNIST_NPZ``, else in Keras' cache; None if it is not there."""
    cache = Path(os.environ.get("KERAS_HOME") or "~/.keras") / "datasets" / "mnist.npz"
    named = os.environ.get(MNIST_VARIABLE)
    places = [Path(named)] if named else []
    return next((place for one in (*places, cache) if (place := one.expanduser()).is_file()), None)


def download_mnist() -> Path:
    """Download ``mnist.npz`` into Keras' cache, unless it is there.

    Raises:
        DataUnavailableError: the download failed.
    """
    import keras

    try:
        return Path(keras.utils.get_file("mnist.npz", MNIST_URL, file_hash=MNIST_SHA256))
    except Exception as error:  # Keras raises a bare Exception for any network fault
        raise DataUnavailableError(
            f"MNIST is expected from {MNIST_URL}. Received: {error}. "
            f"Fetch the file elsewhere and name it in ${MNIST_VARIABLE}."
        ) from error


def load_mnist(path: Path, part: Literal["train", "test"]) -> tuple[UInt8Array, UInt8Array]:
    """Load one part of the file, without loading the other.

    Returns:
        Tiles (N, 28, 28) uint8, light digit on black, and labels (N,) uint8, 0..9.

    Raises:
        DataUnavailableError: the file cannot be read, or is not MNIST.
    """
    try:
        with np.load(path) as arrays:
            return arrays[f"x_{part}"], arrays[f"y_{part}"]
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise DataUnavailableError(
            f"MNIST as Keras packs it is expected. Received: {path} ({type(error).__name__}). "
            f"Name another file in ${MNIST_VARIABLE}."
        ) from error
