"""Step 8: the strokes come to a width that MNIST knows, the longest side to 20 px."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from digitscope.preprocessing.resizing import (
    GLYPH_PX,
    STROKE_RANGE_PX,
    correct_stroke_width,
    measure_stroke,
    shrink_to_digit,
)
from digitscope.preprocessing.state import Glyph
from digitscope.types import BoolArray, UInt8Array
from tests.unit.drawn import Points, strokes_mask

RING = [(round(200 + 60 * np.cos(a)), round(150 + 90 * np.sin(a))) for a in np.arange(0, 6.4, 0.1)]
SEVEN: Points = [(130, 40), (270, 40), (180, 260)]
PAGE_WH = (400, 300)
MARGIN_PX = 12  # as step 7 leaves one


def _mask(points: Points, width_px: int) -> BoolArray:
    return strokes_mask(points, size_wh=PAGE_WH, width_px=width_px)


def _to_digit(mask: BoolArray) -> tuple[UInt8Array, Glyph]:
    """A mask whose ink is even, cut out and brought to 20 px."""
    left, top, width, height = cv2.boundingRect(mask.astype(np.uint8))
    own = np.pad(mask[top : top + height, left : left + width], MARGIN_PX)
    glyph = correct_stroke_width(own.astype(np.float32), own, max(width, height))
    return shrink_to_digit(glyph.ink), glyph


def _stroke_px(digit: UInt8Array) -> float:
    """The stroke's width on a digit of 20 px, measured enlarged."""
    large = cv2.resize(np.pad(digit, 2), None, fx=8, fy=8, interpolation=cv2.INTER_CUBIC)
    return measure_stroke(large > 127) / 8


@pytest.mark.parametrize("width_px", [12, 24, 48])
def test_a_strips_width_is_measured(width_px: int) -> None:
    mask = np.zeros((600, 100), bool)
    mask[20:580, 40 : 40 + width_px] = True
    assert measure_stroke(mask) == pytest.approx(width_px, rel=0.1)


def test_nothing_has_no_width() -> None:
    assert measure_stroke(np.zeros((5, 5), bool)) == 0


@pytest.mark.parametrize("width_px", [3, 6, 10, 70, 80])
def test_a_stroke_out_of_range_is_brought_into_it(width_px: int) -> None:
    digit, glyph = _to_digit(_mask(SEVEN, width_px))
    low, high = STROKE_RANGE_PX
    assert glyph.is_corrected
    assert not low <= glyph.stroke_px <= high
    assert low - 0.3 <= _stroke_px(digit) <= high + 0.3


@pytest.mark.parametrize("width_px", [28, 36, 44])
def test_a_stroke_in_range_is_kept(width_px: int) -> None:
    digit, glyph = _to_digit(_mask(SEVEN, width_px))
    assert not glyph.is_corrected
    assert _stroke_px(digit) == pytest.approx(glyph.stroke_px, abs=0.5)


def test_a_dot_that_thinning_would_wipe_out_stays() -> None:
    mask = np.zeros((6, 6), bool)
    mask[2:4, 2:4] = True
    glyph = correct_stroke_width(mask.astype(np.float32), mask, longest_px=2)
    assert glyph.stroke_px > STROKE_RANGE_PX[1]
    assert glyph.ink.max() == 1 and not glyph.is_corrected
    assert shrink_to_digit(glyph.ink).shape == (20, 20)


def test_a_corrected_stroke_keeps_the_shape() -> None:
    thin, _ = _to_digit(_mask(SEVEN, 3))
    usual, _ = _to_digit(_mask(SEVEN, 36))
    one, other = (np.pad(digit, ((0, 0), (0, 28 - digit.shape[1]))) for digit in (thin, usual))
    assert np.corrcoef(one.ravel(), other.ravel())[0, 1] > 0.7


@pytest.mark.parametrize("width_px", [3, 8, 20, 45, 90])
@pytest.mark.parametrize("points", [SEVEN, RING, [(200, 20), (205, 280)], [(60, 90), (340, 220)]])
def test_the_longest_side_is_exactly_20(points: Points, width_px: int) -> None:
    digit, _ = _to_digit(_mask(points, width_px))
    assert max(digit.shape) == 20
    assert (digit.dtype, digit.max()) == (np.uint8, 255)
    assert digit[0].any() and digit[-1].any() and digit[:, 0].any() and digit[:, -1].any()


def test_proportions_are_kept() -> None:
    ink = np.zeros((120, 90), np.float32)
    ink[10:110, 20:70] = 1  # 50 x 100
    assert shrink_to_digit(ink).shape == (20, 10)


def test_a_slim_one_stays_slim_and_visible() -> None:
    mask = np.zeros((300, 100), bool)
    mask[30:270, 40:60] = True  # 1:12
    digit, _ = _to_digit(mask)
    height, width = digit.shape
    assert (height, digit.max()) == (20, 255)
    assert 2 <= width <= 4
    assert (digit.max(axis=1) > 150).all()


def test_a_thin_pens_small_loop_is_not_filled() -> None:
    """A nine drawn with a fine pen, its loop a tenth of its height."""
    ink = np.zeros((320, 320), np.uint8)
    cv2.ellipse(ink, (150, 60), (17, 30), 0, 0, 360, 255, 5)
    cv2.line(ink, (167, 60), (140, 300), 255, 5)
    glyph = correct_stroke_width(np.float32(ink) / 255, ink > 0, 275)
    assert glyph.is_corrected
    scale = GLYPH_PX / 275
    loop = glyph.ink[round(50 * scale) : round(70 * scale), round(145 * scale) : round(155 * scale)]
    assert loop.min() < 0.2
