"""Part of step 6: taking the lines of ruled and squared paper away, strokes across them kept."""

from __future__ import annotations

import numpy as np

from digitscope.preprocessing.horizontal_lines import find_horizontal_lines
from digitscope.types import BoolArray

SLOPES = np.linspace(-0.3, 0.3, 61)  # tangents of lines askew: to 17 degrees, in half degrees
SLOPES_TRIED = 3  # seen at an angle, lines do not all rise alike: those left rise otherwise
PROFILED_COLUMNS = 200  # enough to tell the slope by


def find_tilted_lines(mask: BoolArray, slope: float) -> BoolArray:
    """Mark ruled lines that rise by `slope`: the columns are shifted until they lie level.

    Args:
        mask: (H, W) bool, True on ink.
        slope: rows a column, downwards.

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
    """Find the slope at which an ink mask's rows are most uneven: that of its lines, if any.

    Args:
        mask: (H, W) bool, True on ink.

    Returns:
        One of SLOPES, rows a column, downwards.

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
    """Remove ruled lines that run askew, by one slope after the other."""
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
        tilted: remove lines that run well askew, too.

    Returns:
        The mask without lines, and whether any were found.
    """
    left = mask
    for _ in range(2):  # the second time the picture lies on its side
        left = left & ~find_horizontal_lines(left)
        left = np.ascontiguousarray((_remove_tilted_lines(left) if tilted else left).T)
    return left, not np.array_equal(mask, left)
