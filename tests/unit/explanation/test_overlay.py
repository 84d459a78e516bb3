"""Pictures that explain: what is tinted, what is framed, which sign stands where."""

from __future__ import annotations

import numpy as np
import pytest

from digitscope.explanation.overlay import (
    AGAINST_RGB,
    CELL_PX,
    FOR_RGB,
    INK_RGB,
    SIGN_RGB,
    draw_detection,
    draw_explanation,
)
from digitscope.types import Detection, Explanation, UInt8Array


def _detection() -> Detection:
    mask = np.zeros((120, 160), bool)
    mask[40:80, 60:70] = True
    return Detection((60, 40, 70, 80), mask, confidence=1.0)


def _even(level: int = 200, size_hw: tuple[int, int] = (120, 160)) -> UInt8Array:
    return np.full((*size_hw, 3), level, np.uint8)


def _distance(rgb: np.ndarray, other: tuple[int, int, int]) -> float:
    return float(np.abs(rgb.astype(int) - other).max())


def _rows_and_columns(changed: np.ndarray) -> tuple[list[int], list[int]]:
    return (
        np.flatnonzero(changed.any(axis=1)).tolist(),
        np.flatnonzero(changed.any(axis=0)).tolist(),
    )


def test_ink_is_tinted_and_framed_and_the_rest_left_alone() -> None:
    picture, before = _even(), _even()
    drawn = draw_detection(_detection(), picture)
    np.testing.assert_array_equal(picture, before)
    assert drawn.shape == before.shape and drawn.dtype == np.uint8
    assert _distance(drawn[60, 65], INK_RGB) < 80
    rows, columns = _rows_and_columns((drawn != before).any(axis=2))
    assert 34 <= rows[0] < 40 and 80 <= rows[-1] < 86  # the frame is near, not on the ink
    assert 54 <= columns[0] < 60 and 70 <= columns[-1] < 76


@pytest.mark.parametrize("level", [0, 128, 255])
def test_the_frame_is_seen_on_any_picture(level: int) -> None:
    frame = draw_detection(_detection(), _even(level))[:40, 65].astype(int)  # its upper side
    assert np.abs(frame - level).max() > 100


@pytest.mark.parametrize("factor", [0.5, 3])
def test_the_picture_may_have_another_size(factor: float) -> None:
    size_hw = (round(120 * factor), round(160 * factor))
    drawn = draw_detection(_detection(), _even(200, size_hw))
    assert drawn.shape == (*size_hw, 3)
    assert _distance(drawn[round(60 * factor), round(65 * factor)], INK_RGB) < 80


def test_a_digit_that_fills_the_picture_still_has_its_frame_inside() -> None:
    full = Detection((0, 0, 50, 50), np.ones((50, 50), bool), confidence=1.0)
    drawn = draw_detection(full, _even(128, (50, 50))).astype(int)
    edges = [drawn[:4, 25], drawn[-4:, 25], drawn[25, :4], drawn[25, -4:]]
    assert all((edge.min(axis=1) > 200).any() for edge in edges)  # the white of the frame


def test_nothing_seen_leaves_the_picture_as_it_is() -> None:
    empty = Detection((0, 0, 1, 1), np.zeros((50, 50), bool), confidence=1.0)
    picture = _even(128, (50, 50))
    np.testing.assert_array_equal(draw_detection(empty, picture), picture)


# --- The tile ------------------------------------------------------------------------------------

ROW, COLUMN = 10, 14


def _cell(pixels: UInt8Array, heat: float) -> UInt8Array:
    """What is drawn for one pixel of a tile."""
    map_ = np.zeros((28, 28), np.float32)
    map_[ROW, COLUMN] = heat
    drawn = draw_explanation(pixels, Explanation(7, 1, map_))
    assert drawn.shape == (28 * CELL_PX, 28 * CELL_PX, 3) and drawn.dtype == np.uint8
    top, left = ROW * CELL_PX, COLUMN * CELL_PX
    return drawn[top : top + CELL_PX, left : left + CELL_PX]


INK, PAGE = np.full((28, 28), 255, np.uint8), np.zeros((28, 28), np.uint8)


@pytest.mark.parametrize(("heat", "colour"), [(5.0, FOR_RGB), (-5.0, AGAINST_RGB)])
def test_a_stroke_bears_the_colour_of_its_side(heat: float, colour: tuple[int, int, int]) -> None:
    assert tuple(_cell(INK, heat)[0, 0]) == colour


@pytest.mark.parametrize(("heat", "colour"), [(5.0, FOR_RGB), (-5.0, AGAINST_RGB)])
def test_a_gap_bears_it_in_its_sign_alone(heat: float, colour: tuple[int, int, int]) -> None:
    cell = _cell(PAGE, heat)
    assert tuple(cell[CELL_PX // 2, CELL_PX // 2]) == colour
    assert not cell[[0, -1]].any() and not cell[:, [0, -1]].any()


@pytest.mark.parametrize(("heat", "upright"), [(5.0, True), (-5.0, False)])
def test_for_and_against_differ_in_shape_too(heat: float, upright: bool) -> None:
    middle = CELL_PX // 2
    cell = _cell(INK, heat)
    assert tuple(cell[middle, middle - 2]) == SIGN_RGB
    assert (tuple(cell[middle - 2, middle]) == SIGN_RGB) is upright


def test_what_weighs_little_is_pale_and_has_no_sign() -> None:
    cell = _cell(INK, 0.1)
    assert (cell == cell[0, 0]).all()
    assert 0 < _distance(cell[0, 0], (102, 102, 102)) < 60  # near the dim stroke


def test_without_heat_the_tile_is_shown_dim() -> None:
    assert (_cell(INK, 0.0) == 102).all()
    assert not _cell(PAGE, 0.0).any()
