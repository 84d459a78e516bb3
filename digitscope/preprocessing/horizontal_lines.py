"""Part of step 6: find horizontal ruled lines in an ink mask, without the strokes across them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from digitscope.preprocessing.connected_components import label_components
from digitscope.types import BoolArray, UInt8Array

IntArray: TypeAlias = NDArray[np.int32]
Float64Array: TypeAlias = NDArray[np.float64]

# Minimum length, as a fraction of the picture's width, of a line that reaches 0, 1 or 2 sides.
SPANS = (np.inf, 0.75, 0.55)  # the bar or stem of a digit is shorter
SPANS_AMONG_LINES = (np.inf, 0.3, 0.4)  # ... once enough other lines have been found
LINES_ALIKE = 2  # this many are enough
MIN_WIDTH_PX = 18  # in a narrower picture a line cannot be told from a dot
REACH_FRACTION = 0.02  # a line that ends this near to a side reaches it
STRAIGHT_FRACTION = 0.002  # median distance from a parabola (lenses bend), per px of length
SPAN_OF_A_BEND = 0.7  # of the picture's width: a shorter piece is fitted by a straight line
OPENING_FRACTION = 0.12  # pieces at least this fraction of the width are joined to lines
JOIN_ROWS_PX, JOIN_FRACTION = 7, 0.5  # pieces this near, in rows and along the line, are one line
JOIN_STEP_PX = 8  # columns are joined in groups of this size: along a line, precision is not needed
THICKNESS_FRACTION = 0.02  # a ruled line is thinner than this fraction of the longest side
SLAB_MARGIN = 4  # in maximum thicknesses: rows around a piece in which the line is followed
CROSSING_FACTOR = 1.9  # where the ink is this much thicker than the line, a stroke crosses it


def _most_px(mask: BoolArray) -> float:
    """Maximum thickness of a ruled line, px."""
    return max(3.0, THICKNESS_FRACTION * max(mask.shape))


def _open_upright(ink: UInt8Array, length_px: int) -> UInt8Array:
    """Keep the ink of vertical runs of at least this length; (H, W) uint8 0 or 1 to the same."""
    line = np.ones((length_px, 1), np.uint8)
    padded = cv2.copyMakeBorder(ink, length_px, length_px, 0, 0, cv2.BORDER_CONSTANT)
    fits = cv2.erode(padded, line, anchor=(0, 0))
    opened = cv2.dilate(fits, line, anchor=(0, length_px - 1))  # opposite anchor: undoes the shift
    return opened[length_px:-length_px].astype(np.uint8, copy=False)


def _thin_ink(mask: BoolArray) -> BoolArray:
    """Keep the ink of vertical runs that are no longer than a ruled line is thick."""
    ink = mask.view(np.uint8)
    return (ink & ~_open_upright(ink, int(_most_px(mask)) + 1)) > 0


def _long_pieces(mask: BoolArray) -> BoolArray:
    """Keep long horizontal pieces of thin ink, also if strokes cross them.

    Args:
        mask: (H, W) bool, thin ink.

    Returns:
        (H, W) bool.
    """
    most = _most_px(mask)
    thick = cv2.dilate(mask.view(np.uint8), np.ones((3, 1), np.uint8))  # lines may tilt a little
    bridged = cv2.morphologyEx(thick, cv2.MORPH_CLOSE, np.ones((1, round(2 * most)), np.uint8))
    length = max(MIN_WIDTH_PX // 2, round(OPENING_FRACTION * mask.shape[1]))
    opened = cv2.morphologyEx(bridged, cv2.MORPH_OPEN, np.ones((1, length), np.uint8))
    return (opened > 0) & mask


def _run_lengths(mask: BoolArray) -> IntArray:
    """Give each ink pixel the length of its vertical run; (H, W) bool to (H, W) int32."""
    columns = np.ascontiguousarray(mask.T)  # (W, H)
    padded = np.pad(columns, ((0, 0), (1, 1)))
    changes = np.flatnonzero(padded[:, 1:] != padded[:, :-1])  # start and end of each run in turn
    lengths = changes[1::2] - changes[::2]
    runs = np.zeros(columns.shape, np.int32)
    runs[columns] = np.repeat(lengths, lengths)
    return np.ascontiguousarray(runs.T)


def _runs_across(piece: BoolArray, spans: Sequence[float]) -> bool:
    """Whether a piece of ink is long enough to belong to the page and not to the digit."""
    width = piece.shape[1]
    columns = np.flatnonzero(piece.any(axis=0))
    if not columns.size:
        return False
    margin = max(1, REACH_FRACTION * width)
    sides = int(columns[0] <= margin) + int(columns[-1] >= width - 1 - margin)
    return bool(columns.size >= spans[sides] * width)


def _thickness(piece: BoolArray, runs: IntArray) -> float:
    """Measure the thickness of a horizontal piece, px, without the strokes that cross it."""
    thinnest = np.where(piece, runs, np.iinfo(np.int32).max).min(axis=0)  # (W,), for each column
    return float(np.median(thinnest[piece.any(axis=0)]))


def _fit_course(thin: BoolArray) -> Float64Array | None:
    """Fit a curve to a horizontal piece that is as straight as print.

    It is a parabola, because lenses bend lines; for a short piece it is a straight line.

    Args:
        thin: (H, W) bool, the piece without the strokes that cross it.

    Returns:
        (W,) float64, its row in each column; None if it is not straight enough or too short.
    """
    columns = np.flatnonzero(thin.any(axis=0))
    if columns.size < MIN_WIDTH_PX:
        return None
    rows = np.arange(thin.shape[0]) @ thin[:, columns] / thin[:, columns].sum(axis=0)
    degree = 2 if columns[-1] - columns[0] >= SPAN_OF_A_BEND * thin.shape[1] else 1
    curve = np.polyfit(columns, rows, degree)
    astray = np.median(np.abs(rows - np.polyval(curve, columns)))
    is_straight = astray <= max(0.5, STRAIGHT_FRACTION * columns.size)
    course = np.asarray(np.polyval(curve, np.arange(thin.shape[1])), np.float64)
    return course if is_straight else None


@dataclass(frozen=True, eq=False)
class _Piece:
    """A horizontal piece of thin ink that may be a ruled line, in the rows around it.

    Attributes:
        rows: of the picture.
        own: (h, W) bool, the piece.
        mask: (h, W) bool, all ink.
        runs: (h, W) int32, the length of each ink pixel's vertical run.
    """

    rows: slice
    own: BoolArray
    mask: BoolArray
    runs: IntArray


def _join_pieces(pieces: BoolArray, mask: BoolArray, runs: IntArray) -> list[_Piece]:
    """Join the pieces of ink that lie on one line."""
    height, width = mask.shape
    coarse = np.logical_or.reduceat(pieces, np.arange(0, width, JOIN_STEP_PX), axis=1)
    reach = np.ones((JOIN_ROWS_PX, max(3, round(JOIN_FRACTION * coarse.shape[1]))), np.uint8)
    joined = cv2.dilate(coarse.astype(np.uint8), reach)
    labels, stats = label_components(joined > 0)
    margin = round(SLAB_MARGIN * _most_px(mask))
    gathered = []
    for label in range(1, len(stats)):
        top, tall = int(stats[label, cv2.CC_STAT_TOP]), int(stats[label, cv2.CC_STAT_HEIGHT])
        rows = slice(max(0, top - margin), min(height, top + tall + margin))
        nearby = np.repeat(labels[rows] == label, JOIN_STEP_PX, axis=1)[:, :width]
        own = nearby & pieces[rows]
        gathered.append(_Piece(rows, own, mask[rows], runs[rows]))
    return gathered


def _mark_line(piece: _Piece, spans: Sequence[float], most_px: float) -> BoolArray | None:
    """Mark the ink of one ruled line, without crossing strokes; None if it is not a line.

    Args:
        piece: what may be the line, or a part of it.
        spans: minimum fractions of the width, by the number of sides that it reaches.
        most_px: how thick a line may be.

    Returns:
        (h, W) bool, in the rows of the piece, or None.
    """
    thickness = _thickness(piece.own, piece.runs)
    if not _runs_across(piece.own, spans) or thickness > most_px:
        return None
    thin = piece.mask & (piece.runs <= max(2.0, CROSSING_FACTOR * thickness))
    course = _fit_course(piece.own & thin)
    if course is None:
        return None
    rows = np.arange(len(thin))[:, None]
    whole = thin & (np.abs(rows - course) <= 2 * thickness + 1)  # also beyond the piece
    course = _fit_course(whole)
    return None if course is None else whole & (np.abs(rows - course) <= thickness + 1)


def find_horizontal_lines(mask: BoolArray) -> BoolArray:
    """Mark the ink that belongs only to horizontal ruled lines.

    Args:
        mask: (H, W) bool, True on ink.

    Returns:
        (H, W) bool.
    """
    lines = np.zeros_like(mask)
    if mask.shape[1] < MIN_WIDTH_PX:
        return lines
    thin, most_px = _thin_ink(mask), _most_px(mask)
    if not _runs_across(thin, SPANS):  # then no part of it does
        return lines
    pieces = _long_pieces(thin)
    if not _runs_across(pieces, SPANS):
        return lines
    joined = _join_pieces(pieces, mask, _run_lengths(mask))
    found = [_mark_line(piece, SPANS, most_px) for piece in joined]
    if sum(line is not None for line in found) >= LINES_ALIKE:
        found = [
            _mark_line(piece, SPANS_AMONG_LINES, most_px) if line is None else line
            for piece, line in zip(joined, found, strict=True)
        ]
    for piece, line in zip(joined, found, strict=True):
        if line is not None:
            lines[piece.rows] |= line
    return lines
