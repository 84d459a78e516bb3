"""From a located digit to MNIST's form: contrast, stroke width, size, centre, closing."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from digitscope.preprocessing import tile as tiles
from digitscope.types import BoolArray, UInt8Array
from tests.unit.drawn import strokes_mask

RING = [(round(200 + 60 * np.cos(a)), round(150 + 90 * np.sin(a))) for a in np.arange(0, 6.4, 0.1)]
SEVEN = [(130, 40), (270, 40), (180, 260)]
PAGE_WH = (400, 300)


def _mask(points: list[tuple[int, int]], width_px: int) -> BoolArray:
    return strokes_mask(points, size_wh=PAGE_WH, width_px=width_px)


def _box(mask: BoolArray) -> tuple[int, int, int, int]:
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def _to_digit(mask: BoolArray) -> tuple[UInt8Array, tiles.Glyph]:
    """Steps 7 and 8 of a mask whose ink is even."""
    box = _box(mask)
    stretched, own = tiles.stretch_contrast(mask * np.uint8(200), mask, box)
    glyph = tiles.bring_stroke_to_width(stretched, own, max(box[2] - box[0], box[3] - box[1]))
    return tiles.shrink_to_digit(glyph.ink), glyph


def _stroke_px(digit: UInt8Array) -> float:
    """The stroke's width on a digit of 20 px, measured enlarged."""
    large = cv2.resize(np.pad(digit, 2), None, fx=8, fy=8, interpolation=cv2.INTER_CUBIC)
    return tiles.measure_stroke(large > 127) / 8


def _centre_of_mass(tile: UInt8Array) -> tuple[float, float]:
    weights = tile.astype(float) / tile.sum()
    return float(weights.sum(1) @ np.arange(28)), float(weights.sum(0) @ np.arange(28))


# --- Step 7: contrast ----------------------------------------------------------------------------


@pytest.mark.parametrize("level", [12, 40, 120, 255])
def test_ink_of_any_strength_is_stretched_to_the_full_range(level: int) -> None:
    mask = _mask(SEVEN, 12)
    stretched, own = tiles.stretch_contrast(mask * np.uint8(level), mask, _box(mask))
    assert (stretched.dtype, own.dtype) == (np.float32, np.bool_)
    assert stretched.shape == own.shape
    assert stretched[own].min() > 0.95
    assert (stretched.min(), stretched.max()) == (0, 1)
    assert own.sum() == mask.sum()


def test_ink_that_is_not_the_digits_own_is_left_out() -> None:
    mask, levels = _mask(SEVEN, 12), np.zeros(PAGE_WH[::-1], np.uint8)
    levels[mask] = 200
    levels[200:240, 240:260] = 255  # inside the box, far from the stroke
    stretched, _ = tiles.stretch_contrast(levels, mask, _box(mask))
    ink, _ = tiles.stretch_contrast(mask * np.uint8(200), mask, _box(mask))
    np.testing.assert_array_equal(stretched, ink)


def test_a_digit_at_the_pictures_edge_gets_its_margin() -> None:
    mask = np.zeros((100, 50), bool)
    mask[:, :10] = True
    stretched, own = tiles.stretch_contrast(mask * np.uint8(200), mask, (0, 0, 10, 100))
    assert own.shape == stretched.shape == (110, 20)
    assert own[5:-5, 5:-5].all() and own.sum() == 1000


def test_uneven_faint_ink_is_evened_out() -> None:
    mask = _mask([(200, 40), (200, 260)], 14)
    fading = np.broadcast_to(np.linspace(15, 45, 300)[:, None], mask.shape) * mask
    stretched, own = tiles.stretch_contrast(fading.astype(np.uint8), mask, _box(mask))
    plain = np.clip(fading[mask] / np.percentile(fading[mask], tiles.LEVEL_PERCENTILE), 0, 1)
    assert stretched[own].mean() > plain.mean()
    assert stretched[own].min() > plain.min()


# --- Step 8: stroke width and size ---------------------------------------------------------------


@pytest.mark.parametrize("width_px", [12, 24, 48])
def test_a_strips_width_is_measured(width_px: int) -> None:
    mask = np.zeros((600, 100), bool)
    mask[20:580, 40 : 40 + width_px] = True
    assert tiles.measure_stroke(mask) == pytest.approx(width_px, rel=0.1)


def test_nothing_has_no_width() -> None:
    assert tiles.measure_stroke(np.zeros((5, 5), bool)) == 0


@pytest.mark.parametrize("width_px", [3, 6, 10, 70, 80])
def test_a_stroke_out_of_range_is_brought_into_it(width_px: int) -> None:
    digit, glyph = _to_digit(_mask(SEVEN, width_px))
    low, high = tiles.STROKE_RANGE_PX
    assert glyph.corrected
    assert not low <= glyph.stroke_px <= high
    assert low - 0.3 <= _stroke_px(digit) <= high + 0.3


