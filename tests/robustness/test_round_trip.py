"""MNIST tiles, enlarged onto a page, come back through the whole pipeline as the same tiles."""

from __future__ import annotations

import numpy as np
import pytest

from digitscope.preprocessing.pipeline import preprocess
from digitscope.preprocessing.state import Attempt
from digitscope.preprocessing.working_picture import to_working_size
from digitscope.types import UInt8Array
from tests.pictures import page

Tiles = tuple[UInt8Array, UInt8Array]
PER_DIGIT = 6
SIZES_PX = (140, 280, 560)  # of the enlarged tile on the page
# Mean absolute error, in levels of 255 over all 784 pixels. What is left is where the enlarged
# digit's edges fall between pixels. A centre of mass near half a pixel may round either way, so the
# tile may come back one whole pixel aside; that alone, not searched for, would count 20 or more.
MEAN_ERROR, LARGEST_ERROR = 10.0, 20.0


def error_of(tile: UInt8Array, original: UInt8Array) -> float:
    """Mean absolute error at the best of the nine shifts by at most one pixel."""
    shifts = [(y, x) for y in (-1, 0, 1) for x in (-1, 0, 1)]
    shifted = (np.roll(tile, shift, axis=(0, 1)) for shift in shifts)
    return min(float(np.abs(one.astype(int) - original).mean()) for one in shifted)


def chosen(mnist_tiles: Tiles, digit: int) -> UInt8Array:
    tiles = mnist_tiles[0][mnist_tiles[1] == digit]
    return tiles[:: len(tiles) // PER_DIGIT][:PER_DIGIT]


def slimmest_ones(mnist_tiles: Tiles) -> UInt8Array:
    ones = mnist_tiles[0][mnist_tiles[1] == 1]
    widths = (ones > 0).any(axis=1).sum(axis=1)
    return ones[np.argsort(widths, kind="stable")[:PER_DIGIT]]


def errors(tiles: UInt8Array, size_px: int, **colours: tuple[int, int, int]) -> list[float]:
    found = []
    for tile in tiles:
        picture = page(tile, size_wh=(640, 600), digit_px=size_px, **colours)
        result = preprocess(to_working_size(picture), Attempt())
        assert result.tile is not None, result.reason
        found.append(error_of(result.tile.pixels, tile))
    return found


@pytest.mark.parametrize("digit", range(10))
def test_a_tile_on_a_page_comes_back(mnist_tiles: Tiles, digit: int) -> None:
    found = [e for size in SIZES_PX for e in errors(chosen(mnist_tiles, digit), size)]
    assert np.mean(found) < MEAN_ERROR
    assert max(found) < LARGEST_ERROR


def test_the_slimmest_ones_come_back(mnist_tiles: Tiles) -> None:
    found = errors(slimmest_ones(mnist_tiles), 280)
    assert np.mean(found) < MEAN_ERROR
    assert max(found) < LARGEST_ERROR


def test_a_light_digit_on_a_dark_page_comes_back(mnist_tiles: Tiles) -> None:
    colours = {"ink_rgb": (240, 240, 230), "paper_rgb": (30, 40, 35)}
    found = [e for digit in range(10) for e in errors(chosen(mnist_tiles, digit), 280, **colours)]
    assert np.mean(found) < MEAN_ERROR
    assert max(found) < LARGEST_ERROR


def test_a_bare_tile_comes_back(mnist_tiles: Tiles) -> None:
    found = []
    for digit in range(10):
        for tile in chosen(mnist_tiles, digit):
            result = preprocess(to_working_size(np.repeat(tile[..., None], 3, axis=2)), Attempt())
            assert result.tile is not None, (digit, result.reason)
            found.append(error_of(result.tile.pixels, tile))
    assert np.mean(found) < MEAN_ERROR
    assert max(found) < LARGEST_ERROR
