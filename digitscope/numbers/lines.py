"""Remove the lines under digits from shapes that reach the edge of the picture.

The earlier removal of ruled lines misses a line that is thick relative to the picture, as in small
pictures that were enlarged. Here a line may be as thick as a stroke, but it must be straight, long
relative to the digits' height, and reach the picture's edge.
"""

from __future__ import annotations

import cv2
import numpy as np

from digitscope.numbers.shapes import Shape, find_shapes, tighten
from digitscope.types import BoolArray

LONG = 1.4  # in half heights of the shape: no stroke is as long, level and straight
WIDE = 2.0  # in half heights of the shape: a narrower shape contains no line
SLOPES = np.linspace(-0.12, 0.12, 9)
CROSSING = 1.6  # where the ink is this much thicker than the line, a stroke crosses it


def free_from_lines(shape: Shape, size_hw: tuple[int, int]) -> list[Shape]:
    """Remove a long line from a shape that reaches the left or the right edge.

    Args:
        shape: some connected ink.
        size_hw: height and width of the picture, px.

    Returns:
        The remaining shapes; the shape itself if it has no such line.
    """
    left, _, right, _ = shape.box_xyxy
    reaches_edge = left <= 1 or right >= size_hw[1] - 1
    if not reaches_edge or shape.width < WIDE * shape.height / 2:
        return [shape]
    line = find_line(shape.mask, max(3, round(LONG * shape.height / 2)))
    if not line.any():
        return [shape]
    freed = tighten(Shape(shape.box_xyxy, shape.mask & ~line))
    return [] if freed is None else _split(freed)


def find_line(mask: BoolArray, length_px: int) -> BoolArray:
    """Mark the ink of straight lines of a minimum length, without the strokes across them.

    Args:
        mask: (h, w) bool.
        length_px: minimum length along the line.

    Returns:
        (h, w) bool.
    """
    ink = mask.view(np.uint8)
    along = np.zeros_like(ink)
    for slope in SLOPES:
        opened = cv2.morphologyEx(ink, cv2.MORPH_OPEN, _line_kernel(length_px, slope))
        along |= opened.astype(np.uint8)
    thickness = along.sum(axis=0)
    if not thickness.any():
        return np.zeros_like(mask)
    usual = float(np.median(thickness[thickness > 0]))
    near = cv2.dilate(along, np.ones((3, 1), np.uint8)) > 0
    runs = cv2.morphologyEx(
        ink, cv2.MORPH_OPEN, np.ones((round(CROSSING * usual) + 1, 1), np.uint8)
    )
    return near & mask & (runs == 0)


def _line_kernel(length_px: int, slope: float) -> np.ndarray:
    """A straight line, one pixel thick, (h, length) uint8."""
    rows = np.rint(slope * (np.arange(length_px) - length_px / 2)).astype(int)
    kernel = np.zeros((int(rows.max() - rows.min()) + 1, length_px), np.uint8)
    kernel[rows - rows.min(), np.arange(length_px)] = 1
    return kernel


def _split(shape: Shape) -> list[Shape]:
    """The connected components of a shape, in the picture's pixels."""
    x, y = shape.box_xyxy[:2]
    return [
        Shape((x + left, y + top, x + right, y + bottom), part.mask)
        for part in find_shapes(shape.mask)
        for left, top, right, bottom in [part.box_xyxy]
    ]
