"""A drawing in MNIST's form."""

from __future__ import annotations

import numpy as np

from training.data.synthetic_strokes import draw_lines, to_tile


def test_tile_of_a_hand_made_drawing() -> None:
    ink = np.zeros((100, 100), np.uint8)
    ink[10:50, 20:28] = 255  # 40 high, 8 wide: 20 and 4 in the tile
    tile = to_tile(ink)
    expected = np.zeros((28, 28), np.uint8)
    expected[4:24, 12:16] = 255
    assert np.abs(tile.astype(int) - expected).max() <= 64  # half a pixel of blur at an edge
    assert tile.any(1).sum() == 20 and tile.any(0).sum() == 4


def test_a_line_is_as_wide_as_asked_for() -> None:
    drawn = draw_lines([np.array([[10.0, 20.0], [30.0, 20.0]])], width_px=5, canvas_px=40)
    assert drawn.shape == (40, 40) and drawn.dtype == np.uint8
    assert 5 <= (drawn[:, 20] > 127).sum() <= 7  # soft edges
