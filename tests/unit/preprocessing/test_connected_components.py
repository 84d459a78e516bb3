"""Connected components: numbered, rated, and which of them make up one digit."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from digitscope.preprocessing.connected_components import (
    Group,
    find_components,
    find_digit,
    label_components,
)
from digitscope.types import BoolArray, UInt8Array
from tests.unit.drawn import Points, strokes_mask

PAGE_WH = (400, 300)
SEVEN: Points = [(150, 80), (230, 80), (180, 220)]
FIVE_BODY: Points = [(160, 110), (160, 150), (220, 160), (230, 200), (200, 230), (150, 225)]
LEVEL = 200


def _mask(*strokes: Points, width_px: int = 8) -> BoolArray:
    return strokes_mask(*strokes, size_wh=PAGE_WH, width_px=width_px)


def _find(mask: BoolArray, levels: UInt8Array | None = None, skip: int = 0) -> Group:
    group = find_digit(mask, mask * np.uint8(LEVEL) if levels is None else levels, skip)
    assert group is not None
    return group


def _shifted(stroke: Points, right_px: int, down_px: int = 0) -> Points:
    return [(x + right_px, y + down_px) for x, y in stroke]


def test_each_component_has_a_number_a_box_and_an_area() -> None:
    mask = np.zeros((20, 30), bool)
    mask[2:5, 3:9] = True
    mask[10, 10] = mask[11, 11] = True  # joined at a corner
    labels, stats = label_components(mask)
    assert set(np.unique(labels)) == {0, 1, 2} and len(stats) == 3
    assert stats[labels[3, 4]].tolist() == [3, 2, 6, 3, 18]
    assert labels[10, 10] == labels[11, 11]
    assert stats[0, cv2.CC_STAT_AREA] == mask.size - 20


def test_a_mask_without_ink_has_no_components() -> None:
    labels, stats = label_components(np.zeros((4, 5), bool))
    assert not labels.any() and len(stats) == 1


def test_more_components_than_16_bits_can_number() -> None:
    mask = np.zeros((640, 640), bool)
    mask[::2, ::2] = True
    labels, stats = label_components(mask)
    assert labels.max() == 320 * 320 == len(stats) - 1


# --- Each component ------------------------------------------------------------------------------


def test_components_come_best_first_with_what_they_are() -> None:
    mask = np.zeros(PAGE_WH[::-1], bool)
    mask[100:200, 150:160] = mask[0:50, 300:310] = True
    levels = np.where(mask, 100, 0).astype(np.uint8)
    levels[100:150, 150:160] = 200
    (first, second), labels = find_components(mask, levels)
    assert first.box_xyxy == (150, 100, 160, 200)
    assert (first.area_px, first.contrast, first.size_px) == (1000, 150, 100)
    assert (first.touches_border, second.touches_border) == (False, True)
    assert ((labels == first.label).sum(), first.score > second.score) == (1000, True)


def test_a_central_component_is_rated_above_one_at_the_edge() -> None:
    mask = np.zeros(PAGE_WH[::-1], bool)
    mask[120:180, 5:15] = mask[120:180, 195:205] = True
    first, second = find_components(mask, mask * np.uint8(LEVEL))[0]
    assert (first.box_xyxy[0], second.box_xyxy[0]) == (195, 5)


# --- One digit -----------------------------------------------------------------------------------


def test_one_stroke_is_found_with_its_box() -> None:
    mask = np.zeros(PAGE_WH[::-1], bool)
    mask[100:200, 150:160] = mask[190:200, 150:200] = True
    group = _find(mask)
    assert group.box_xyxy == (150, 100, 200, 200)
    assert (group.digits_seen, group.components) == (1, 1)
    np.testing.assert_array_equal(group.mask, mask)
    assert group.mask.dtype == np.bool_


@pytest.mark.parametrize("width_px", [1, 2, 6, 16])
def test_the_slimmest_one_is_found_whole(width_px: int) -> None:
    mask = _mask([(200, 60), (200, 240)], width_px=width_px)
    np.testing.assert_array_equal(_find(mask).mask, mask)


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
    group = _find(mask)
    assert (group.digits_seen, group.components) == (1, 2)
    np.testing.assert_array_equal(group.mask, mask)


def test_a_four_of_two_strokes_is_one_digit() -> None:
    angle, stem = [(170, 80), (150, 160), (205, 160)], [(222, 90), (218, 230)]
    group = _find(_mask(angle) | _mask(stem))
    assert (group.digits_seen, group.components) == (1, 2)


def test_a_stroke_broken_in_two_is_one_digit() -> None:
    mask = _mask([(200, 60), (200, 140)]) | _mask([(200, 152), (200, 240)])
    group = _find(mask)
    assert (group.digits_seen, group.components) == (1, 2)


# --- Other things on the page --------------------------------------------------------------------


def test_a_speck_beside_the_digit_is_left_out() -> None:
    digit, speck = _mask(SEVEN), _mask([(222, 150), (224, 151)], width_px=4)
    group = _find(digit | speck)
    np.testing.assert_array_equal(group.mask, digit)
    assert (group.digits_seen, group.dropped) == (1, 1)


def test_dust_is_not_even_counted() -> None:
    mask = _mask(SEVEN)
    mask[40, 40:47] = True  # 7 px
    assert _find(mask).dropped == 0


def test_a_dark_edge_of_the_table_is_not_the_digit() -> None:
    digit, edge = _mask(SEVEN), np.zeros(PAGE_WH[::-1], bool)
    edge[:, :25] = True
    levels = np.where(edge, 180, digit * 150).astype(np.uint8)
    group = _find(digit | edge, levels)
    np.testing.assert_array_equal(group.mask, digit)
    assert group.digits_seen == 1


def test_something_much_fainter_beside_the_digit_is_not_part_of_it() -> None:
    digit, faint = _mask(SEVEN), _mask([(245, 120), (245, 200)])
    assert _find(digit | faint).digits_seen + _find(digit | faint).components > 2
    levels = np.where(digit, 200, faint * 50).astype(np.uint8)
    group = _find(digit | faint, levels)
    np.testing.assert_array_equal(group.mask, digit)
    assert group.digits_seen == 1


# --- Several digits ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shifts_px", "seen"), [((-100, 100), 2), ((-130, 0, 130), 3)], ids=["two", "three"]
)
def test_digits_side_by_side_are_counted(shifts_px: tuple[int, ...], seen: int) -> None:
    group = _find(_mask(*(_shifted(SEVEN, shift) for shift in shifts_px)))
    assert (group.digits_seen, group.components) == (seen, 1)


def test_a_faint_or_small_or_bordering_neighbour_is_no_second_digit() -> None:
    digit, far = _mask(SEVEN), _mask(_shifted(SEVEN, 130))
    faint = np.where(digit, 200, far * 60).astype(np.uint8)
    assert _find(digit | far, faint).digits_seen == 1
    small = _find(digit | _mask([(330, 120), (330, 160)]))
    assert (small.digits_seen, small.components, small.dropped) == (1, 1, 1)
    assert _find(digit | _mask([(380, 0), (380, 140)])).digits_seen == 1
    assert _find(digit | far).digits_seen == 2


def test_a_line_of_writing_is_no_second_digit() -> None:
    """As wide as the digit is tall, and low."""
    waves = [(20 + 10 * step, 20 + 14 * (step % 2)) for step in range(14)]
    assert _find(_mask(SEVEN) | _mask(waves)).digits_seen == 1


def test_the_likeliest_shapes_can_be_skipped() -> None:
    large, small = _mask(SEVEN), _mask([(330, 120), (330, 160)])
    both = large | small
    np.testing.assert_array_equal(_find(both).mask, large)
    np.testing.assert_array_equal(_find(both, skip=1).mask, small)
    assert find_digit(both, both * np.uint8(LEVEL), skip=2) is None
    assert find_digit(both, both * np.uint8(LEVEL), skip=9) is None


def test_where_there_is_nothing_but_dust_no_digit_is_found() -> None:
    mask = np.zeros(PAGE_WH[::-1], bool)
    assert find_digit(mask, mask * np.uint8(LEVEL)) is None
    mask[40, 40:47] = True
    assert find_digit(mask, mask * np.uint8(LEVEL)) is None


def test_the_bar_of_a_five_may_be_its_darkest_part() -> None:
    body, bar = _mask(FIVE_BODY), _mask([(165, 88), (230, 85)])
    levels = np.where(bar, 255, body * 110).astype(np.uint8)
    group = _find(body | bar, levels)
    np.testing.assert_array_equal(group.mask, body | bar)
