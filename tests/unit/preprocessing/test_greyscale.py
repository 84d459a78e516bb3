"""Step 3: light or dark ink, its colour, and one value for each pixel."""

from __future__ import annotations

import numpy as np
import pytest

from digitscope.preprocessing.background_estimation import (
    estimate_background,
    subtract_background,
    to_luma,
)
from digitscope.preprocessing.greyscale import (
    is_ink_dark,
    measure_colour_weights,
    strongest_level,
    to_grey,
)
from digitscope.types import Float32Array
from tests.unit.drawn import Points, sheet, write

SEVEN: Points = [(110, 60), (210, 60), (150, 190)]
WHITE_RGB, CHALKBOARD_RGB = (255, 255, 255), (25, 60, 35)
PENS_RGB = {
    "red": (200, 30, 30),
    "blue": (30, 60, 200),
    "green": (20, 120, 50),
    "yellow": (255, 220, 0),
    "black": (20, 20, 20),
}


def _all(luma: Float32Array) -> Float32Array:
    return np.ones(luma.shape, np.float32)


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
    page = write(sheet(paper_rgb=paper_rgb), SEVEN, ink_rgb=ink_rgb)
    luma = to_luma(subtract_background(page, estimate_background(page)))
    assert is_ink_dark(luma, _all(luma)) is dark


def test_the_strongest_ink_decides_and_not_the_larger_part() -> None:
    luma = np.full((100, 100), 30, np.float32)  # a bright half ...
    luma[:, :50] = 0
    luma[40:60, 10:20] = -90  # ... and a small dark stroke
    assert is_ink_dark(luma, _all(luma))
    assert not is_ink_dark(-luma, _all(luma))


def test_a_few_hot_pixels_do_not_turn_the_polarity() -> None:
    luma = np.zeros((200, 200), np.float32)
    luma[50:150, 95:105] = -100
    luma[:3, :5] = 255
    assert is_ink_dark(luma, _all(luma))


def test_a_small_picture_is_judged_from_more_than_a_few_pixels() -> None:
    luma = np.zeros((30, 30), np.float32)
    luma[5:25, 14] = -100
    luma[0, :8] = 255
    assert is_ink_dark(luma, _all(luma))


def test_what_is_not_kept_has_no_say() -> None:
    luma = np.zeros((100, 100), np.float32)
    luma[:50] = 200
    luma[60:90, 45:55] = -60
    keep = _all(luma)
    keep[:50] = 0
    assert is_ink_dark(luma, keep)
    assert not is_ink_dark(luma, _all(luma))


def test_the_strongest_level_is_one_that_enough_pixels_reach() -> None:
    strength = np.zeros((100, 100), np.uint8)
    assert strongest_level(strength) == 0
    strength[0, :49] = 250  # fewer than 0.5 %
    strength[1, :10] = 90
    assert strongest_level(strength) == 90


# --- Colour --------------------------------------------------------------------------------------


@pytest.mark.parametrize("pen", PENS_RGB)
def test_no_pen_turns_out_pale(pen: str) -> None:
    page = write(sheet(paper_rgb=WHITE_RGB), SEVEN, ink_rgb=PENS_RGB[pen])
    weights = measure_colour_weights(page, is_ink_dark=True)
    expected = 255 - np.float32(PENS_RGB[pen])
    np.testing.assert_allclose(weights, expected / expected.sum(), atol=0.01)
    grey = to_grey(page, weights, is_ink_dark=True)
    assert (grey.shape, grey.dtype) == ((240, 320), np.uint8)
    assert grey[0, 0] == 255
    assert grey[60, 160] < 70  # plain luma would leave 210 of a yellow pen


def test_where_there_is_no_ink_all_colours_count_alike() -> None:
    weights = measure_colour_weights(np.full((20, 20, 3), 255, np.uint8), is_ink_dark=True)
    np.testing.assert_allclose(weights, 1 / 3, atol=1e-4)


def test_light_ink_stays_light() -> None:
    page = write(sheet(paper_rgb=(0, 0, 0)), SEVEN, ink_rgb=(250, 240, 0))
    grey = to_grey(page, measure_colour_weights(page, is_ink_dark=False), is_ink_dark=False)
    assert (grey[0, 0], grey[60, 160]) == (0, 245)
