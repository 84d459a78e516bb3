"""The empty page under the ink: even, shaded, in shadow, almost covered."""

from __future__ import annotations

import numpy as np
import pytest

from digitscope.preprocessing.background_estimation import (
    BRUSH_STROKE,
    PEN_STROKE,
    estimate_background,
    estimate_background_between_strokes,
    keep_above_grain,
    page_sigma,
)
from digitscope.types import UInt8Array
from tests.unit.drawn import PAPER_RGB, SHEET_WH, grey_rgb, sheet, write

SEVEN = [(110, 60), (210, 60), (150, 190)]
TALL_STROKE = [(220, 60), (220, 180)]
WIDTH, HEIGHT = SHEET_WH


def _error(page: UInt8Array, truth: np.ndarray) -> np.ndarray:
    """How far the estimate is from the page, (H, W), the worst channel counting."""
    return np.abs(estimate_background(page) - truth).max(axis=2)


@pytest.mark.parametrize("size_wh", [(320, 240), (640, 480), (28, 28), (2, 2), (500, 3), (1, 90)])
def test_the_estimate_has_the_pictures_size(size_wh: tuple[int, int]) -> None:
    estimate = estimate_background(sheet(size_wh))
    assert estimate.shape == (size_wh[1], size_wh[0], 3)
    assert estimate.dtype == np.float32
    np.testing.assert_allclose(estimate, sheet(size_wh), atol=0.01)


def test_the_picture_is_not_written_to() -> None:
    page = write(sheet(), SEVEN)
    before = page.copy()
    estimate_background(page)
    np.testing.assert_array_equal(page, before)


@pytest.mark.parametrize(
    ("paper_rgb", "ink_rgb"),
    [(PAPER_RGB, (20, 20, 40)), ((20, 60, 30), (250, 250, 250)), ((255,) * 3, (200, 30, 30))],
    ids=["dark on light", "light on dark", "red pen"],
)
def test_a_stroke_leaves_no_trace_on_an_even_page(
    paper_rgb: tuple[int, int, int], ink_rgb: tuple[int, int, int]
) -> None:
    empty = sheet(paper_rgb=paper_rgb)
    assert _error(write(empty, SEVEN, ink_rgb=ink_rgb), empty).max() < 1


def test_a_linear_gradient_is_followed() -> None:
    shaded = grey_rgb(np.broadcast_to(np.linspace(150, 230, WIDTH), (HEIGHT, WIDTH)))
    error = _error(write(shaded, SEVEN), shaded)
    assert error[:, 40:-40].max() < 3
    assert error.max() < 10  # the blur has no page beyond the border


def test_a_gradient_stronger_than_the_ink_is_not_taken_for_ink() -> None:
    shaded = grey_rgb(np.broadcast_to(np.linspace(90, 230, WIDTH), (HEIGHT, WIDTH)))
    page = write(shaded, SEVEN, ink_rgb=(60, 60, 60))
    assert _error(page, shaded)[:, 40:-40].max() < 10


