"""Step 9: the digit's centre of mass comes to the centre of the tile."""

from __future__ import annotations

import numpy as np
import pytest

from digitscope.preprocessing.centring import centre_by_mass
from digitscope.types import UInt8Array


def _corner(tile: UInt8Array) -> tuple[int, int]:
    """Left and top of the ink."""
    return int(np.flatnonzero(tile.any(0))[0]), int(np.flatnonzero(tile.any(1))[0])


def _centre_of_mass(tile: UInt8Array) -> tuple[float, float]:
    weights = tile.astype(float) / tile.sum()
    return float(weights.sum(1) @ np.arange(28)), float(weights.sum(0) @ np.arange(28))


@pytest.mark.parametrize("shape_hw", [(20, 1), (20, 7), (20, 20), (9, 20), (1, 20), (3, 3)])
def test_the_centre_of_mass_is_within_half_a_pixel_of_14(shape_hw: tuple[int, int]) -> None:
    for seed in range(5):
        digit = np.random.default_rng(seed).integers(0, 256, shape_hw, dtype=np.uint8)
        tile = centre_by_mass(digit)
        assert (tile.shape, tile.dtype) == ((28, 28), np.uint8)
        assert all(abs(centre - 14) <= 0.5 for centre in _centre_of_mass(tile))
        assert np.sort(tile[tile > 0]).tolist() == np.sort(digit[digit > 0]).tolist()


def test_the_mass_is_centred_and_not_the_box() -> None:
    digit = np.zeros((20, 10), np.uint8)
    digit[:, 2], digit[0, 9] = 255, 255  # a heavy stem, a light flag to its right
    assert int(np.argmax(centre_by_mass(digit).sum(axis=0))) == 14


def test_a_digit_heavy_in_a_corner_stays_on_the_tile() -> None:
    digit = np.ones((20, 20), np.uint8)
    digit[:3, :3] = 255
    tile = centre_by_mass(digit)
    np.testing.assert_array_equal(tile[8:, 8:], digit)


def test_mnists_own_tiles_are_centred_where_they_were(
    mnist_tiles: tuple[UInt8Array, UInt8Array],
) -> None:
    for tile in mnist_tiles[0][::100]:
        rows, columns = np.flatnonzero(tile.any(1)), np.flatnonzero(tile.any(0))
        centred = centre_by_mass(tile[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])
        assert np.abs(np.subtract(_corner(centred), _corner(tile))).max() <= 1


def test_a_digit_without_ink_lies_in_the_middle() -> None:
    assert not centre_by_mass(np.zeros((20, 10), np.uint8)).any()
