"""From a picture and its ground to ink: grain, polarity, colour, denoising, the mask."""

from __future__ import annotations

import numpy as np
import pytest

from digitscope.preprocessing import ink
from digitscope.preprocessing.background_estimation import estimate_background
from digitscope.types import Float32Array, UInt8Array
from tests.unit.drawn import sheet, strokes_mask, write

SEVEN = [(110, 60), (210, 60), (150, 190)]
WHITE_RGB, CHALKBOARD_RGB = (255, 255, 255), (25, 60, 35)
PENS_RGB = {
    "red": (200, 30, 30),
    "blue": (30, 60, 200),
    "green": (20, 120, 50),
    "yellow": (255, 220, 0),
    "black": (20, 20, 20),
}


def _difference(page: UInt8Array) -> Float32Array:
    return page.astype(np.float32) - estimate_background(page)


def _all(difference: Float32Array) -> Float32Array:
    return np.ones(difference.shape[:2], np.float32)


# --- Grain ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("deviation", [0.5, 2.0, 8.0])
def test_the_grain_is_measured_even_where_ink_covers_half(deviation: float) -> None:
    grain = np.random.default_rng(0).normal(0, deviation, (300, 400, 1))
    difference = np.repeat(grain, 3, axis=2).astype(np.float32)
    difference[:, :200] -= 150
    calm = np.repeat(grain, 3, axis=2).astype(np.float32)
    assert ink.page_sigma(calm) == pytest.approx(deviation, rel=0.05)
    assert deviation < ink.page_sigma(difference) < 2.5 * deviation


def test_a_ground_estimated_a_little_off_is_not_grain() -> None:
    grain = np.random.default_rng(0).normal(0, 3, (300, 400, 1))
    difference = np.repeat(grain, 3, axis=2).astype(np.float32)
    shifted = ink.page_sigma(difference + np.float32(20))
    assert shifted == pytest.approx(ink.page_sigma(difference), rel=0.01)


def test_an_even_page_has_no_grain() -> None:
    assert ink.page_sigma(np.zeros((50, 60, 3), np.float32)) == 0


def test_nothing_below_the_grain_or_compression_is_ink() -> None:
    assert ink.ink_threshold(0) == ink.INK_LEAST
    assert ink.ink_threshold(5) == 5 * ink.INK_SIGMAS


# --- Polarity ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("paper_rgb", "ink_rgb", "dark"),
    [
        (WHITE_RGB, (20, 20, 40), True),
        (WHITE_RGB, (225, 225, 225), True),
        (CHALKBOARD_RGB, (250, 250, 250), False),
        ((0, 0, 0), (40, 40, 40), False),
        ((120, 120, 120), (100, 100, 100), True),
        ((120, 120, 120), (140, 140, 140), False),
    ],
)
def test_polarity_of_dark_and_light_ink(
    paper_rgb: tuple[int, int, int], ink_rgb: tuple[int, int, int], dark: bool
) -> None:
    difference = _difference(write(sheet(paper_rgb=paper_rgb), SEVEN, ink_rgb=ink_rgb))
    assert ink.is_ink_dark(difference, _all(difference)) is dark


def test_the_strongest_ink_decides_and_not_the_larger_part() -> None:
    difference = np.full((100, 100, 3), 30, np.float32)  # a bright half ...
    difference[:, :50] = 0
    difference[40:60, 10:20] = -90  # ... and a small dark stroke
    assert ink.is_ink_dark(difference, _all(difference))
    assert not ink.is_ink_dark(-difference, _all(difference))


def test_a_few_hot_pixels_do_not_turn_the_polarity() -> None:
    difference = np.zeros((200, 200, 3), np.float32)
    difference[50:150, 95:105] = -100
    difference[:3, :5] = 255
    assert ink.is_ink_dark(difference, _all(difference))


def test_a_small_picture_is_judged_from_more_than_a_few_pixels() -> None:
    difference = np.zeros((30, 30, 3), np.float32)
    difference[5:25, 14] = -100
    difference[0, :8] = 255
    assert ink.is_ink_dark(difference, _all(difference))


def test_what_is_not_kept_has_no_say() -> None:
    difference = np.zeros((100, 100, 3), np.float32)
    difference[:50] = 200
    difference[60:90, 45:55] = -60
    keep = _all(difference)
    keep[:50] = 0
    assert ink.is_ink_dark(difference, keep)
    assert not ink.is_ink_dark(difference, _all(difference))


# --- Composition and grey ------------------------------------------------------------------------


@pytest.mark.parametrize(("dark", "plain", "shifted"), [(True, 255, 55), (False, 0, 200)])
def test_what_is_kept_lies_on_white_or_black(dark: bool, plain: int, shifted: int) -> None:
    difference = np.zeros((4, 6, 3), np.float32)
    difference[1] = -200 if dark else 200
    difference[2] = difference[1]
    keep = np.ones((4, 6), np.float32)
    keep[2] = 0
    composed = ink.compose(difference, keep, dark)
    assert composed.dtype == np.uint8
    assert composed[:, 0, 0].tolist() == [plain, shifted, plain, plain]


