"""Augmented tiles are tiles, they differ, and they still show their digit."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from training.config import CHOICES
from training.data.augment import (
    FINE_PX,
    KINDS,
    Augmentation,
    _sample,
    augment,
    change_stroke_width,
)
from training.data.mnist import Digits

STILL = Augmentation(0, 0, 0, 0, 0, 0, clean_fraction=0)


def _mass_centre_yx(tiles: np.ndarray) -> np.ndarray:
    mass = tiles.sum((1, 2))
    return np.stack(
        [(tiles.sum(2) @ np.arange(28)) / mass, (tiles.sum(1) @ np.arange(28)) / mass], axis=1
    )


def test_shape_dtype_and_range(digits: Digits) -> None:
    changed = augment(digits.tiles[:50], np.random.default_rng(0))
    assert changed.shape == (50, 28, 28) and changed.dtype == np.uint8
    assert changed.max() > 200 and changed.min() == 0


@pytest.mark.parametrize("count", [0, 1, 1_000])
def test_any_batch_size(digits: Digits, count: int) -> None:
    assert augment(digits.tiles[:count], np.random.default_rng(0)).shape == (count, 28, 28)


def test_batches_larger_than_a_sheet(digits: Digits) -> None:
    tiles = np.concatenate([digits.tiles] * 3)[:2_300]
    moved = augment(tiles, np.random.default_rng(0), STILL)
    assert np.array_equal(moved[1_000:2_000], moved[:1_000])


@pytest.mark.parametrize(
    "tiles", [np.zeros((2, 28, 28)), np.zeros((28, 28), np.uint8), np.zeros((2, 28, 28, 1), "u1")]
)
def test_refuses_other_arrays(tiles: np.ndarray) -> None:
    with pytest.raises(ValueError, match="Received"):
        augment(tiles, np.random.default_rng(0))


def test_same_chance_same_tiles(digits: Digits) -> None:
    first, second = (augment(digits.tiles[:20], np.random.default_rng(3)) for _ in range(2))
    other = augment(digits.tiles[:20], np.random.default_rng(4))
    assert np.array_equal(first, second)
    assert not np.array_equal(first, other)


def test_input_is_not_written_to(digits: Digits) -> None:
    tiles = digits.tiles[:20].copy()
    augment(tiles, np.random.default_rng(0))
    assert np.array_equal(tiles, digits.tiles[:20])


def test_no_amount_leaves_the_tile_but_for_smoothing(digits: Digits) -> None:
    still = augment(digits.tiles[:200], np.random.default_rng(0), STILL).astype(int)
    assert np.abs(still - digits.tiles[:200]).mean() < 6  # sampled at half pixels, averaged
    drift = _mass_centre_yx(still) - _mass_centre_yx(digits.tiles[:200])
    assert np.abs(drift).max() < 0.1


def test_clean_fraction_leaves_tiles_untouched(digits: Digits) -> None:
    changed = augment(digits.tiles, np.random.default_rng(0), Augmentation(clean_fraction=0.3))
    same = (changed == digits.tiles).all((1, 2)).mean()
    assert 0.25 < same < 0.35


def test_shift_stays_within_its_limit() -> None:
    block = np.zeros((500, 28, 28), np.uint8)
    block[:, 10:18, 10:18] = 255
    amount = Augmentation(0, 0, 2.8, 0, 0, 0, clean_fraction=0)
    moved = augment(block, np.random.default_rng(0), amount)
    drift = np.abs(_mass_centre_yx(moved) - _mass_centre_yx(block))
    assert 2.7 < drift.max() < 2.82


def test_rotation_stays_within_its_limit() -> None:
    bar = np.zeros((500, 28, 28), np.uint8)
    bar[:, 4:24, 13:15] = 255  # upright
    amount = Augmentation(18, 0, 0, 0, 0, 0, clean_fraction=0)
    turned = augment(bar, np.random.default_rng(0), amount).astype(float)
    rows, columns = np.mgrid[:28, :28] - 13.5
    lean = (turned * rows * columns).sum((1, 2)) / (turned * rows**2).sum((1, 2))
    angle = np.degrees(np.arctan(lean))
    assert 16 < angle.max() < 19 and -19 < angle.min() < -16


def test_no_tile_sees_its_neighbour() -> None:
    tiles = np.zeros((3, 28, 28), np.uint8)
    tiles[[0, 2]] = 255
    far = Augmentation(shift_px=10, clean_fraction=0)
    for seed in range(20):
        assert augment(tiles, np.random.default_rng(seed), far)[1].max() == 0


@pytest.mark.parametrize(("level", "grows"), [(-1.0, False), (1.0, True)])
def test_stroke_width_changes_the_way_it_says(digits: Digits, level: float, grows: bool) -> None:
    tiles = digits.tiles[:100]
    levels = np.full((100, 1, 1), level, np.float32)
    ink, changed = (
        (a > 127).sum((1, 2)).astype(float) for a in (tiles, change_stroke_width(tiles, levels))
    )
    assert ((changed > ink) == grows).mean() > 0.95


def test_stroke_width_zero_changes_nothing(digits: Digits) -> None:
    tiles = digits.tiles[:100]
    same = change_stroke_width(tiles, np.zeros((100, 1, 1), np.float32))
    assert np.abs(same.astype(int) - tiles).max() <= 1


def test_thin_lines_do_not_vanish(digits: Digits) -> None:
    changed = augment(digits.tiles, np.random.default_rng(0), Augmentation(clean_fraction=0))
    ink = changed.sum((1, 2)) / digits.tiles.sum((1, 2))
    assert ink.min() > 0.3 and ink.max() < 2.5


def test_sampling_matches_a_slow_twin(digits: Digits) -> None:
    """Against bilinear reading, point by point, black outside."""
    rng = np.random.default_rng(0)
    tiles = digits.tiles[:3]
    grid_xy = rng.uniform(-3, 30, (3, FINE_PX, FINE_PX, 2)).astype(np.float32)
    fast = _sample(tiles, grid_xy.copy())
    for index in rng.integers(0, (3, FINE_PX, FINE_PX), (300, 3)):
        slow = _bilinear(tiles[index[0]], *grid_xy[tuple(index)])
        assert abs(int(fast[tuple(index)]) - slow) <= 9  # cv2 rounds to 1/32 pixel


def _bilinear(tile: np.ndarray, x: float, y: float) -> float:
    value = 0.0
    for row in range(28):
        for column in range(28):
            value += max(0, 1 - abs(x - column)) * max(0, 1 - abs(y - row)) * tile[row, column]
    return value


def _nearest_neighbour(known: np.ndarray, asked: np.ndarray, labels: np.ndarray) -> np.ndarray:
    known, asked = (a.reshape(len(a), -1).astype(np.float32) for a in (known, asked))
    distance = (known**2).sum(1)[None] - 2 * asked @ known.T
    return labels[distance.argmin(1)]


def test_digits_stay_what_they_are(digits: Digits) -> None:
    """A simple reader, taught on changed tiles, still reads unchanged ones of other writers."""
    taught = digits.tiles[:800]
    known = np.concatenate([augment(taught, np.random.default_rng(seed)) for seed in range(5)])
    labels = np.tile(digits.labels[:800], 5)
    right = _nearest_neighbour(known, digits.tiles[800:], labels) == digits.labels[800:]
    plain = _nearest_neighbour(digits.tiles[:800], digits.tiles[800:], digits.labels[:800])
    assert right.mean() >= (plain == digits.labels[800:]).mean() - 0.02


def test_kinds_add_to_each_other_and_are_the_recipes_choices() -> None:
    parts = [set(names) for names in KINDS.values()]
    assert all(fewer < more for fewer, more in itertools.pairwise(parts))
    assert tuple(KINDS) == CHOICES["augmented_by"]


def test_a_kind_leaves_its_own_amounts_alone() -> None:
    every, shift = Augmentation(), Augmentation().only("shift")
    assert every.only("all") == every
    assert shift == Augmentation(0, 0, every.shift_px, 0, 0, 0, every.clean_fraction)
