"""Scaling numbers to bytes, and laying transparent ink on a ground."""

from __future__ import annotations

import numpy as np
import pytest

from digitscope.errors import InvalidImageError
from digitscope.pixel_formats import as_uint8, flattened
from digitscope.types import UInt8Array

HALF = 128


@pytest.mark.parametrize(
    ("values", "dtype"),
    [
        ([0, HALF, 255], np.uint8),
        ([0, HALF, 255], np.int64),
        ([0, HALF, 255], np.float64),
        ([0.0, HALF / 255, 1.0], np.float32),
        ([0.0, HALF / 255, 1.0], np.float16),
        ([0, HALF * 257, 65535], np.uint16),
        ([0, HALF * 257, 65535], np.int32),
        ([0, 2056, 4095], np.uint16),  # 12 bits in a 16-bit file
    ],
)
def test_each_range_is_scaled_to_bytes(values: list[float], dtype: type) -> None:
    scaled = as_uint8(np.array([values], dtype))
    assert scaled.dtype == np.uint8
    assert scaled.tolist() == [[0, HALF, 255]]


def test_true_is_white() -> None:
    assert as_uint8(np.array([[True, False]])).tolist() == [[255, 0]]


def test_rounding_beyond_the_range_is_forgiven() -> None:
    assert as_uint8(np.array([[-1e-7, 1 + 1e-6]])).tolist() == [[0, 255]]


def test_normalised_values_are_refused() -> None:
    with pytest.raises(InvalidImageError, match="Undo any normalisation"):
        as_uint8(np.array([[-0.42, 2.8]]))


def _strokes(ink: int, *, alpha: int = 255) -> UInt8Array:
    """A stroke of grey `ink` on nothing: (8, 8, 4)."""
    rgba = np.zeros((8, 8, 4), np.uint8)
    rgba[2:6, 3:5] = (ink, ink, ink, alpha)
    return rgba


@pytest.mark.parametrize(("ink", "ground"), [(0, 255), (90, 255), (170, 0), (255, 0)])
def test_the_ground_is_the_opposite_of_the_ink(ink: int, ground: int) -> None:
    rgb = flattened(_strokes(ink))
    assert (rgb[0, 0] == ground).all()
    assert (rgb[3, 3] == ink).all()


def test_half_transparent_ink_is_mixed() -> None:
    assert flattened(_strokes(0, alpha=HALF))[3, 3].tolist() == [127, 127, 127]


def test_colours_under_full_transparency_do_not_show() -> None:
    rgba = _strokes(0)
    rgba[..., :3][rgba[..., 3] == 0] = (9, 200, 9)
    assert flattened(rgba)[0, 0].tolist() == [255, 255, 255]


def test_nothing_visible_is_white_paper() -> None:
    assert (flattened(np.zeros((4, 4, 4), np.uint8)) == 255).all()


def test_a_bold_digit_that_fills_its_picture_is_still_ink() -> None:
    rgba = np.zeros((10, 10, 4), np.uint8)
    rgba[1:9, 1:9] = (0, 0, 0, 255)  # 64 % of the picture
    assert flattened(rgba)[0, 0].tolist() == [255, 255, 255]


def test_a_cut_out_photo_lies_on_its_own_papers_grey() -> None:
    rgba = np.zeros((20, 20, 4), np.uint8)
    rgba[1:19, 1:19] = (210, 210, 210, 255)  # paper
    rgba[6:14, 9:11] = (30, 30, 30, 255)  # ink
    assert flattened(rgba)[0, 0].tolist() == [210, 210, 210]


def test_an_opaque_picture_stays_as_it_is() -> None:
    rgba = np.random.default_rng(0).integers(0, 256, (5, 6, 4), dtype=np.uint8)
    rgba[..., 3] = 255
    np.testing.assert_array_equal(flattened(rgba), rgba[..., :3])