def test_levels_beyond_the_range_are_clipped() -> None:
    difference = np.full((2, 2, 3), 90, np.float32)
    assert (ink.compose(difference, np.ones((2, 2), np.float32), dark=True) == 255).all()


@pytest.mark.parametrize("pen", PENS_RGB)
def test_no_pen_turns_out_pale(pen: str) -> None:
    page = write(sheet(paper_rgb=WHITE_RGB), SEVEN, ink_rgb=PENS_RGB[pen])
    colour = ink.ink_colour(page, dark=True)
    expected = 255 - np.float32(PENS_RGB[pen])
    np.testing.assert_allclose(colour, expected / np.linalg.norm(expected), atol=0.01)
    grey = ink.to_grey(page, dark=True, colour=colour)
    assert (grey.shape, grey.dtype) == ((240, 320), np.uint8)
    assert grey[0, 0] == 255
    assert grey[60, 160] < 70  # plain luma would leave 210 of a yellow pen


def test_the_colour_of_nothing_is_grey() -> None:
    colour = ink.ink_colour(np.full((20, 20, 3), 255, np.uint8), dark=True)
    np.testing.assert_allclose(colour, 3**-0.5, atol=1e-4)


def test_light_ink_stays_light() -> None:
    page = write(sheet(paper_rgb=(0, 0, 0)), SEVEN, ink_rgb=(250, 240, 0))
    grey = ink.to_grey(page, dark=False, colour=ink.ink_colour(page, dark=False))
    assert (grey[0, 0], grey[60, 160]) == (0, 245)


# --- Denoising -----------------------------------------------------------------------------------


def test_the_kernel_follows_the_size() -> None:
    assert ink.denoise_sigma_px((1200, 300)) == 2.0
    assert ink.denoise_sigma_px((28, 28)) == 0.6


def test_denoising_halves_the_grain_and_keeps_an_even_page() -> None:
    grain = np.random.default_rng(0).normal(128, 10, (480, 640)).clip(0, 255).astype(np.uint8)
    assert ink.denoise(grain).std() < grain.std() / 2
    assert ink.denoise(grain).dtype == np.uint8
    even = np.full((48, 64), 77, np.uint8)
    np.testing.assert_array_equal(ink.denoise(even), even)


# --- The mask ------------------------------------------------------------------------------------


def test_otsu_parts_two_groups_of_levels() -> None:
    assert 10 <= ink.otsu_threshold(np.array([10] * 30 + [200] * 5, np.uint8)) < 200


@pytest.mark.parametrize("size_wh", [(320, 240), (28, 28)])
def test_an_empty_page_has_no_ink(size_wh: tuple[int, int]) -> None:
    mask = ink.mark_ink(np.zeros(size_wh[::-1], np.uint8), ink.INK_LEAST)
    assert (mask.shape, mask.dtype) == (size_wh[::-1], np.bool_)
    assert not mask.any()


def test_a_stroke_is_marked_exactly() -> None:
    stroke = strokes_mask(SEVEN)
    np.testing.assert_array_equal(ink.mark_ink(stroke * np.uint8(120), 7), stroke)


def test_levels_up_to_the_least_are_page() -> None:
    stroke = strokes_mask(SEVEN)
    assert not ink.mark_ink(stroke * np.uint8(20), 20).any()
    assert ink.mark_ink(stroke * np.uint8(21), 20).any()


def test_dust_is_left_out() -> None:
    levels = np.zeros((240, 320), np.uint8)
    levels[10, 10:17] = 255  # 7 px
    levels[50:54, 50:52] = 255  # 8 px
    mask = ink.mark_ink(levels, 7)
    assert (mask[10].any(), mask[50:54, 50:52].all()) == (False, True)


def test_a_faint_digit_beside_a_dark_block_survives() -> None:
    digit = strokes_mask(SEVEN)
    levels = digit * np.uint8(30)
    levels[:, :60] = 255
    mask = ink.mark_ink(levels, 7)
    assert mask[digit].all()
    assert ink.otsu_threshold(levels) >= 30  # one threshold for all would lose it


def test_writing_on_a_grey_patch_is_what_is_marked() -> None:
    levels = np.zeros((240, 320), np.uint8)
    levels[40:210, 90:230] = 40  # a patch, a little darker than the page
    digit = strokes_mask(SEVEN)
    levels[digit] = 200
    np.testing.assert_array_equal(ink.mark_ink(levels, 7), digit)


def test_a_blot_does_not_outshine_the_line_it_sits_on() -> None:
    line = strokes_mask([(60, 120), (260, 120)], width_px=5)
    blot = strokes_mask([(255, 120), (260, 120)], width_px=16)
    levels = np.where(blot, 255, line * 110).astype(np.uint8)
    assert ink.mark_ink(levels, 7)[line].all()
    assert ink.otsu_threshold(levels[line | blot]) >= 110  # Otsu alone would lose the line
