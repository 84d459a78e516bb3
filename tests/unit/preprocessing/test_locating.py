"""Which pieces of ink make up the digit, how many digits there are, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from digitscope.preprocessing import locating
from digitscope.preprocessing.locating import Location, locate
from digitscope.preprocessing.parts import find_parts
from digitscope.types import BoolArray, Reason, UInt8Array
from tests.unit.drawn import Points, strokes_mask

PAGE_WH = (400, 300)
SEVEN: Points = [(150, 80), (230, 80), (180, 220)]
FIVE_BODY: Points = [(160, 110), (160, 150), (220, 160), (230, 200), (200, 230), (150, 225)]
LEVEL = 200


def _mask(*strokes: Points, width_px: int = 8) -> BoolArray:
    return strokes_mask(*strokes, size_wh=PAGE_WH, width_px=width_px)


def _locate_levels(mask: BoolArray, levels: UInt8Array) -> Location:
    """On an even page: what was there before the ground was taken away looks the same."""
    return locate(mask, levels, levels)


def _locate(mask: BoolArray) -> Location:
    return _locate_levels(mask, mask * np.uint8(LEVEL))


def _shifted(stroke: Points, right_px: int, down_px: int = 0) -> Points:
    return [(x + right_px, y + down_px) for x, y in stroke]


# --- One digit -----------------------------------------------------------------------------------


def test_one_stroke_is_found_with_its_box() -> None:
    mask = np.zeros(PAGE_WH[::-1], bool)
    mask[100:200, 150:160] = mask[190:200, 150:200] = True
    location = _locate(mask)
    assert location.box_xyxy == (150, 100, 200, 200)
    assert (location.reason, location.digits_seen, location.parts) == (None, 1, 1)
    np.testing.assert_array_equal(location.mask, mask)
    assert location.mask.dtype == np.bool_


@pytest.mark.parametrize("width_px", [1, 2, 6, 16])
def test_the_slimmest_one_is_a_digit(width_px: int) -> None:
    location = _locate(_mask([(200, 60), (200, 240)], width_px=width_px))
    assert (location.reason, location.digits_seen) == (None, 1)


@pytest.mark.parametrize(
    ("bar", "gap"),
    [
        ([(165, 88), (230, 85)], "above, apart"),
        ([(178, 100), (240, 96)], "to the side, apart"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_bar_of_a_five_belongs_to_it(bar: Points, gap: str) -> None:
    mask = _mask(FIVE_BODY) | _mask(bar)
    location = _locate(mask)
    assert (location.reason, location.digits_seen, location.parts) == (None, 1, 2)
    np.testing.assert_array_equal(location.mask, mask)


def test_a_four_of_two_strokes_is_one_digit() -> None:
    angle, stem = [(170, 80), (150, 160), (205, 160)], [(222, 90), (218, 230)]
    location = _locate(_mask(angle) | _mask(stem))
    assert (location.reason, location.digits_seen, location.parts) == (None, 1, 2)


def test_a_stroke_broken_in_two_is_one_digit() -> None:
    mask = _mask([(200, 60), (200, 140)]) | _mask([(200, 152), (200, 240)])
    location = _locate(mask)
    assert (location.reason, location.digits_seen, location.parts) == (None, 1, 2)


# --- Other things on the page --------------------------------------------------------------------


def test_a_speck_beside_the_digit_is_left_out() -> None:
    digit, speck = _mask(SEVEN), _mask([(222, 150), (224, 151)], width_px=4)
    location = _locate(digit | speck)
    np.testing.assert_array_equal(location.mask, digit)
    assert (location.digits_seen, location.dropped, location.reason) == (1, 1, None)


def test_dust_is_not_even_counted() -> None:
    mask = _mask(SEVEN)
    mask[40, 40:47] = True  # 7 px
    assert _locate(mask).dropped == 0


def test_a_dark_edge_of_the_table_is_not_the_digit() -> None:
    digit, edge = _mask(SEVEN), np.zeros(PAGE_WH[::-1], bool)
    edge[:, :25] = True
    levels = np.where(edge, 180, digit * 150).astype(np.uint8)
    location = _locate_levels(digit | edge, levels)
    np.testing.assert_array_equal(location.mask, digit)
    assert (location.reason, location.digits_seen) == (None, 1)


def test_something_much_fainter_beside_the_digit_is_not_part_of_it() -> None:
    digit, faint = _mask(SEVEN), _mask([(245, 120), (245, 200)])
    assert _locate(digit | faint).digits_seen + _locate(digit | faint).parts > 2
    levels = np.where(digit, 200, faint * 50).astype(np.uint8)
    location = _locate_levels(digit | faint, levels)
    np.testing.assert_array_equal(location.mask, digit)
    assert location.digits_seen == 1


# --- Several digits ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shifts_px", "seen"), [((-100, 100), 2), ((-130, 0, 130), 3)], ids=["two", "three"]
)
def test_digits_side_by_side_are_counted(shifts_px: tuple[int, ...], seen: int) -> None:
    location = _locate(_mask(*(_shifted(SEVEN, shift) for shift in shifts_px)))
    assert (location.digits_seen, location.parts) == (seen, 1)


def test_a_faint_or_small_or_bordering_neighbour_is_no_second_digit() -> None:
    digit, far = _mask(SEVEN), _mask(_shifted(SEVEN, 130))
    faint = np.where(digit, 200, far * 60).astype(np.uint8)
    assert _locate_levels(digit | far, faint).digits_seen == 1
    small = _locate(digit | _mask([(330, 120), (330, 160)]))
    assert (small.digits_seen, small.parts, small.dropped) == (1, 1, 1)
    assert _locate(digit | _mask([(380, 0), (380, 140)])).digits_seen == 1
    assert _locate(digit | far).digits_seen == 2


def test_a_line_of_writing_is_no_second_digit() -> None:
    """As wide as the digit is tall, and low."""
    waves = [(20 + 10 * step, 20 + 14 * (step % 2)) for step in range(14)]
    assert _locate(_mask(SEVEN) | _mask(waves)).digits_seen == 1


# --- What is refused -----------------------------------------------------------------------------


def test_nothing_is_blank() -> None:
    location = _locate(np.zeros(PAGE_WH[::-1], bool))
    assert (location.reason, location.box_xyxy) == (Reason.BLANK, None)
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
    assert mask.sum() / 9 > locating.NOISE_PARTS
    assert _locate(mask).reason is Reason.NOT_A_DIGIT


@pytest.mark.parametrize(("parts_seen", "reason"), [(1, None), (2, Reason.NOT_A_DIGIT)])
def test_a_frame_round_other_ink_is_no_digit(parts_seen: int, reason: Reason | None) -> None:
    frame = np.ones((300, 200), bool)
    frame[25:-25, 25:-25] = False
    assert locating.refuse_shape(frame, (0, 0, 200, 300), parts_seen) is reason


# --- Standing out --------------------------------------------------------------------------------


def test_a_stroke_on_an_even_page_stands_out_on_all_sides() -> None:
    stroke = _mask(SEVEN)
    levels = stroke * np.uint8(LEVEL)
    assert locating.stands_out(stroke, levels, levels) == 1


def test_the_edge_of_a_shadow_stands_out_on_one_side_only() -> None:
    band = np.zeros(PAGE_WH[::-1], bool)
    band[60:240, 200:206] = True  # what taking the ground away leaves of the edge
    raw = np.zeros(PAGE_WH[::-1], np.uint8)
    raw[:, 200:] = 90  # the shadow itself
    levels = band * np.uint8(80)
    assert 0.4 < locating.stands_out(band, levels, raw) < locating.LEAST_STANDING_OUT
    assert locate(band, levels, raw).reason is Reason.NOT_A_DIGIT
    assert locate(band, levels, levels).reason is None


def test_a_stroke_from_light_into_shadow_stands_out_all_along() -> None:
    stroke = np.zeros(PAGE_WH[::-1], bool)
    stroke[140:152, 60:340] = True
    raw = np.zeros(PAGE_WH[::-1], np.uint8)
    raw[:, 200:] = 110  # paper in the shadow is darker than ink in the light
    raw[stroke] += 70
    levels = stroke * np.uint8(70)
    assert locating.stands_out(stroke, levels, raw) > 0.95


# --- Its parts -----------------------------------------------------------------------------------


def test_parts_come_best_first_with_what_they_are() -> None:
    mask = np.zeros(PAGE_WH[::-1], bool)
    mask[100:200, 150:160] = mask[0:50, 300:310] = True
    levels = np.where(mask, 100, 0).astype(np.uint8)
    levels[100:150, 150:160] = 200
    (first, second), labels = find_parts(mask, levels)
    assert first.box_xyxy == (150, 100, 160, 200)
    assert (first.area_px, first.contrast, first.size_px) == (1000, 150, 100)
    assert (first.touches_border, second.touches_border) == (False, True)
    assert ((labels == first.label).sum(), first.score > second.score) == (1000, True)
