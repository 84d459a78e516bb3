"""Tiles that show no digit: their form, their kinds, and that chance alone decides."""

from __future__ import annotations

import numpy as np
import pytest

from training.data.mnist import Digits
from training.data.outliers import (
    FAMILIES,
    FONTS,
    SYMBOLS,
    Maker,
    _finish,
    _printed,
    draw_non_digits,
    symbols_of,
)

LOOK_LIKE_DIGITS = set("BDGIJLOPQSTUYZabceghijlopqrstuyz0123456789βδεζθξρστ")


def test_form_and_number(digits: Digits) -> None:
    tiles = draw_non_digits(50, digits, np.random.default_rng(0))
    assert tiles.shape == (50, 28, 28) and tiles.dtype == np.uint8
    assert draw_non_digits(0, digits, np.random.default_rng(0)).shape == (0, 28, 28)


def test_the_same_chance_draws_the_same(digits: Digits) -> None:
    first, again, other = (
        draw_non_digits(20, digits, np.random.default_rng(seed)) for seed in (1, 1, 2)
    )
    assert np.array_equal(first, again) and not np.array_equal(first, other)


@pytest.mark.parametrize("maker", [maker for maker, _ in FAMILIES])
def test_each_kind_has_a_tiles_form(digits: Digits, maker: Maker) -> None:
    rng = np.random.default_rng(3)
    tiles = [tile for tile in (maker(digits, rng) for _ in range(20)) if tile.any()]
    assert len(tiles) >= 15  # some noise leaves no blob
    for tile in tiles:
        rows, columns = np.flatnonzero(tile.any(1)), np.flatnonzero(tile.any(0))
        assert 19 <= max(np.ptp(rows), np.ptp(columns)) + 1 <= 20


@pytest.mark.parametrize("font", FONTS)
def test_every_symbol_is_drawn(font: str) -> None:
    assert len(symbols_of(font)) > 60
    drawn = {symbol: _printed(symbol, font) for symbol in symbols_of(font)}
    assert all(picture.any() for picture in drawn.values())
    assert len({picture.tobytes() for picture in drawn.values()}) > 0.95 * len(drawn)  # no box


def test_no_symbol_is_a_digit_in_some_hand() -> None:
    assert not LOOK_LIKE_DIGITS & set(SYMBOLS)


@pytest.mark.parametrize("side_px", [0, 1, 2, 8])
def test_a_speck_leaves_an_empty_tile(side_px: int) -> None:
    """Enlarged to a digit's size, one pixel would take gigabytes."""
    drawn = np.zeros((160, 160), np.uint8)
    drawn[80 : 80 + side_px, 80 : 80 + side_px] = 255
    tile = _finish(drawn)
    assert tile.shape == (28, 28) and not tile.any()
