"""Strokes by any pen, in any style: always a tile in MNIST's form."""

from __future__ import annotations

import numpy as np
import pytest

from digitscope.preprocessing.resizing import measure_stroke
from training.data.pen_styles import (
    CANVAS_PX,
    LONGEST_PX,
    STYLES,
    Style,
    finish,
    fit,
    resample,
    vary_hand,
    write_tile,
)

STEM = np.array([[0.5, 0.0], [0.5, 0.5], [0.5, 1.0]])
BAR = np.array([[0.1, 0.1], [0.9, 0.1]])


@pytest.mark.parametrize("style", [style for style, _ in STYLES])
def test_each_style_draws_within_the_canvas(style: Style) -> None:
    rng = np.random.default_rng(0)
    for _ in range(20):
        drawn = style(vary_hand([STEM, BAR], rng), rng)
        assert drawn.shape == (CANVAS_PX, CANVAS_PX) and drawn.dtype == np.uint8
        assert drawn.any() and not drawn[[0, -1]].any() and not drawn[:, [0, -1]].any()


def test_a_tile_has_mnists_form() -> None:
    rng = np.random.default_rng(1)
    for _ in range(40):
        tile = write_tile([STEM, BAR], rng)
        rows, columns = np.flatnonzero(tile.any(1)), np.flatnonzero(tile.any(0))
        assert tile.shape == (28, 28) and tile.dtype == np.uint8
        assert 19 <= max(np.ptp(rows), np.ptp(columns)) + 1 <= 20
        assert not tile[0, 0]  # the page is black


def test_strokes_come_to_the_width_that_the_reader_makes_of_them() -> None:
    rng = np.random.default_rng(2)
    widths = [measure_stroke(write_tile([STEM, BAR], rng) > 127) for _ in range(60)]
    assert min(widths) > 1.2 and max(widths) < 8


def test_the_same_chance_writes_the_same() -> None:
    first, second = (write_tile([STEM, BAR], np.random.default_rng(3)) for _ in range(2))
    assert np.array_equal(first, second)


def test_fit_centres_and_scales() -> None:
    fitted = np.concatenate(fit([STEM, BAR], LONGEST_PX))
    assert np.allclose(fitted.min(0) + fitted.max(0), 0)
    assert np.isclose(np.ptp(fitted, axis=0).max(), LONGEST_PX)


def test_a_dot_is_no_reason_to_stop() -> None:
    rng = np.random.default_rng(4)
    assert write_tile([np.array([[3.0, 3.0]])], rng).shape == (28, 28)


def test_resampled_points_lie_at_even_distances() -> None:
    even = resample(np.array([[0.0, 0.0], [3.0, 0.0], [3.0, 1.0]]), 0.5)
    assert np.allclose(np.hypot(*np.diff(even, axis=0).T), 0.5)


def test_a_speck_leaves_an_empty_tile() -> None:
    drawn = np.zeros((CANVAS_PX, CANVAS_PX), np.uint8)
    drawn[100:104, 100:104] = 255
    assert not finish(drawn).any()
