"""A digit in dashes is one digit; a row of strokes and a digit among specks are not dashes."""

from __future__ import annotations

from collections.abc import Iterable

import cv2
import numpy as np
import pytest

from digitscope.preprocessing.connected_components import find_components, find_digit
from digitscope.preprocessing.dashed_strokes import find_dashes
from digitscope.types import BoolArray

PEN_PX = 6
Line = tuple[int, int, int, int]
FOUR = (  # x and y from, x and y to
    (60, 40, 60, 65),
    (60, 80, 85, 80),
    (120, 30, 120, 55),
    (120, 75, 120, 100),
    (120, 120, 120, 145),
)
ROW = tuple((x, 40, x, 70) for x in range(30, 270, 40))  # 111111


def _page(lines: Iterable[Line]) -> BoolArray:
    page = np.zeros((200, 300), np.uint8)
    for x, y, to_x, to_y in lines:
        cv2.line(page, (x, y), (to_x, to_y), 255, PEN_PX)
    return page > 0


def _dashes(mask: BoolArray) -> int:
    components, _ = find_components(mask, mask.astype(np.uint8) * 200)
    return len(find_dashes(components, PEN_PX))


def test_dashes_that_follow_each_other_are_one_digit() -> None:
    mask = _page(FOUR)
    assert _dashes(mask) == 5
    found = find_digit(mask, mask.astype(np.uint8) * 200)
    assert found is not None
    assert (found.digits_seen, found.components, found.dropped) == (1, 5, 0)
    assert np.array_equal(found.mask, mask)


def test_a_row_of_strokes_is_no_dashed_digit() -> None:
    mask = _page(ROW)
    assert _dashes(mask) == 0
    found = find_digit(mask, mask.astype(np.uint8) * 200)
    assert found is not None and found.digits_seen > 1


@pytest.mark.parametrize(
    "more",
    [
        (200, 20, 200, 180),  # longer than a dash
        (250, 180, 275, 180),  # far away
        (0, 150, 40, 150),  # reaches the border
    ],
)
def test_with_other_ink_there_is_no_dashed_digit(more: Line) -> None:
    assert _dashes(_page([*FOUR, more, (more[0], more[1], more[2] - 3, more[3])])) == 0


def test_few_strokes_are_no_dashes() -> None:
    assert _dashes(_page(FOUR[:3])) == 0
    assert _dashes(np.zeros((50, 50), bool)) == 0


def test_strokes_that_fold_back_are_digits_of_their_own() -> None:
    page = np.zeros((300, 200), np.uint8)
    for top in range(20, 260, 60):
        cv2.circle(page, (100, top + 20), 18, 255, PEN_PX)
    assert _dashes(page > 0) == 0
