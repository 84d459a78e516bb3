"""Drawn digits have MNIST's form, and a 1 cannot be taken for a 7."""

from __future__ import annotations

import numpy as np
import pytest

from training.synthetic_strokes import draw_digits, one_strokes, seven_strokes, to_tile


def _from_level_deg(stroke: np.ndarray) -> float:
    x, y = stroke[1] - stroke[0]
    return float(np.degrees(np.arctan2(abs(y), abs(x))))


def test_form_of_mnist() -> None:
    drawn = draw_digits(300, np.random.default_rng(0))
    assert drawn.tiles.shape == (300, 28, 28) and drawn.tiles.dtype == np.uint8
    assert set(drawn.labels) == {1, 7}
    for tile in drawn.tiles:
        rows, columns = tile.any(1).nonzero()[0], tile.any(0).nonzero()[0]
        assert max(np.ptp(rows), np.ptp(columns)) + 1 in (19, 20)  # a faint edge may round to 0
        centre = [tile.sum(axis) @ np.arange(28) / tile.sum() for axis in (0, 1)]
        assert np.abs(np.array(centre) - 14).max() <= 0.51


def test_ink_is_as_thick_as_mnist(digits) -> None:
    drawn = draw_digits(300, np.random.default_rng(0))
    ones = digits.tiles[digits.labels == 1]
    brightest = drawn.tiles[drawn.labels == 1]
    assert 0.6 < brightest.mean() / ones.mean() < 1.8


def test_none_can_be_drawn() -> None:
    assert len(draw_digits(0, np.random.default_rng(0))) == 0


def test_same_chance_same_digits() -> None:
    first, second = (draw_digits(10, np.random.default_rng(5)) for _ in range(2))
    assert np.array_equal(first.tiles, second.tiles)


def test_flag_is_steep_and_short_where_a_sevens_bar_is_level_and_long() -> None:
    rng = np.random.default_rng(0)
    for _ in range(500):
        flag, stem = one_strokes(rng)[:2]
        lengths = [np.linalg.norm(stroke[1] - stroke[0]) for stroke in (flag, stem)]
        assert _from_level_deg(flag) >= 25
        assert lengths[0] <= 0.51 * lengths[1]
        assert flag[0][0] < flag[1][0] and flag[0][1] > flag[1][1]  # its end: left of, below top
        assert _from_level_deg(seven_strokes(rng)[0]) <= 12.01


def test_tile_of_a_hand_made_drawing() -> None:
    ink = np.zeros((100, 100), np.uint8)
    ink[10:50, 20:28] = 255  # 40 high, 8 wide: 20 and 4 in the tile
    tile = to_tile(ink)
    expected = np.zeros((28, 28), np.uint8)
    expected[4:24, 12:16] = 255
    assert np.abs(tile.astype(int) - expected).max() <= 255
    assert tile.any(1).sum() == 20 and tile.any(0).sum() == 4


@pytest.mark.parametrize("share", [0.5])
def test_both_digits_come_equally_often(share: float) -> None:
    drawn = draw_digits(1_000, np.random.default_rng(0))
    assert abs((drawn.labels == 7).mean() - share) < 0.05
