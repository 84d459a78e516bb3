"""Turning a tile: which way, about what, by how much."""

from __future__ import annotations

import numpy as np
import pytest

from digitscope.recognition.test_time_augmentation import ANGLES_DEG, rotate_tile
from digitscope.types import UInt8Array

CENTRE = ANGLES_DEG.index(0.0)


def _stem() -> UInt8Array:
    tile = np.zeros((28, 28), np.uint8)
    tile[4:25, 13:16] = 255  # its centre of mass is (14, 14)
    return tile


def _column_of_mass(row: UInt8Array) -> float:
    return float(row @ np.arange(28) / row.sum())


def test_five_small_angles_each_way_and_none() -> None:
    assert len(ANGLES_DEG) == 5
    assert sorted(-angle for angle in ANGLES_DEG) == list(ANGLES_DEG)
    assert max(ANGLES_DEG) <= 10


def test_a_batch_of_tiles_comes_out_and_the_middle_is_the_tile() -> None:
    turned = rotate_tile(_stem())
    assert (turned.shape, turned.dtype) == ((5, 28, 28), np.uint8)
    np.testing.assert_array_equal(turned[CENTRE], _stem())
    assert all((turned[k] != _stem()).any() for k in range(5) if k != CENTRE)


@pytest.mark.parametrize("angle_deg", [-5.0, 5.0, 20.0])
def test_counter_clockwise_is_positive_and_the_angle_is_right(angle_deg: float) -> None:
    (turned,) = rotate_tile(_stem(), (angle_deg,))
    top, bottom = _column_of_mass(turned[6]), _column_of_mass(turned[22])
    assert (bottom - top) / 16 == pytest.approx(np.tan(np.radians(angle_deg)), abs=0.03)


def test_the_centre_of_mass_is_the_point_to_turn_about() -> None:
    for turned in rotate_tile(_stem()):
        weights = turned / turned.sum(dtype=float)
        assert weights.sum(axis=0) @ np.arange(28) == pytest.approx(14, abs=0.05)
        assert weights.sum(axis=1) @ np.arange(28) == pytest.approx(14, abs=0.05)


def test_a_quarter_turn_lays_the_stem_down() -> None:
    (turned,) = rotate_tile(_stem(), (90.0,))
    np.testing.assert_array_equal(turned, _stem().T)


def test_as_many_angles_as_asked_for() -> None:
    assert rotate_tile(_stem(), (1.0, 2.0)).shape == (2, 28, 28)
