"""Step 10: a one-pixel break is closed, a loop never filled."""

from __future__ import annotations

import numpy as np
import pytest

from digitscope.preprocessing.closing import close_gaps
from digitscope.types import UInt8Array


def _tile(*blocks: tuple[int, int, int, int]) -> UInt8Array:
    """Blocks left, top, right, bottom of full ink."""
    tile = np.zeros((28, 28), np.uint8)
    for left, top, right, bottom in blocks:
        tile[top:bottom, left:right] = 255
    return tile


def _small_eight() -> UInt8Array:
    """An 8 whose two loops are single pixels."""
    tile = _tile((12, 8, 15, 13))
    tile[9, 13] = tile[11, 13] = 0
    return tile


def test_a_break_of_one_pixel_is_closed() -> None:
    broken = _tile((13, 4, 16, 13), (13, 14, 16, 24))
    closed = close_gaps(broken)
    assert (closed.shape, closed.dtype) == ((28, 28), np.uint8)
    assert closed[13, 14] == 255
    assert (closed >= broken).all()


def test_a_break_of_three_pixels_is_left() -> None:
    broken = _tile((13, 4, 16, 12), (13, 15, 16, 24))
    assert close_gaps(broken) is broken


def test_a_whole_digit_is_left_as_it_is() -> None:
    whole = _tile((8, 4, 20, 6), (14, 6, 16, 24))
    assert close_gaps(whole) is whole


def test_the_loops_of_a_small_eight_stay_open() -> None:
    eight = _small_eight()
    assert close_gaps(eight) is eight


def test_a_break_is_left_where_closing_it_would_fill_a_loop() -> None:
    eight = _small_eight()
    eight[14:17, 12:15] = 255  # a piece of its own, one pixel below
    assert close_gaps(eight) is eight


def test_a_ring_with_a_break_becomes_a_ring() -> None:
    ring = _tile((8, 6, 20, 22))
    ring[9:19, 11:17] = 0
    broken = ring.copy()
    broken[13, :] = 0  # two breaks: two pieces
    closed = close_gaps(broken)
    assert (_holes(broken), _holes(closed)) == (0, 1)
    assert (closed >= broken).all()


def _holes(tile: UInt8Array) -> int:
    """Regions of ground that the border cannot be reached from, counted by flooding."""
    ground = np.pad(tile <= 127, 1, constant_values=True)
    regions = 0
    while ground.any():
        frontier = [tuple(np.argwhere(ground)[0])]
        while frontier:
            row, column = frontier.pop()
            inside = 0 <= row < ground.shape[0] and 0 <= column < ground.shape[1]
            if inside and ground[row, column]:
                ground[row, column] = False
                frontier += [(row - 1, column), (row + 1, column)]
                frontier += [(row, column - 1), (row, column + 1)]
        regions += 1
    return regions - 1


@pytest.mark.parametrize("digit", [0, 6, 8, 9])
def test_no_tile_loses_a_hole(digit: int, mnist_tiles: tuple[UInt8Array, UInt8Array]) -> None:
    tiles, labels = mnist_tiles
    for tile in tiles[labels == digit][:12]:
        worn = np.where(np.arange(28)[:, None] == 14, tile // 3, tile)  # a faint row: breaks
        assert _holes(close_gaps(worn)) >= _holes(worn)