def _shadowed(share: float) -> UInt8Array:
    page = sheet().astype(np.float32)
    page[:, : WIDTH // 2] *= share
    return page.astype(np.uint8)


@pytest.mark.parametrize("share", [0.6, 0.75])
def test_a_hard_shadow_stays_near_its_edge(share: float) -> None:
    empty = _shadowed(share)
    error = _error(write(empty, TALL_STROKE), empty)
    step = PAPER_RGB[0] * (1 - share)
    far = np.abs(np.arange(WIDTH) - WIDTH // 2) > 45
    assert error[:, far].max() < 10
    assert error.max() < 0.7 * step  # even at the edge it is less than the shadow itself


def _covered_tile() -> UInt8Array:
    """28x28, light on black, 45 % of it ink: an 8 drawn with a brush, its border black."""
    tile = np.zeros((28, 28), np.uint8)
    tile[2:26, 5:23] = 255
    for top, bottom in ((6, 11), (17, 22)):
        tile[top:bottom, 10:18] = 0
    return tile


@pytest.mark.parametrize("dark_ink", [False, True])
def test_ink_that_covers_nearly_half_a_tile_is_not_the_page(dark_ink: bool) -> None:
    tile = _covered_tile()
    assert 0.44 < (tile > 0).mean() < 0.46
    page = grey_rgb(255 - tile if dark_ink else tile)
    assert _error(page, np.full_like(page, 255 if dark_ink else 0)).max() < 1


def test_beyond_the_most_that_a_digit_covers_the_larger_part_is_the_page() -> None:
    tile = np.zeros((28, 28), np.uint8)
    tile[1:27, 1:27] = 255  # 86 %
    assert np.median(estimate_background(grey_rgb(tile))) > 200


def test_a_stroke_up_to_the_border_leaves_a_page() -> None:
    page = write(sheet(), [(160, 0), (160, HEIGHT)], width_px=20)
    assert _error(page, sheet()).max() < 1


# --- Between strokes: edges of shadows stay sharp ------------------------------------------------


@pytest.mark.parametrize("dark_ink", [True, False])
def test_between_strokes_the_edge_of_a_shadow_stays_sharp(dark_ink: bool) -> None:
    empty = _shadowed(0.6)
    ink_rgb = (20, 20, 40) if dark_ink else (255, 255, 255)
    page = write(empty, SEVEN, width_px=6, ink_rgb=ink_rgb)  # its bar crosses the edge
    estimate = estimate_background_between_strokes(page, PEN_STROKE, is_ink_dark=dark_ink)
    assert (estimate.shape, estimate.dtype) == (page.shape, np.float32)
    far = np.abs(np.arange(WIDTH) - WIDTH // 2) > 4
    assert np.abs(estimate - empty)[:, far].max() < 3
    assert np.abs(estimate_background(page) - empty)[:, far].max() > 20


def test_between_strokes_the_widest_stroke_is_the_callers() -> None:
    page = write(sheet(), [(160, 40), (160, 200)], width_px=50)
    pen, brush = (
        estimate_background_between_strokes(page, widest, is_ink_dark=True)[120, 160]
        for widest in (PEN_STROKE, BRUSH_STROKE)
    )
    assert pen.max() < 60  # wider than a pen's stroke: taken for a shadow
    np.testing.assert_allclose(brush, PAPER_RGB, atol=1)


def test_between_strokes_grain_does_not_lift_the_estimate() -> None:
    grain = np.random.default_rng(0).normal(0, 6, (HEIGHT, WIDTH, 3))
    page = np.clip(sheet() + grain, 0, 255).astype(np.uint8)
    estimate = estimate_background_between_strokes(page, PEN_STROKE, is_ink_dark=True)
    np.testing.assert_allclose(np.median(page - estimate, axis=(0, 1)), 0, atol=1)


# --- What differs from the page ------------------------------------------------------------------


def test_the_papers_grain_is_not_kept() -> None:
    grain = np.random.default_rng(0).normal(0, 8, (200, 300, 1)).astype(np.float32)
    grain = np.repeat(grain, 3, axis=2)
    assert keep_above_grain(grain).mean() < 0.05
    calm = grain.copy()
    calm[:, :150] = 0  # half of the page is even: what is left is no grain
    assert keep_above_grain(calm)[:, 155:].mean() > 0.5


def test_one_channel_is_enough() -> None:
    difference = np.zeros((90, 90, 3), np.float32)
    difference[40:50, 40:50, 2] = -80  # blue alone: a yellow pen
    keep = keep_above_grain(difference)
    assert (keep.shape, keep.dtype) == ((90, 90), np.float32)
    assert (keep[40:50, 40:50] == 1).all() and (keep[:38] == 0).all()


# --- Grain ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("deviation", [0.5, 2.0, 8.0])
def test_the_grain_is_measured_even_where_ink_covers_half(deviation: float) -> None:
    grain = np.random.default_rng(0).normal(0, deviation, (300, 400, 1))
    difference = np.repeat(grain, 3, axis=2).astype(np.float32)
    difference[:, :200] -= 150
    calm = np.repeat(grain, 3, axis=2).astype(np.float32)
    assert page_sigma(calm) == pytest.approx(deviation, rel=0.05)
    assert deviation < page_sigma(difference) < 2.5 * deviation


def test_an_estimate_a_little_off_is_not_grain() -> None:
    grain = np.random.default_rng(0).normal(0, 3, (300, 400, 1))
    difference = np.repeat(grain, 3, axis=2).astype(np.float32)
    shifted = page_sigma(difference + np.float32(20))
    assert shifted == pytest.approx(page_sigma(difference), rel=0.01)


def test_an_even_page_has_no_grain() -> None:
    assert page_sigma(np.zeros((50, 60, 3), np.float32)) == 0


def test_a_picture_of_one_pixel_has_no_grain() -> None:
    assert page_sigma(np.full((1, 1, 3), 40, np.float32)) == 0
