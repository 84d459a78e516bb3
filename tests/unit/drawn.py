"""Sheets and strokes for the unit tests, drawn in code."""

from __future__ import annotations

import cv2
import numpy as np

from digitscope.types import BoolArray, UInt8Array

SHEET_WH = (320, 240)
PAPER_RGB = (230, 225, 215)
INK_RGB = (20, 20, 40)
Points = list[tuple[int, int]]  # (x, y), px


def sheet(
    size_wh: tuple[int, int] = SHEET_WH, paper_rgb: tuple[int, int, int] = PAPER_RGB
) -> UInt8Array:
    """An empty, even sheet: (H, W, 3) uint8."""
    return np.full((size_wh[1], size_wh[0], 3), paper_rgb, np.uint8)


def write(
    page: UInt8Array,
    *strokes: Points,
    width_px: int = 8,
    ink_rgb: tuple[int, int, int] = INK_RGB,
) -> UInt8Array:
    """The page with strokes on it, a copy."""
    written = page.copy()
    for points in strokes:
        cv2.polylines(
            written, [np.array(points, np.int32)], isClosed=False, color=ink_rgb, thickness=width_px
        )
    return written


def strokes_mask(
    *strokes: Points, size_wh: tuple[int, int] = SHEET_WH, width_px: int = 8
) -> BoolArray:
    """Strokes alone: (H, W) bool."""
    mask = np.zeros((size_wh[1], size_wh[0]), np.uint8)
    for points in strokes:
        cv2.polylines(
            mask, [np.array(points, np.int32)], isClosed=False, color=1, thickness=width_px
        )
    return mask > 0


def grey_rgb(grey: np.ndarray) -> UInt8Array:
    """A grey picture (H, W) as RGB (H, W, 3)."""
    return np.repeat(grey.astype(np.uint8)[..., None], 3, axis=2)
