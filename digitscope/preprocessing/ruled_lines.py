"""Part of step 6: taking the lines of ruled and squared paper away, strokes across them kept."""

from __future__ import annotations

import cv2
import numpy as np

from digitscope.types import BoolArray

SPAN_BOTH = 0.55  # a line that reaches both sides of the picture is seen on this share of it
SPAN_ONE = (
    0.75  # ... one that reaches only one side, on this: the bar or stem of a digit is shorter
)
LEAST_WIDTH_PX = 18  # in a sliver of a picture there is no telling a line from a dot
REACH_SHARE = 0.01  # a line this near to a side reaches it
STRAIGHT_SHARE = 0.002  # its pixels lie this near to a parabola (lenses bend), as a share of it
OPENING_SHARE = 0.12  # pieces of line at least this long are gathered into lines
THICKNESS_SHARE = 0.02  # a ruled line is thinner than this share of the picture
CROSSING_FACTOR = 1.9  # where the ink is this much thicker than the line, a stroke crosses it


def _long_pieces(mask: BoolArray) -> BoolArray:
    """Keep horizontal pieces of ink that are long; (H, W) bool to the same."""
    length = max(LEAST_WIDTH_PX // 2, round(OPENING_SHARE * mask.shape[1]))
    kernel = np.ones((1, length), np.uint8)
    thick = cv2.dilate(mask.astype(np.uint8), np.ones((3, 1), np.uint8))  # lines may tilt a little
    return (cv2.morphologyEx(thick, cv2.MORPH_OPEN, kernel) > 0) & mask


def _run_lengths(mask: BoolArray) -> np.ndarray:
    """Give each ink pixel the length of its vertical run; (H, W) bool to (H, W) int32."""
    height, width = mask.shape
    padded = np.zeros((height + 2, width), np.int8)
    padded[1:-1] = mask
    change = np.diff(padded, axis=0).T  # (W, H + 1): +1 where a run starts, -1 after it ends
    starts, ends = np.argwhere(change == 1), np.argwhere(change == -1)
    lengths = ends[:, 1] - starts[:, 1]
    runs = np.zeros((width, height), np.int32)
    if len(lengths):
        inside = mask.T
        runs[inside] = np.repeat(lengths, lengths)
    return runs.T


def _runs_across(piece: BoolArray) -> bool:
    """Whether a horizontal piece of ink is long enough to be the page's and not the digit's."""
    width = piece.shape[1]
    columns = np.flatnonzero(piece.any(axis=0))
    margin = max(1, REACH_SHARE * width)
    sides = int(columns[0] <= margin) + int(columns[-1] >= width - 1 - margin)
    least = (np.inf, SPAN_ONE, SPAN_BOTH)[sides] * width
    return bool(columns.size >= least)


def _is_straight(piece: BoolArray) -> bool:
    """Whether a horizontal piece of ink is as straight as print; no hand draws so."""
    columns = np.flatnonzero(piece.any(axis=0))
    rows = np.arange(piece.shape[0]) @ piece[:, columns] / piece[:, columns].sum(axis=0)
    fitted = np.polyval(np.polyfit(columns, rows, 2), columns)
    return bool(np.median(np.abs(rows - fitted)) <= max(0.5, STRAIGHT_SHARE * columns.size))


def _thickness(piece: BoolArray, runs: np.ndarray) -> float:
    """Measure how thick a horizontal piece is, px, strokes that it crosses not counted."""
    thinnest = np.where(piece, runs, np.iinfo(np.int32).max).min(axis=0)  # (W,), of each column
    return float(np.median(thinnest[piece.any(axis=0)]))


def find_horizontal_lines(mask: BoolArray) -> BoolArray:
    """Mark the ink that belongs to horizontal ruled lines and to nothing else.

    Args:
        mask: (H, W) bool, True on ink.

    Returns:
        (H, W) bool.
    """
    width = mask.shape[1]
    if width < LEAST_WIDTH_PX:
        return np.zeros_like(mask)
    pieces = _long_pieces(mask)
    if not pieces.any():
        return pieces
    joined = cv2.dilate(pieces.astype(np.uint8), np.ones((3, max(3, width // 20)), np.uint8))
    count, labels = cv2.connectedComponents(joined)
    runs = _run_lengths(mask)
    lines = np.zeros_like(mask)
    for label in range(1, count):
        here = (labels == label) & pieces  # never empty: joined is pieces, dilated
        thickness = _thickness(here, runs)
        if not (_runs_across(here) and _is_straight(here)) or thickness > max(
            3.0, THICKNESS_SHARE * max(mask.shape)
        ):
            continue
        near = cv2.dilate(here.astype(np.uint8), np.ones((3, 5), np.uint8)) > 0
        lines |= near & mask & (runs <= max(2.0, CROSSING_FACTOR * thickness))
    return lines


def remove_ruled_lines(mask: BoolArray) -> tuple[BoolArray, bool]:
    """Take horizontal and vertical ruled lines out of an ink mask.

    Args:
        mask: (H, W) bool, True on ink.

    Returns:
        The mask without lines, and whether any were found.
    """
    lines = find_horizontal_lines(mask) | find_horizontal_lines(mask.T).T
    return mask & ~lines, bool(lines.any())
