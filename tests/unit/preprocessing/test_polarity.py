"""Step 5: light on dark, and which levels are ink."""

from __future__ import annotations

import numpy as np
import pytest

from digitscope.preprocessing import polarity
from digitscope.preprocessing.polarity import choose_min_level, mark_ink, otsu_threshold
from digitscope.preprocessing.state import NOT_YET, Attempt, Foreground, Grey, State
from digitscope.preprocessing.working_picture import to_working_size
from digitscope.types import Background
from tests.unit.drawn import Points, sheet, strokes_mask

SEVEN: Points = [(110, 60), (210, 60), (150, 190)]
THIRDS = np.full(3, 1 / 3, np.float32)


@pytest.mark.parametrize("is_dark", [True, False])
def test_ink_comes_out_light_on_black(is_dark: bool) -> None:
    stroke = strokes_mask(SEVEN)
    levels = stroke * np.uint8(120)
    found = Foreground(NOT_YET, NOT_YET, NOT_YET, is_dark, Background.OPENCV)
    grey = Grey(255 - levels if is_dark else levels, THIRDS, grain=0.0)
    state = State(to_working_size(sheet()), foreground=found, grey=grey)
    ink_map = polarity.apply(state, Attempt()).ink_map
    np.testing.assert_array_equal(ink_map.levels, levels)
    np.testing.assert_array_equal(ink_map.mask, stroke)


def test_nothing_below_the_grain_or_compression_is_ink() -> None:
    assert choose_min_level(0) == polarity.MIN_INK_LEVEL
    assert choose_min_level(5) == 5 * polarity.INK_SIGMAS


def test_otsu_parts_two_groups_of_levels() -> None:
    assert 10 <= otsu_threshold(np.array([10] * 30 + [200] * 5, np.uint8)) < 200


@pytest.mark.parametrize("size_wh", [(320, 240), (28, 28)])
def test_an_empty_page_has_no_ink(size_wh: tuple[int, int]) -> None:
    mask = mark_ink(np.zeros(size_wh[::-1], np.uint8), polarity.MIN_INK_LEVEL)
    assert (mask.shape, mask.dtype) == (size_wh[::-1], np.bool_)
    assert not mask.any()


def test_a_stroke_is_marked_exactly() -> None:
    stroke = strokes_mask(SEVEN)
    np.testing.assert_array_equal(mark_ink(stroke * np.uint8(120), 7), stroke)


def test_levels_up_to_the_least_are_page() -> None:
    stroke = strokes_mask(SEVEN)
    assert not mark_ink(stroke * np.uint8(20), 20).any()
    assert mark_ink(stroke * np.uint8(21), 20).any()


def test_dust_is_left_out() -> None:
    levels = np.zeros((240, 320), np.uint8)
    levels[10, 10:17] = 255  # 7 px
    levels[50:54, 50:52] = 255  # 8 px
    mask = mark_ink(levels, 7)
    assert (mask[10].any(), mask[50:54, 50:52].all()) == (False, True)


def test_a_faint_digit_beside_a_dark_block_survives() -> None:
    digit = strokes_mask(SEVEN)
    levels = digit * np.uint8(30)
    levels[:, :60] = 255
    mask = mark_ink(levels, 7)
    assert mask[digit].all()
    assert otsu_threshold(levels) >= 30  # one threshold for all would lose it


def test_writing_on_a_grey_patch_is_what_is_marked() -> None:
    levels = np.zeros((240, 320), np.uint8)
    levels[40:210, 90:230] = 40  # a patch, a little darker than the page
    digit = strokes_mask(SEVEN)
    levels[digit] = 200
    np.testing.assert_array_equal(mark_ink(levels, 7), digit)


def test_a_blot_does_not_outshine_the_line_it_sits_on() -> None:
    line = strokes_mask([(60, 120), (260, 120)], width_px=5)
    blot = strokes_mask([(255, 120), (260, 120)], width_px=16)
    levels = np.where(blot, 255, line * 110).astype(np.uint8)
    assert mark_ink(levels, 7)[line].all()
    assert otsu_threshold(levels[line | blot]) >= 110  # Otsu alone would lose the line
