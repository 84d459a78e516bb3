"""Degraded strokes are still the same digit, softer or with narrow gaps."""

from __future__ import annotations

import cv2
import numpy as np

from training.data.degrade import blur, break_strokes, degrade_strokes
from training.data.mnist import Digits

LINE = np.zeros((28, 28), np.uint8)
LINE[4:24, 13:16] = 255  # a 1 of MNIST's stroke width


def _parts(tile: np.ndarray) -> int:
    return cv2.connectedComponents((tile > 100).astype(np.uint8))[0] - 1


def test_its_fraction_is_degraded_and_the_rest_is_not(digits: Digits) -> None:
    degraded = degrade_strokes(digits.tiles, np.random.default_rng(0), fraction=0.2)
    changed = (degraded != digits.tiles).any((1, 2)).mean()
    assert 0.15 < changed < 0.25
    assert degraded.shape == digits.tiles.shape and degraded.dtype == np.uint8


def test_the_same_state_degrades_the_same(digits: Digits) -> None:
    one, other = (
        degrade_strokes(digits.tiles, np.random.default_rng(5), fraction=0.5) for _ in range(2)
    )
    assert np.array_equal(one, other)


def test_blur_softens_and_keeps_the_brightest() -> None:
    soft = blur(np.stack([LINE] * 20), np.random.default_rng(0))
    assert (soft.max((1, 2)) >= 250).all()
    assert ((soft > 0) & (soft < 255)).sum() > ((LINE > 0) & (LINE < 255)).sum()


def test_blur_does_not_reach_the_neighbour() -> None:
    tiles = np.zeros((3, 28, 28), np.uint8)
    tiles[1] = 255
    soft = blur(tiles, np.random.default_rng(0))
    assert not soft[0].any() and not soft[2].any()


def test_gaps_break_a_line_and_are_narrow() -> None:
    rng = np.random.default_rng(0)
    broken = [break_strokes(LINE, rng) for _ in range(40)]
    assert max(_parts(tile) for tile in broken) >= 2
    lost = [1 - tile.sum() / LINE.sum() for tile in broken]
    assert 0 < np.mean(lost) < 0.35
    assert all((tile <= LINE).all() for tile in broken)


def test_an_empty_tile_stays_empty() -> None:
    empty = np.zeros((4, 28, 28), np.uint8)
    assert not degrade_strokes(empty, np.random.default_rng(0), fraction=1.0).any()
