"""The empty page under the ink: even, shaded, in shadow, almost covered."""

from __future__ import annotations

import numpy as np
import pytest

from digitscope.preprocessing.background_estimation import estimate_background
from digitscope.types import UInt8Array
from tests.unit.drawn import PAPER_RGB, SHEET_WH, grey_rgb, sheet, write

SEVEN = [(110, 60), (210, 60), (150, 190)]
TALL_STROKE = [(220, 60), (220, 180)]
WIDTH, HEIGHT = SHEET_WH


def _error(page: UInt8Array, truth: np.ndarray) -> np.ndarray:
    """How far the estimate is from the page, (H, W), the worst channel counting."""
    return np.abs(estimate_background(page) - truth).max(axis=2)


@pytest.mark.parametrize("size_wh", [(320, 240), (640, 480), (28, 28), (2, 2), (500, 3), (1, 90)])
def test_the_ground_has_the_pictures_size(size_wh: tuple[int, int]) -> None:
    ground = estimate_background(sheet(size_wh))
    assert ground.shape == (size_wh[1], size_wh[0], 3)
    assert ground.dtype == np.float32
    np.testing.assert_allclose(ground, sheet(size_wh), atol=0.01)


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
