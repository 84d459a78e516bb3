"""An epoch's batches: their form, their fractions, their chance."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from training.config import HyperParameters
from training.data.batches import epoch_batches, no_digit, one_hot, steps_in_epoch
from training.data.mnist import Digits

pytest.importorskip("keras")

from training.data.drawn_tiles import DrawnTiles
from training.evaluation.digit_accuracy import digit_accuracy


@pytest.fixture(scope="module")
def drawn(digits: Digits) -> DrawnTiles:
    """Some tiles stand for other hands, some for what is no digit."""
    return DrawnTiles(digits.take(np.arange(100)), digits.tiles[100:200])


def test_batches_are_what_the_network_takes(digits: Digits, drawn: DrawnTiles) -> None:
    hyper = HyperParameters(
        batch_size=128, hand_fraction=0.03, non_digit_fraction=0.08, rejection="tenths"
    )
    batches = list(epoch_batches(digits, hyper, epoch=0, drawn=drawn))
    assert sum(len(tiles) for tiles, _ in batches) == 1_110
    tiles, labels = batches[0]
    assert tiles.shape == (128, 28, 28, 1) and tiles.dtype == np.float32
    assert 1 < tiles.max() <= 255 and tiles.min() == 0  # not yet normalised
    assert labels.shape == (128, 10) and np.array_equal(labels.sum(1), np.ones(128))


@pytest.mark.parametrize(("rejection", "outputs"), [("eleventh", 11), ("tenths", 10)])
def test_what_is_no_digit_is_taught_as_none(
    digits: Digits, drawn: DrawnTiles, rejection: str, outputs: int
) -> None:
    hyper = HyperParameters(hand_fraction=0.0, non_digit_fraction=0.08, rejection=rejection)
    batches = epoch_batches(digits, hyper, epoch=0, drawn=drawn)
    labels = np.concatenate([labels for _, labels in batches])
    assert labels.shape == (1_080, outputs)
    assert (labels[:, :10].max(axis=1) < 0.2).sum() == 80


@pytest.mark.parametrize("outputs", [10, 11])
def test_accuracy_counts_digits_alone(outputs: int) -> None:
    labels = np.concatenate([one_hot(np.array([3, 7], np.uint8), outputs), no_digit(2, outputs)])
    guesses = one_hot(np.array([3, 1, 0, 0], np.uint8), outputs)
    assert float(digit_accuracy(labels, guesses)) == 0.5


def test_tiles_are_changed_as_the_setting_says(digits: Digits) -> None:
    """A shift alone makes no stroke thicker: light stays light."""
    hyper = HyperParameters(
        hand_fraction=0, non_digit_fraction=0, degraded_fraction=0, augmented_by="shift"
    )
    (changed, labels), *_ = epoch_batches(digits.take(np.arange(64)), hyper, epoch=0)
    assert np.isclose(changed.mean(), digits.tiles[:64].mean(), rtol=0.02)
    (more, same), *_ = epoch_batches(
        digits.take(np.arange(64)), replace(hyper, augmented_by="all"), epoch=0
    )
    assert (more != changed).any() and np.array_equal(labels, same)


def test_batches_follow_seed_and_epoch(digits: Digits) -> None:
    hyper, some = HyperParameters(), digits.take(np.arange(150))
    first, again, later = (next(epoch_batches(some, hyper, epoch))[0] for epoch in (0, 0, 1))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, later)


def test_steps_are_counted_as_they_come(digits: Digits, drawn: DrawnTiles) -> None:
    hyper, some = HyperParameters(batch_size=16), digits.take(np.arange(150))
    batches = list(epoch_batches(some, hyper, 0, drawn=drawn))
    assert steps_in_epoch(len(some), hyper) == len(batches)


def test_no_augmentation_leaves_every_tile(digits: Digits) -> None:
    plain = HyperParameters(
        augmentation=0, degraded_fraction=0, hand_fraction=0, non_digit_fraction=0
    )
    tiles = np.concatenate([tiles for tiles, _ in epoch_batches(digits, plain, 0)])[..., 0]
    assert {tile.tobytes() for tile in tiles.astype(np.uint8)} == {
        tile.tobytes() for tile in digits.tiles
    }


def test_the_last_epochs_are_calm(digits: Digits) -> None:
    """Half the shift: tiles stay nearer to where they were."""
    hyper = HyperParameters(
        epochs=4, calm_fraction=0.25, hand_fraction=0, non_digit_fraction=0, degraded_fraction=0
    )
    white = Digits(np.full((200, 28, 28), 255, np.uint8), digits.labels[:200])
    lost = [
        np.mean([(tiles == 0).mean() for tiles, _ in epoch_batches(white, hyper, epoch)])
        for epoch in (2, 3)
    ]
    assert lost[1] < 0.7 * lost[0]
