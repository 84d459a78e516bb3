"""An epoch's batches: MNIST's tiles, what MNIST lacks, changed at random, in random order."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from digitscope.types import CLASSES, Float32Array, UInt8Array
from training.config import HyperParameters
from training.data.augment import Augmentation, augment
from training.data.degrade import degrade_strokes
from training.data.mnist import Digits
from training.data.outliers import draw_non_digits
from training.data.synthetic_strokes import draw_digits


def epoch_batches(
    digits: Digits, hyper: HyperParameters, epoch: int, photographed: Digits | None = None
) -> Iterator[tuple[Float32Array, Float32Array]]:
    """One epoch's batches, the same for the same seed and epoch.

    Args:
        digits: MNIST's training tiles.
        hyper: the fractions of everything else, and the seed.
        epoch: counted from 0.
        photographed: tiles that simulated photos became; `hyper.photo_fraction` of them are drawn.

    Yields:
        tiles (B, 28, 28, 1) float32 0..255, and labels (B, 10) float32: one-hot, or a tenth each
        for what is no digit.
    """
    rng = np.random.default_rng((hyper.seed, epoch))
    tiles, labels = _epoch_tiles(digits, hyper, photographed, rng)
    amount = Augmentation().times(hyper.augmentation).only(hyper.augmented_by)
    order = rng.permutation(len(tiles))
    for start in range(0, len(order), hyper.batch_size):
        batch = order[start : start + hyper.batch_size]
        changed = augment(tiles[batch], rng, amount) if hyper.augmentation else tiles[batch]
        yield as_input(degrade_strokes(changed, rng, hyper.degraded_fraction)), labels[batch]


def steps_in_epoch(train_tiles: int, hyper: HyperParameters) -> int:
    """How many batches an epoch has."""
    tiles = train_tiles + sum(_added_tiles(train_tiles, hyper))
    return -(-tiles // hyper.batch_size)


def _added_tiles(train_tiles: int, hyper: HyperParameters) -> tuple[int, ...]:
    """How many drawn, photographed and non-digit tiles come to MNIST's own."""
    fractions = (hyper.synthetic_fraction, hyper.photo_fraction, hyper.non_digit_fraction)
    return tuple(round(train_tiles * fraction) for fraction in fractions)


def as_input(tiles: UInt8Array) -> Float32Array:
    """(N, 28, 28) uint8 to what the network takes, (N, 28, 28, 1) float32, 0..255."""
    return tiles[..., None].astype(np.float32)


def one_hot(labels: UInt8Array) -> Float32Array:
    """(N,) 0..9 to (N, 10) float32 with a single 1 a row."""
    return np.eye(CLASSES, dtype=np.float32)[labels]


def no_digit(count: int) -> Float32Array:
    """(count, 10) float32: the label of what is no digit, a tenth for each."""
    return np.full((count, CLASSES), 1 / CLASSES, np.float32)


def _epoch_tiles(
    digits: Digits, hyper: HyperParameters, photographed: Digits | None, rng: np.random.Generator
) -> tuple[UInt8Array, Float32Array]:
    """All tiles of an epoch, (N, 28, 28) uint8, and their labels, (N, 10) float32."""
    drawn_count, photo_count, other_count = _added_tiles(len(digits), hyper)
    drawn = draw_digits(drawn_count, rng)
    others = draw_non_digits(other_count, digits, rng)
    parts = [digits, drawn]
    if photographed is not None:
        chosen = rng.choice(len(photographed), photo_count)
        parts.append(photographed.take(chosen))
    tiles = np.concatenate([*(part.tiles for part in parts), others])
    labels = [*(one_hot(part.labels) for part in parts), no_digit(len(others))]
    return tiles, np.concatenate(labels)
