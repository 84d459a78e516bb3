"""MNIST for training: the split into training, validation and test tiles.

The file is looked for at an explicit path, then at ``$MNIST_NPZ``, then in Keras' cache
(``~/.keras/datasets/mnist.npz``), then downloaded into that cache.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from digitscope.benchmark.mnist import (
    MNIST_VARIABLE,
    DataUnavailableError,
    download_mnist,
    load_mnist,
)
from digitscope.types import CLASSES, TILE_PX, UInt8Array

VALIDATION_TILES = 5_000  # of 60,000: one error is 0.02 %, and 55,000 remain for training
SPLIT_SEED = 2026  # the same split for every run, so that runs with different seeds are comparable


@dataclass(frozen=True, eq=False)
class Digits:
    """Tiles and their labels.

    Attributes:
        tiles: (N, 28, 28) uint8, light digit on black.
        labels: (N,) uint8, 0..9.
    """

    tiles: UInt8Array
    labels: UInt8Array

    def __post_init__(self) -> None:
        """Check the shapes that everything downstream relies on."""
        wanted = (len(self.labels), TILE_PX, TILE_PX)
        if self.tiles.shape != wanted or self.tiles.dtype != np.uint8:
            raise ValueError(
                f"Tiles are {wanted} uint8, one a label. "
                f"Received: {self.tiles.shape} {self.tiles.dtype}. Reshape or cast them first."
            )

    def __len__(self) -> int:
        """How many tiles there are."""
        return len(self.labels)

    def take(self, indices: np.ndarray) -> Digits:
        """The tiles at `indices`, (M,) integers, in that order."""
        return Digits(self.tiles[indices], self.labels[indices])

    def draw(self, count: int, seed: int) -> Digits:
        """At most `count` tiles drawn without replacement; the same for the same seed."""
        return self.take(np.random.default_rng(seed).permutation(len(self))[:count])


def find_mnist(path: str | os.PathLike[str] | None = None) -> Path:
    """Find ``mnist.npz``: `path`, else ``$MNIST_NPZ``, else Keras' cache, else download it.

    Raises:
        DataUnavailableError: the named file does not exist, or the download failed.
    """
    named = path or os.environ.get(MNIST_VARIABLE)
    if not named:
        return download_mnist()  # downloads only if Keras' cache lacks it
    found = Path(named).expanduser()
    if not found.is_file():
        raise DataUnavailableError(
            f"MNIST is expected as an .npz file. Received: {found}, which does not exist. "
            f"Correct --data or ${MNIST_VARIABLE}, or leave both out to download it."
        )
    return found


def load_train_validation(
    path: str | os.PathLike[str] | None = None, validation_tiles: int = VALIDATION_TILES
) -> tuple[Digits, Digits]:
    """Load MNIST's 60,000 training tiles and split them; the test tiles are not even unpacked.

    Raises:
        DataUnavailableError: MNIST could not be found.
    """
    return split_stratified(
        Digits(*load_mnist(find_mnist(path), "train")), validation_tiles, SPLIT_SEED
    )


def load_test(path: str | os.PathLike[str] | None = None) -> Digits:
    """Load MNIST's 10,000 test tiles, for evaluation only: never train or tune on them.

    Raises:
        DataUnavailableError: MNIST could not be found.
    """
    return Digits(*load_mnist(find_mnist(path), "test"))


def split_stratified(digits: Digits, validation_tiles: int, seed: int) -> tuple[Digits, Digits]:
    """Split into training and validation tiles with the same fraction of every digit.

    The same digits, number and seed always give the same split.

    Raises:
        ValueError: fewer than one validation tile a class, or none left to train on.
    """
    if not CLASSES <= validation_tiles < len(digits):
        raise ValueError(
            f"Between {CLASSES} and {len(digits) - 1} validation tiles can be split off. "
            f"Received: {validation_tiles}. Choose a number between."
        )
    order = np.random.default_rng(seed).permutation(len(digits))
    ranked = order[np.argsort(_rank_in_class(digits.labels[order]), kind="stable")]
    validation, train = ranked[:validation_tiles], ranked[validation_tiles:]
    return digits.take(np.sort(train)), digits.take(np.sort(validation))


def _rank_in_class(labels: UInt8Array) -> np.ndarray:
    """(N,) float 0..1: the relative rank of each tile among the tiles of its own class.

    The tiles below any threshold then hold the same fraction of every class, within one tile.
    """
    ranks = np.empty(len(labels))
    for digit in np.unique(labels):
        members = np.flatnonzero(labels == digit)
        ranks[members] = (np.arange(len(members)) + 0.5) / len(members)
    return ranks
