"""Part of step 6: remove the lines of ruled and squared paper, keep the strokes across them."""

from __future__ import annotations

import numpy as np

from digitscope.preprocessing.horizontal_lines import find_horizontal_lines
from digitscope.types import BoolArray

SLOPES = np.linspace(-0.3, 0.3, 61)  # tangents of tilted lines: up to 17 degrees, in half degrees
SLOPES_TRIED = 3  # in perspective, lines have different slopes: one slope per pass
PROFILED_COLUMNS = 200  # enough to find the slope


def find_tilted_lines(mask: BoolArray, slope: float) -> BoolArray:
    """Mark ruled lines of one slope: the columns are shifted until the lines are level.

    Args:
        mask: (H, W) bool, True on ink.
        slope: rows per column, positive downwards.

    Returns:
        (H, W) bool.
    """
    height, width = mask.shape
    room = round(abs(slope) * width) + 1
    shifts = np.rint(slope * np.arange(width)).astype(int)
    rows = np.arange(height)[:, None] - shifts + room  # (H, W): where each pixel goes
    sheared = np.zeros((height + 2 * room, width), bool)
    sheared[rows, np.arange(width)] = mask
    return np.asarray(find_horizontal_lines(sheared)[rows, np.arange(width)])


def likeliest_slope(mask: BoolArray) -> float:
    """Find the slope at which the ink per row is most uneven: that of the lines, if any.

    Args:
        mask: (H, W) bool, True on ink.

    Returns:
        One of SLOPES, rows per column, positive downwards.

    Source: projection profiles, Postl, "Detection of linear oblique structures and skew scan in
        digitized documents", ICPR 1986.
    """
    step = max(1, mask.shape[1] // PROFILED_COLUMNS)
    columns, rows = np.nonzero(mask[:, ::step].T)
    room = int(SLOPES[-1] * mask.shape[1]) + 1
    levels = [np.rint(rows - slope * step * columns).astype(np.int64) + room for slope in SLOPES]
    unevenness = [int((np.bincount(level) ** 2).sum()) for level in levels]
    return float(SLOPES[int(np.argmax(unevenness))])


def _remove_tilted_lines(mask: BoolArray) -> BoolArray:
    """Remove tilted ruled lines, one slope after the other."""
    for _ in range(SLOPES_TRIED):
        lines = find_tilted_lines(mask, likeliest_slope(mask))
        if not lines.any():
            break
        mask = mask & ~lines
    return mask


def remove_ruled_lines(mask: BoolArray, *, tilted: bool = False) -> tuple[BoolArray, bool]:
    """Remove horizontal and vertical ruled lines from an ink mask.

    Args:
        mask: (H, W) bool, True on ink.
        tilted: also remove clearly tilted lines.

    Returns:
        The mask without lines, and whether any were found.
    """
    left = mask
    for _ in range(2):  # the second time on the transposed mask
        left = left & ~find_horizontal_lines(left)
        left = np.ascontiguousarray((_remove_tilted_lines(left) if tilted else left).T)
    return left, not np.array_equal(mask, left)
