"""Strokes redrawn at another width: the page around them stays black."""

from __future__ import annotations

import numpy as np
import pytest

from digitscope.preprocessing.resizing import _redraw


@pytest.mark.parametrize("change_px", [-2.0, -0.4, -0.1, 0.0, 0.1, 2.0])
def test_the_page_stays_black(change_px: float) -> None:
    """Also where a stroke is narrowed by less than half a pixel."""
    mask = np.zeros((40, 40), bool)
    mask[5:35, 15:25] = True
    redrawn = _redraw(mask, change_px)
    assert redrawn[0, 0] == 0 and redrawn[20, 5] == 0
    assert redrawn[20, 20] == 1
    assert (redrawn > 0.5).any(0).sum() == pytest.approx(10 + 2 * change_px, abs=1.01)
