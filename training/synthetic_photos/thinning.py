"""Shapes to lines of one pixel, connected as before.

Source: Rosenfeld, "A characterization of parallel thinning algorithms", Information and Control 29
(1975): border points that no connection depends on go, one side of the shape after the other.
"""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from digitscope.types import UInt8Array

OFFSETS_YX = ((-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1))
SIDES = (0, 4, 2, 6)  # bits of the neighbours above, below, right and left


def thin(shape: UInt8Array) -> UInt8Array:
    """Thin a shape to lines of one pixel, connected as before.

    Args:
        shape: (H, W) uint8, 0 or 1, its border 0.

    >>> strip = np.zeros((9, 20), np.uint8)
    >>> strip[2:7, 2:18] = 1
    >>> int(thin(strip).any(axis=0).sum() > 10), int(thin(strip).sum(axis=0).max())
    (1, 1)
    """
    weights, removable = _tables()
    lines = shape.copy()
    while True:
        before = int(lines.sum())
        for table in removable:
            code = cv2.filter2D(lines, cv2.CV_8U, weights, borderType=cv2.BORDER_CONSTANT)
            lines &= cv2.LUT(code, table)
        if int(lines.sum()) == before:
            return lines


@cache
def _tables() -> tuple[NDArray[np.float32], tuple[UInt8Array, ...]]:
    """Weights that make a number of eight neighbours, and for each side which numbers stay."""
    weights = np.zeros((3, 3), np.float32)
    for bit, (y, x) in enumerate(OFFSETS_YX):
        weights[y + 1, x + 1] = 1 << bit
    bits = (np.arange(256)[:, None] >> np.arange(8)) & 1  # (256, 8)
    empty = 1 - np.hstack([bits, bits[:, :2]])  # (256, 10), round once and two more
    crossings = sum(empty[:, k] * (1 - empty[:, k + 1] * empty[:, k + 2]) for k in range(0, 8, 2))
    inner = (crossings == 1) & (bits.sum(1) > 1)  # joins nothing and ends nothing
    return weights, tuple(
        np.where(inner & (bits[:, side] == 0), 0, 1).astype(np.uint8) for side in SIDES
    )
