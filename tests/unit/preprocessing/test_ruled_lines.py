"""Lines of ruled and squared paper go; strokes across them and a digit's own bars stay."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from digitscope.preprocessing.ruled_lines import SLOPES, likeliest_slope, remove_ruled_lines
from digitscope.types import BoolArray
from tests.unit.drawn import Points, strokes_mask

PAGE_WH = (400, 300)
WIDTH, HEIGHT = PAGE_WH
STEM = [(200, 60), (200, 240)]
BAR = [(100, 150), (300, 150)]
EVERY_LINE = range(30, 300, 60)
DIGITS = {
    "stem of a 1": [[(200, 40), (200, 260)]],
    "bar of a 7": [[(100, 60), (300, 60), (180, 260)]],
    "foot of a 2": [[(120, 80), (280, 80), (100, 240), (320, 240)]],
    "wide bar of a 5": [[(330, 50), (80, 50), (80, 140), (300, 160), (280, 260), (80, 260)]],
    "bar up to one side": [[(0, 60), (280, 60), (180, 260)]],
}


def _mask(*strokes: Points, width_px: int = 4) -> BoolArray:
    return strokes_mask(*strokes, size_wh=PAGE_WH, width_px=width_px)


def _rule(y: int, *, tilt_px: int = 0, width_px: int = 2) -> BoolArray:
    return _mask([(0, y - tilt_px), (WIDTH - 1, y + tilt_px)], width_px=width_px)


@pytest.mark.parametrize("width_px", [1, 2, 4])
def test_a_line_across_the_page_is_removed(width_px: int) -> None:
    mask, found = remove_ruled_lines(_rule(150, width_px=width_px))
    assert (mask.shape, mask.dtype, found) == ((HEIGHT, WIDTH), np.bool_, True)
    assert not mask.any()


@pytest.mark.parametrize("tilt_px", [0, 4, 8, 16])
def test_a_stroke_across_a_line_is_kept_whole(tilt_px: int) -> None:
    stem = _mask(STEM, width_px=12)
    kept, found = remove_ruled_lines(stem | _rule(150, tilt_px=tilt_px))
    assert found
    np.testing.assert_array_equal(kept, stem)


def test_a_vertical_line_goes_as_well() -> None:
    bar = _mask(BAR, width_px=12)
    line = _mask([(200, 0), (203, HEIGHT - 1)], width_px=2)
    kept, found = remove_ruled_lines(bar | line)
    assert found
    np.testing.assert_array_equal(kept, bar)


def test_squared_paper_is_emptied_and_a_slanting_stroke_stays_in_one_piece() -> None:
    grid = np.zeros((HEIGHT, WIDTH), bool)
    grid[list(EVERY_LINE)] = True
    grid[:, list(range(40, WIDTH, 60))] = True
    stroke = _mask([(250, 50), (150, 250)], width_px=10)
    kept, found = remove_ruled_lines(grid | stroke)
    assert found
    assert kept[stroke].mean() > 0.97
    assert (kept & ~stroke).sum() < 0.02 * grid.sum()


def test_every_line_of_a_ruled_page_goes() -> None:
    ruled = np.logical_or.reduce([_rule(y) for y in EVERY_LINE])
    assert not remove_ruled_lines(ruled)[0].any()


def test_a_line_bent_by_a_lens_is_removed() -> None:
    bent = [(x, round(150 + 8 * ((x - 200) / 200) ** 2)) for x in range(0, WIDTH, 10)]
    bent.append((WIDTH - 1, 158))
    kept, found = remove_ruled_lines(_mask(bent, width_px=2))
    assert found
    assert not kept.any()


@pytest.mark.parametrize("part", DIGITS)
def test_a_digits_own_bars_stay(part: str) -> None:
    digit = _mask(*DIGITS[part])
    kept, found = remove_ruled_lines(digit)
    assert not found
    np.testing.assert_array_equal(kept, digit)


def test_a_line_broken_by_the_scan_is_still_a_line() -> None:
    line = _rule(150)
    line[:, 60:70] = line[:, 300:315] = False  # 4 % of the page at most
    assert not remove_ruled_lines(line)[0].any()


def test_strokes_that_cross_a_line_do_not_make_it_thick() -> None:
    stems = np.logical_or.reduce([_mask([(x, 100), (x, 200)]) for x in range(20, WIDTH - 20, 16)])
    kept, found = remove_ruled_lines(stems | _rule(150))
    assert found
    assert (kept ^ stems).sum() < 0.01 * stems.sum()


def test_a_wavy_line_is_drawn_by_a_hand() -> None:
    wave = [(x, round(150 + 5 * np.sin(x / 45))) for x in range(0, WIDTH + 5, 5)]
    mask = _mask(wave, width_px=5)
    np.testing.assert_array_equal(remove_ruled_lines(mask)[0], mask)


def test_an_empty_mask_stays_empty() -> None:
    mask, found = remove_ruled_lines(np.zeros((HEIGHT, WIDTH), bool))
    assert (mask.any(), found) == (False, False)


def test_the_mask_is_not_written_to() -> None:
    mask = _rule(150)
    remove_ruled_lines(mask)
    assert mask[150].all()


@pytest.mark.parametrize("slope", [-0.22, -0.17, 0.17, 0.22])
def test_lines_that_run_askew_are_taken_away_when_asked(slope: float) -> None:
    digit, lines = (np.zeros((300, 400), np.uint8) for _ in range(2))
    cv2.polylines(
        digit, [np.array([(150, 80), (250, 80), (190, 220)])], isClosed=False, color=1, thickness=10
    )
    for start in range(-100, 400, 50):
        cv2.line(lines, (0, start), (399, round(start + 399 * slope)), 1, 2)
    mask = (digit | lines) > 0
    beside = (lines > 0) & ~(digit > 0)
    assert (remove_ruled_lines(mask)[0] & beside).sum() > 0.5 * beside.sum()
    left, found = remove_ruled_lines(mask, tilted=True)
    assert found
    assert (left & beside)[:, 60:-60].sum() < 0.15 * beside.sum()  # short ones stay in corners
    assert (left & (digit > 0)).sum() > 0.9 * digit.sum()


# --- Lines askew ---------------------------------------------------------------------------------


def _grid(slope: float, gap_px: int = 50) -> BoolArray:
    """Squared paper that is turned by a tangent."""
    lines = []
    for start in range(-200, 600, gap_px):
        lines.append([(0, start), (WIDTH - 1, round(start + slope * WIDTH))])
        lines.append([(start, 0), (round(start - slope * HEIGHT), HEIGHT - 1)])
    return _mask(*lines, width_px=2)


@pytest.mark.parametrize("slope", [-0.2, -0.05, 0.0, 0.13])
def test_the_slope_of_lines_is_measured(slope: float) -> None:
    assert likeliest_slope(_grid(slope)) == pytest.approx(slope, abs=0.011)


def test_of_no_ink_any_slope_will_do() -> None:
    assert likeliest_slope(np.zeros((HEIGHT, WIDTH), bool)) in SLOPES


@pytest.mark.parametrize("slope", [-0.2, -0.05, 0.04, 0.13])
def test_squared_paper_askew_is_emptied_by_a_thorough_attempt(slope: float) -> None:
    stroke = _mask([(260, 60), (180, 240)], width_px=12)
    kept, found = remove_ruled_lines(_grid(slope) | stroke, tilted=True)
    assert found
    assert kept[stroke].mean() > 0.95
    assert (kept & ~stroke).sum() < 0.03 * _grid(slope).sum()
