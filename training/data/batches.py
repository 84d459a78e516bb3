"""The batches of an epoch: MNIST tiles and added tiles, augmented and shuffled."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from digitscope.types import CLASSES, Float32Array, UInt8Array
from training.config import HyperParameters
from training.data.augment import Augmentation, augment
from training.data.degrade import degrade_strokes
from training.data.drawn_tiles import DrawnTiles
from training.data.mnist import Digits

CALM_FACTOR = 0.5  # factor on the augmentation in the last epochs; chosen on validation tiles


def epoch_batches(
    digits: Digits,
    hyper: HyperParameters,
    epoch: int,
    drawn: DrawnTiles | None = None,
) -> Iterator[tuple[Float32Array, Float32Array]]:
    """Yield one epoch's batches, the same for the same seed and epoch.

    Args:
        digits: MNIST's training tiles.
        hyper: fractions of added tiles, augmentation, batch size and seed.
        epoch: counted from 0.
        drawn: digits of other writers (`hyper.hand_fraction`), non-digits (`non_digit_fraction`).

    Yields:
        tiles (B, 28, 28, 1) float32 0..255, and labels (B, 10 or 11) float32: one-hot; for
        a non-digit with ten outputs, a tenth for each class.
    """
    rng = np.random.default_rng((hyper.seed, epoch))
    tiles, labels = _epoch_tiles(digits, hyper, drawn, rng)
    strength = augmentation_strength(hyper, epoch)
    amount = Augmentation().times(strength).only(hyper.augmented_by)
    order = rng.permutation(len(tiles))
    for start in range(0, len(order), hyper.batch_size):
        batch = order[start : start + hyper.batch_size]
        changed = augment(tiles[batch], rng, amount) if strength else tiles[batch]
        yield as_input(degrade_strokes(changed, rng, hyper.degraded_fraction)), labels[batch]


def augmentation_strength(hyper: HyperParameters, epoch: int) -> float:
    """The factor on the augmentation in an epoch, counted from 0; lower in the last epochs.

    >>> recipe = HyperParameters(epochs=10, calm_fraction=0.3)
    >>> [augmentation_strength(recipe, epoch) for epoch in (0, 6, 7, 9)]
    [1.0, 1.0, 0.5, 0.5]
    """
    is_calm = epoch >= round(hyper.epochs * (1 - hyper.calm_fraction))
    return hyper.augmentation * (CALM_FACTOR if is_calm else 1.0)


def steps_in_epoch(train_tiles: int, hyper: HyperParameters) -> int:
    """How many batches an epoch has."""
    tiles = train_tiles + sum(_added_tiles(train_tiles, hyper))
    return -(-tiles // hyper.batch_size)


def _added_tiles(train_tiles: int, hyper: HyperParameters) -> tuple[int, int]:
    """How many tiles of other writers and of non-digits are added to MNIST's."""
    return round(train_tiles * hyper.hand_fraction), round(train_tiles * hyper.non_digit_fraction)


def as_input(tiles: UInt8Array) -> Float32Array:
    """Convert (N, 28, 28) uint8 to the network's input, (N, 28, 28, 1) float32, 0..255."""
    return tiles[..., None].astype(np.float32)


def one_hot(labels: UInt8Array, outputs: int = CLASSES) -> Float32Array:
    """Convert labels, (N,) 0..9, to one-hot rows, (N, outputs) float32."""
    return np.eye(outputs, dtype=np.float32)[labels]


def no_digit(count: int, outputs: int = CLASSES) -> Float32Array:
    """Labels of non-digits, (count, outputs) float32: the last class, or a tenth for each class."""
    if outputs > CLASSES:
        return one_hot(np.full(count, CLASSES, np.uint8), outputs)
    return np.full((count, CLASSES), 1 / CLASSES, np.float32)


def _epoch_tiles(
    digits: Digits,
    hyper: HyperParameters,
    drawn: DrawnTiles | None,
    rng: np.random.Generator,
) -> tuple[UInt8Array, Float32Array]:
    """All tiles of an epoch, (N, 28, 28) uint8, and their labels, (N, 10 or 11) float32."""
    hand_count, other_count = _added_tiles(len(digits), hyper)
    parts, outputs = [digits], hyper.outputs
    if drawn is not None and hand_count:
        parts.append(drawn.hands.take(rng.choice(len(drawn.hands), hand_count)))
    tiles = [part.tiles for part in parts]
    labels = [one_hot(part.labels, outputs) for part in parts]
    if drawn is not None and other_count:
        tiles.append(drawn.non_digits[rng.choice(len(drawn.non_digits), other_count)])
        labels.append(no_digit(other_count, outputs))
    return np.concatenate(tiles), np.concatenate(labels)
