"""Drawn digits have MNIST's form; a 1 cannot be taken for a 7, nor a 4 for a 6 or a 9."""

from __future__ import annotations

import numpy as np
import pytest

from training.data.synthetic_strokes import (
    draw_digits,
    four_strokes,
    one_strokes,
    seven_strokes,
    to_tile,
)


def _from_level_deg(stroke: np.ndarray) -> float:
    x, y = stroke[1] - stroke[0]
    return float(np.degrees(np.arctan2(abs(y), abs(x))))


def test_form_of_mnist() -> None:
    drawn = draw_digits(300, np.random.default_rng(0))
    assert drawn.tiles.shape == (300, 28, 28) and drawn.tiles.dtype == np.uint8
    assert set(drawn.labels) == {1, 4, 7}
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
    assert np.abs(tile.astype(int) - expected).max() <= 64  # half a pixel of blur at an edge
    assert tile.any(1).sum() == 20 and tile.any(0).sum() == 4


def test_a_fours_stem_crosses_its_bar_and_goes_on_below() -> None:
    rng = np.random.default_rng(0)
    opened = 0
    for _ in range(500):
        down, bar, stem = four_strokes(rng)
        bar_y = bar[:, 1].max()
        assert stem[0][1] < bar_y < stem[1][1] - 0.2
        assert bar[0][0] < min(stem[:, 0].mean(), bar[1][0])
        assert np.array_equal(down[1], bar[0])
        opened += bool(down[0][0] < stem[0][0] - 1e-9)
    assert 200 < opened < 300


@pytest.mark.parametrize("digit", [1, 4, 7])
def test_each_digit_comes_equally_often(digit: int) -> None:
    drawn = draw_digits(1_000, np.random.default_rng(0))
    assert abs((drawn.labels == digit).mean() - 1 / 3) < 0.05
