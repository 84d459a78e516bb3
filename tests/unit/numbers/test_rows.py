import numpy as np
import pytest

from digitscope.numbers.rows import find_rows
from digitscope.numbers.shapes import Shape

SIZE_HW = (400, 600)


def block(left: float, top: float, width: int = 16, height: int = 40) -> Shape:
    box = (round(left), round(top), round(left) + width, round(top) + height)
    return Shape(box, np.ones((height, width), bool))


@pytest.mark.parametrize("slope", [-0.17, 0.0, 0.17])
def test_two_rows_are_told_apart_at_any_slope_of_handwriting(slope: float) -> None:
    rows = [[block(60 + 40 * n, 130 + 70 * r + slope * 40 * n) for n in range(8)] for r in (0, 1)]
    mixed = [shape for pair in zip(*rows, strict=True) for shape in pair]
    found = find_rows(mixed, SIZE_HW)
    assert [row.shapes for row in found] == [tuple(row) for row in rows]
    assert found[0].slope == pytest.approx(slope, abs=0.03)
    assert found[0].height == 40


def test_a_small_mark_belongs_to_the_row_it_stands_in() -> None:
    point = block(90, 135, 6, 6)
    (row,) = find_rows([block(60, 100), block(110, 100), point], SIZE_HW)
    assert row.shapes[1] is point


def test_lines_of_a_table_and_shadows_at_the_edge_are_in_no_row() -> None:
    line = block(0, 90, 600, 5)
    shadow = block(570, 20, 30, 360)
    digits = [block(60 + 40 * n, 100) for n in range(4)]
    (row,) = find_rows([*digits, line, shadow], SIZE_HW)
    assert row.shapes == tuple(digits)


def test_nothing_gives_no_row() -> None:
    assert find_rows([], SIZE_HW) == []
    assert find_rows([block(10, 10, 4, 5)], SIZE_HW) == []


def test_the_bar_of_a_five_belongs_to_the_five_below_it() -> None:
    five, bar = block(60, 112, 24, 28), block(62, 96, 30, 12)
    others = [block(110 + 40 * n, 100) for n in range(3)]
    (row,) = find_rows([five, bar, *others], SIZE_HW)
    assert row.shapes[0].box_xyxy == (60, 96, 92, 140)
    assert len(row.shapes) == 4
