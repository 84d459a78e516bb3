"""Which ink is a horizontal ruled line, by its reach, its length and its thickness."""

from __future__ import annotations

import numpy as np
import pytest

from digitscope.preprocessing.horizontal_lines import (
    MIN_WIDTH_PX,
    _open_upright,
    _run_lengths,
    find_horizontal_lines,
)
from digitscope.types import BoolArray
from tests.unit.drawn import Points, strokes_mask

PAGE_WH = (400, 300)
WIDTH, HEIGHT = PAGE_WH


def _mask(*strokes: Points, width_px: int = 4) -> BoolArray:
    return strokes_mask(*strokes, size_wh=PAGE_WH, width_px=width_px)


def _rule(y: int, *, width_px: int = 2) -> BoolArray:
    return _mask([(0, y), (WIDTH - 1, y)], width_px=width_px)


def test_exactly_the_lines_own_ink_is_marked() -> None:
    line, stem = _rule(150), _mask([(200, 60), (200, 240)], width_px=12)
    np.testing.assert_array_equal(find_horizontal_lines(line), line)
    np.testing.assert_array_equal(find_horizontal_lines(line | stem), line & ~stem)


@pytest.mark.parametrize(
    ("x_from", "x_to", "is_line"),
    [
        (0, WIDTH - 1, True),
        (0, 330, True),  # one side, 83 % of the page
        (0, 270, False),  # one side, 68 %
        (20, WIDTH - 21, False),  # no side, 90 %
    ],
)
def test_reach_and_length_tell_a_line(x_from: int, x_to: int, is_line: bool) -> None:
    mask = _mask([(x_from, 150), (x_to, 150)], width_px=2)
    assert find_horizontal_lines(mask).any() == is_line


def test_a_thick_band_is_no_ruled_line() -> None:
    assert not find_horizontal_lines(_rule(150, width_px=16)).any()


def test_a_short_line_is_one_among_others_only() -> None:
    short = _mask([(0, 150), (150, 150)], width_px=2)
    others = _rule(40) | _rule(260)
    assert not find_horizontal_lines(short).any()
    assert find_horizontal_lines(short | others)[short].all()


def test_in_a_sliver_there_is_no_telling_a_line_from_a_dot() -> None:
    mask = np.zeros((100, MIN_WIDTH_PX), bool)
    mask[50] = True
    assert find_horizontal_lines(mask).any()
    assert not find_horizontal_lines(mask[:, 1:]).any()


@pytest.mark.parametrize("length_px", [1, 3, 4, 13])
def test_opening_upright_keeps_runs_of_a_length_where_they_are(length_px: int) -> None:
    """An even window must not shift what it keeps, and the border must not lengthen a run."""
    mask = np.random.default_rng(0).random((60, 50)) < 0.8
    expected = mask & (_run_lengths(mask) >= length_px)
    assert np.array_equal(_open_upright(mask.astype(np.uint8), length_px) > 0, expected)
