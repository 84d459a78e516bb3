"""Step 6: what is located, what is refused before the network, and what is shown of it."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from digitscope.preprocessing import locating
from digitscope.preprocessing.locating import (
    BOX_RGB,
    MAX_DIGIT_COMPONENTS,
    MAX_GRAIN_LEVEL,
    MIN_CONFIDENCE,
    NOISE_COMPONENTS,
    measure_page_around,
    refuse_shape,
    show_location,
)
from digitscope.preprocessing.state import (
    NOT_YET,
    Attempt,
    Foreground,
    Grey,
    InkMap,
    Location,
    State,
)
from digitscope.preprocessing.working_picture import WorkingPicture
from digitscope.types import Background, BoolArray, Reason, UInt8Array
from tests.unit.drawn import Points, grey_rgb, strokes_mask

PAGE_WH = (400, 300)
SEVEN: Points = [(150, 80), (230, 80), (180, 220)]
FIVE_BODY: Points = [(160, 110), (160, 150), (220, 160), (230, 200), (200, 230), (150, 225)]
LEVEL = 200
REACH_PX = 3  # for a picture of 400 px
THIRDS = np.full(3, 1 / 3, np.float32)


def _mask(*strokes: Points, width_px: int = 8) -> BoolArray:
    return strokes_mask(*strokes, size_wh=PAGE_WH, width_px=width_px)


def _state(mask: BoolArray, levels: UInt8Array, raw: UInt8Array, min_level: float = 7) -> State:
    """Light ink, after step 5. `raw` is what was there before the background was removed."""
    picture = WorkingPicture(grey_rgb(raw), 0.5, (2 * raw.shape[1], 2 * raw.shape[0]))
    found = Foreground(NOT_YET, NOT_YET, NOT_YET, is_ink_dark=False, route=Background.OPENCV)
    ink_map = InkMap(levels, mask, min_level)
    return State(picture, found, grey=Grey(levels, THIRDS, 0.0), ink_map=ink_map)


def _locate(
    mask: BoolArray, levels: UInt8Array | None = None, raw: UInt8Array | None = None
) -> Location:
    """On an even page, unless `raw` says otherwise."""
    levels = mask * np.uint8(LEVEL) if levels is None else levels
    return locating.apply(_state(mask, levels, levels if raw is None else raw), Attempt()).location


# --- What is located -----------------------------------------------------------------------------


def test_a_stroke_is_located_with_its_box_here_and_in_the_given_picture() -> None:
    mask = np.zeros(PAGE_WH[::-1], bool)
    mask[100:200, 150:160] = mask[190:200, 150:200] = True
    location = _locate(mask)
    assert (location.box_xyxy, location.given_xyxy) == (
        (150, 100, 200, 200),
        (300, 200, 400, 400),
    )
    assert (location.reason, location.digits_seen, location.components) == (None, 1, 1)
    assert (location.confidence, location.has_lines) == (1, False)
    np.testing.assert_array_equal(location.mask, mask)


@pytest.mark.parametrize("width_px", [1, 2, 6, 16])
def test_the_slimmest_one_is_a_digit(width_px: int) -> None:
    location = _locate(_mask([(200, 60), (200, 240)], width_px=width_px))
    assert (location.reason, location.digits_seen) == (None, 1)


DIGITS: dict[str, list[Points]] = {
    "5, its bar above": [FIVE_BODY, [(165, 88), (230, 85)]],
    "5, its bar to the side": [FIVE_BODY, [(178, 100), (240, 96)]],
    "4 of two strokes": [[(170, 80), (150, 160), (205, 160)], [(222, 90), (218, 230)]],
    "broken 1": [[(200, 60), (200, 140)], [(200, 152), (200, 240)]],
}


@pytest.mark.parametrize("name", DIGITS)
def test_a_digit_of_two_parts_is_not_refused(name: str) -> None:
    location = _locate(_mask(*DIGITS[name]))
    assert (location.reason, location.digits_seen, location.components) == (None, 1, 2)


def test_a_digit_is_not_refused_for_what_else_is_on_the_page() -> None:
    digit, other = _mask(SEVEN), _mask([(222, 150), (224, 151)], width_px=4)
    other[:, :25] = True  # the edge of the table
    levels = np.where(digit, 150, other * 180).astype(np.uint8)
    location = _locate(digit | other, levels)
    assert (location.reason, location.digits_seen, location.dropped) == (None, 1, 2)
    np.testing.assert_array_equal(location.mask, digit)


def test_ruled_lines_are_removed_first_tilted_ones_by_a_thorough_attempt() -> None:
    digit = _mask(SEVEN)
    lines = [[(0, y), (399, y + 80)] for y in range(-60, 300, 60)]
    mask = digit | _mask(*lines, width_px=2)
    levels = mask * np.uint8(LEVEL)
    easy, thorough = (
        locating.apply(_state(mask, levels, levels), Attempt(thorough=thorough)).location
        for thorough in (False, True)
    )
    assert easy.box_xyxy is not None and easy.box_xyxy[2] - easy.box_xyxy[0] > 300
    assert thorough.has_lines and thorough.reason is None
    assert (thorough.mask & digit).sum() > 0.9 * digit.sum()
    assert (thorough.mask & ~digit).sum() < 0.05 * digit.sum()


def test_an_attempt_may_skip_the_likeliest_shape() -> None:
    large, small = _mask(SEVEN), _mask([(330, 100), (330, 180)])
    levels = (large | small) * np.uint8(LEVEL)
    state = _state(large | small, levels, levels)
    np.testing.assert_array_equal(locating.apply(state, Attempt(skip=1)).location.mask, small)


def test_dark_ink_is_compared_with_the_page_in_its_own_polarity() -> None:
    mask = _mask(SEVEN)
    levels = mask * np.uint8(LEVEL)
    dark = _state(mask, levels, 255 - levels)
    dark = dataclasses.replace(
        dark, foreground=dataclasses.replace(dark.foreground, is_ink_dark=True)
    )
    location = locating.apply(dark, Attempt()).location
    assert (location.reason, location.confidence) == (None, 1)


def test_what_is_located_is_rated_and_what_is_not_is_not() -> None:
    mask = _mask(SEVEN)
    levels = mask * np.uint8(LEVEL)
    rated = locating.apply(_state(mask, levels, levels), Attempt()).quality
    assert rated is not None and rated.contrast == pytest.approx(LEVEL / 255, abs=1e-4)
    nothing = np.zeros_like(mask)
    assert locating.apply(_state(nothing, levels, levels), Attempt()).quality is None


# --- What is refused -----------------------------------------------------------------------------


def test_nothing_is_blank() -> None:
    location = _locate(np.zeros(PAGE_WH[::-1], bool))
    assert (location.reason, location.box_xyxy, location.given_xyxy) == (Reason.BLANK, None, None)
    assert (location.digits_seen, location.mask.any()) == (0, False)


@pytest.mark.parametrize("side_px", [2, 6, 11])
def test_a_speck_alone_is_too_small(side_px: int) -> None:
    mask = np.zeros(PAGE_WH[::-1], bool)
    mask[150 : 150 + side_px, 200 : 200 + side_px] = True
    assert _locate(mask).reason is Reason.TOO_SMALL


def test_a_digit_just_large_enough_is_not_refused() -> None:
    mask = np.zeros(PAGE_WH[::-1], bool)
    mask[150:163, 200:203] = True  # 13 px of 400: 3.25 %
    assert _locate(mask).reason is None


@pytest.mark.parametrize(
    ("box", "reason"),
    [
        ((100, 80, 300, 220), Reason.NOT_A_DIGIT),  # a block
        ((150, 80, 240, 220), Reason.NOT_A_DIGIT),  # a block taller than wide
        ((150, 80, 180, 220), None),  # a bold 1
        ((100, 140, 300, 160), Reason.NOT_A_DIGIT),  # a dash
    ],
    ids=["block", "tall block", "bold 1", "dash"],
)
def test_a_block_and_a_dash_are_no_digit(
    box: tuple[int, int, int, int], reason: Reason | None
) -> None:
    mask = np.zeros(PAGE_WH[::-1], bool)
    mask[box[1] : box[3], box[0] : box[2]] = True
    location = _locate(mask)
    assert (location.reason, location.box_xyxy) == (reason, box)


@pytest.mark.parametrize(("height_px", "reason"), [(60, Reason.NOT_A_DIGIT), (70, None)])
def test_no_digit_is_three_times_as_wide_as_tall(height_px: int, reason: Reason | None) -> None:
    top = 150 - height_px // 2
    wave = [(100 + 20 * k, top if k % 2 else top + height_px) for k in range(11)]
    assert _locate(_mask(wave, width_px=2)).reason is reason


def test_many_spots_of_one_size_are_noise() -> None:
    mask = np.zeros(PAGE_WH[::-1], bool)
    for top in range(10, 290, 20):
        for left in range(10, 390, 20):
            mask[top : top + 3, left : left + 3] = True
    assert mask.sum() / 9 > NOISE_COMPONENTS
    assert _locate(mask).reason is Reason.NOT_A_DIGIT


@pytest.mark.parametrize(("components_seen", "reason"), [(1, None), (2, Reason.NOT_A_DIGIT)])
def test_a_frame_round_other_ink_is_no_digit(components_seen: int, reason: Reason | None) -> None:
    frame = np.ones((300, 200), bool)
    frame[25:-25, 25:-25] = False
    assert refuse_shape(frame, (0, 0, 200, 300), components_seen) is reason


def test_nothing_on_a_page_whose_grain_hides_ink_is_no_contrast() -> None:
    nothing = np.zeros(PAGE_WH[::-1], bool)
    levels = nothing * np.uint8(1)
    reasons = [
        locating.apply(_state(nothing, levels, levels, min_level), Attempt()).location.reason
        for min_level in (MAX_GRAIN_LEVEL, MAX_GRAIN_LEVEL + 1)
    ]
    assert reasons == [Reason.BLANK, Reason.NO_CONTRAST]


@pytest.mark.parametrize("more", [0, 1])
def test_a_shape_of_more_components_than_a_digit_has_is_none(more: int) -> None:
    """A stem between two columns of dots."""
    mask = np.zeros(PAGE_WH[::-1], bool)
    mask[60:220, 195:205] = True
    for dot in range(MAX_DIGIT_COMPONENTS - 1 + more):
        top, left = 60 + 24 * (dot // 2), 180 if dot % 2 else 210
        mask[top : top + 10, left : left + 10] = True
    location = _locate(mask)
    assert location.components == MAX_DIGIT_COMPONENTS + more
    assert location.reason is (Reason.NOT_A_DIGIT if more else None)


# --- Page around it ------------------------------------------------------------------------------


def test_a_stroke_on_an_even_page_has_page_on_all_sides() -> None:
    stroke = _mask(SEVEN)
    levels = stroke * np.uint8(LEVEL)
    assert measure_page_around(stroke, levels, levels, REACH_PX) == 1


def test_the_edge_of_a_shadow_has_page_on_one_side_only() -> None:
    band = np.zeros(PAGE_WH[::-1], bool)
    band[60:240, 200:206] = True  # what taking the background away leaves of the edge
    raw = np.zeros(PAGE_WH[::-1], np.uint8)
    raw[:, 200:] = 90  # the shadow itself
    levels = band * np.uint8(80)
    assert 0.4 < measure_page_around(band, levels, raw, REACH_PX) < MIN_CONFIDENCE
    assert _locate(band, levels, raw).reason is Reason.NOT_A_DIGIT
    assert _locate(band, levels, levels).reason is None


def test_a_stroke_from_light_into_shadow_has_page_all_along() -> None:
    stroke = np.zeros(PAGE_WH[::-1], bool)
    stroke[140:152, 60:340] = True
    raw = np.zeros(PAGE_WH[::-1], np.uint8)
    raw[:, 200:] = 110  # paper in the shadow is darker than ink in the light
    raw[stroke] += 70
    levels = stroke * np.uint8(70)
    assert measure_page_around(stroke, levels, raw, REACH_PX) > 0.95


def test_beyond_the_pictures_border_there_is_no_page() -> None:
    stroke = np.zeros((100, 100), bool)
    stroke[20:80, :6] = True
    levels = stroke * np.uint8(LEVEL)
    assert measure_page_around(stroke, levels, levels, REACH_PX) < 0.8


# --- What is shown -------------------------------------------------------------------------------


def test_the_digit_is_bright_the_rest_dim_and_the_box_round_it() -> None:
    levels = np.full((40, 60), 200, np.uint8)
    mask = np.zeros((40, 60), bool)
    mask[10:30, 20:25] = True
    shown = show_location(levels, Location(mask, (20, 10, 25, 30), None))
    assert shown.shape == (40, 60, 3)
    assert (shown[mask] == 255).all()
    assert shown[0, 0].tolist() == [60, 60, 60]
    assert shown[8, 22].tolist() == list(BOX_RGB)
    assert shown[20, 18].tolist() == list(BOX_RGB)


def test_without_a_digit_there_is_no_box() -> None:
    levels = np.full((40, 60), 100, np.uint8)
    shown = show_location(levels, Location(np.zeros((40, 60), bool), None, Reason.BLANK))
    assert (shown == 30).all()