@pytest.mark.parametrize("width_px", [28, 36, 44])
def test_a_stroke_in_range_is_kept(width_px: int) -> None:
    digit, glyph = _to_digit(_mask(SEVEN, width_px))
    assert not glyph.corrected
    assert _stroke_px(digit) == pytest.approx(glyph.stroke_px, abs=0.5)


def test_a_shape_that_thinning_would_wipe_out_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    mask = np.zeros((80, 80), bool)
    mask[10:70, 20:60] = True
    monkeypatch.setattr(tiles, "_redraw", lambda shape, _: np.zeros(shape.shape, np.float32))
    glyph = tiles.bring_stroke_to_width(mask.astype(np.float32), mask, 60)
    assert glyph.ink.max() == 1 and not glyph.corrected
    assert tiles.shrink_to_digit(glyph.ink).shape[0] == 20


def test_a_corrected_stroke_keeps_the_shape() -> None:
    thin, _ = _to_digit(_mask(SEVEN, 3))
    usual, _ = _to_digit(_mask(SEVEN, 36))
    one, other = (np.pad(digit, ((0, 0), (0, 28 - digit.shape[1]))) for digit in (thin, usual))
    assert np.corrcoef(one.ravel(), other.ravel())[0, 1] > 0.7


@pytest.mark.parametrize("width_px", [3, 8, 20, 45, 90])
@pytest.mark.parametrize("points", [SEVEN, RING, [(200, 20), (205, 280)], [(60, 90), (340, 220)]])
def test_the_longest_side_is_exactly_20(points: list[tuple[int, int]], width_px: int) -> None:
    digit, _ = _to_digit(_mask(points, width_px))
    assert max(digit.shape) == 20
    assert (digit.dtype, digit.max()) == (np.uint8, 255)
    assert digit[0].any() and digit[-1].any() and digit[:, 0].any() and digit[:, -1].any()


def test_proportions_are_kept() -> None:
    ink = np.zeros((120, 90), np.float32)
    ink[10:110, 20:70] = 1  # 50 x 100
    assert tiles.shrink_to_digit(ink).shape == (20, 10)


def test_a_slim_one_stays_slim_and_visible() -> None:
    mask = np.zeros((300, 100), bool)
    mask[30:270, 40:60] = True  # 1:12
    digit, _ = _to_digit(mask)
    height, width = digit.shape
    assert (height, digit.max()) == (20, 255)
    assert 2 <= width <= 4
    assert (digit.max(axis=1) > 150).all()


# --- Step 9: centre ------------------------------------------------------------------------------


@pytest.mark.parametrize("shape_hw", [(20, 1), (20, 7), (20, 20), (9, 20), (1, 20), (3, 3)])
def test_the_centre_of_mass_is_within_half_a_pixel_of_14(shape_hw: tuple[int, int]) -> None:
    for seed in range(5):
        digit = np.random.default_rng(seed).integers(0, 256, shape_hw, dtype=np.uint8)
        tile = tiles.centre_by_mass(digit)
        assert (tile.shape, tile.dtype) == ((28, 28), np.uint8)
        assert all(abs(centre - 14) <= 0.5 for centre in _centre_of_mass(tile))
        assert np.sort(tile[tile > 0]).tolist() == np.sort(digit[digit > 0]).tolist()


def test_the_mass_is_centred_and_not_the_box() -> None:
    digit = np.zeros((20, 10), np.uint8)
    digit[:, 2], digit[0, 9] = 255, 255  # a heavy stem, a light flag to its right
    assert int(np.argmax(tiles.centre_by_mass(digit).sum(axis=0))) == 14


def test_a_digit_heavy_in_a_corner_stays_on_the_tile() -> None:
    digit = np.ones((20, 20), np.uint8)
    digit[:3, :3] = 255
    tile = tiles.centre_by_mass(digit)
    np.testing.assert_array_equal(tile[8:, 8:], digit)


def test_mnists_own_tiles_are_centred_where_they_were(
    mnist_tiles: tuple[UInt8Array, UInt8Array],
) -> None:
    for tile in mnist_tiles[0][::100]:
        left, top, right, bottom = _box(tile > 0)
        centred = tiles.centre_by_mass(tile[top:bottom, left:right])
        offset = np.subtract(_box(centred > 0)[:2], (left, top))
        assert np.abs(offset).max() <= 1


def test_a_thin_pens_small_loop_is_not_filled() -> None:
    """A nine drawn with a fine pen, its loop a tenth of its height."""
    ink = np.zeros((320, 320), np.uint8)
    cv2.ellipse(ink, (150, 60), (17, 30), 0, 0, 360, 255, 5)
    cv2.line(ink, (167, 60), (140, 300), 255, 5)
    glyph = tiles.bring_stroke_to_width(np.float32(ink) / 255, ink > 0, 275)
    assert glyph.corrected
    scale = tiles.GLYPH_PX / 275
    loop = glyph.ink[round(50 * scale) : round(70 * scale), round(145 * scale) : round(155 * scale)]
    assert loop.min() < 0.2
