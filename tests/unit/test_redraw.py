"""Strokes redrawn at another width: the page around them stays black."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from digitscope.preprocessing.resizing import GLYPH_PX, correct_stroke_width


@pytest.mark.parametrize("radius_px", [8, 10, 12, 16])
@pytest.mark.parametrize("pen_px", range(10, 18))
def test_a_small_loop_leaves_no_grey_page(radius_px: int, pen_px: int) -> None:
    """A loop that would fill is redrawn a little narrower, by less than a pixel."""
    canvas = np.zeros((GLYPH_PX, GLYPH_PX), np.uint8)
    cv2.line(canvas, (80, 10), (80, 150), 255, pen_px)
    cv2.circle(canvas, (80, 40), radius_px + pen_px // 2, 255, pen_px)
    glyph = correct_stroke_width(np.float32(canvas) / 255, canvas > 0, GLYPH_PX - 20)
    assert glyph.ink[0, 0] == 0 and glyph.ink[-1, -1] == 0
