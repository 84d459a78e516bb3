"""Where a wide shape may be cut into digits.

Sizes are fractions of the row's height, unless stated otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from digitscope.numbers.rows import Row
from digitscope.numbers.shapes import Shape, tighten
from digitscope.preprocessing.resizing import measure_stroke
from digitscope.types import BoolArray, Float32Array

MIN_CUT_WIDTH = 0.72  # a narrower shape is one digit
MIN_PIECE = 0.13  # cuts lie at least this far apart, and from the ends
MAX_CUT_EXTENT = 0.8  # where the shape is taller than this, it is not cut
SLANTS = (-0.25, 0.0, 0.25)  # of a cut, added to the row's slant
SHARED_WALL = 1.8  # stroke widths: a cut through more ink runs along a shared wall
MAX_CUTS_PER_HEIGHT = 4  # maximum number of cuts per row height of width
MIN_CUT_HEIGHT = 0.3  # a lower shape cannot be touching digits


@dataclass(frozen=True, eq=False)
class Cut:
    """A straight line that may separate two digits.

    Attributes:
        x: column at mid-height of the shape, in its box.
        slant: columns per row, above 0 if its top leans to the right.
        extent: from the topmost to the lowest ink along it, as a fraction of the row's height.
        ink: length of ink that it crosses, as a fraction of the row's height.
        shared_px: up to this distance on each side, both digits get the ink, px: a shared wall.
    """

    x: float
    slant: float
    extent: float
    ink: float
    shared_px: float = 0.0


def find_cuts(shape: Shape, row: Row) -> list[Cut]:
    """Find where a wide shape may be cut, left to right.

    Cuts lie where the shape is least tall or has the least ink, along lines of several slants.
    """
    height = row.height
    if shape.width < MIN_CUT_WIDTH * height or shape.height < MIN_CUT_HEIGHT * height:
        return []
    stroke_px = measure_stroke(shape.mask)
    found = [
        cut for slant in SLANTS for cut in _cuts_along(shape, row.slant + slant, height, stroke_px)
    ]
    found.sort(key=_cost)
    chosen: list[Cut] = []
    limit = max(2, round(MAX_CUTS_PER_HEIGHT * shape.width / height))
    for cut in found:
        if all(abs(cut.x - other.x) >= MIN_PIECE * height for other in chosen):
            chosen.append(cut)
        if len(chosen) == limit:
            break
    return sorted(chosen, key=lambda cut: cut.x)


def cut_out(shape: Shape, left: Cut | None, right: Cut | None) -> Shape | None:
    """The ink of a shape between two cuts; None if there is none."""
    mask = shape.mask
    if left is not None:
        mask = mask & ~_left_of(shape, left, -left.shared_px)
    if right is not None:
        mask = mask & _left_of(shape, right, right.shared_px)
    return tighten(Shape(shape.box_xyxy, mask))


def _left_of(shape: Shape, cut: Cut, shift_px: float) -> BoolArray:
    """Mark what lies left of a cut that is moved right by `shift_px`: (h, w) bool."""
    height, width = shape.mask.shape
    edge = cut.x + shift_px - cut.slant * (np.arange(height) - height / 2)
    return np.asarray(np.arange(width)[None] < edge[:, None])


def _cost(cut: Cut) -> float:
    return cut.extent + cut.ink


def _cuts_along(shape: Shape, slant: float, height: float, stroke_px: float) -> list[Cut]:
    """Cuts of one slant, at the local minima of extent and ink."""
    extent, ink, first = profile(shape.mask, slant)
    shared = np.where(ink > SHARED_WALL * stroke_px, stroke_px / 2, 0.0)
    extent, ink = extent / height, ink / height
    radius = max(1, round(MIN_PIECE * height / 2))
    total = extent + ink
    minima = _local_minima(extent + 0.01 * ink, radius) | _local_minima(total, radius)
    minima &= extent < MAX_CUT_EXTENT
    margin = MIN_PIECE * height
    columns = np.flatnonzero(minima)
    return [
        Cut(
            float(column + first),
            slant,
            float(extent[column]),
            float(ink[column]),
            float(shared[column]),
        )
        for column in columns
        if margin <= column + first <= shape.width - margin
    ]


def profile(mask: BoolArray, slant: float) -> tuple[Float32Array, Float32Array, int]:
    """Extent and ink of a shape along slanted lines.

    Args:
        mask: (h, w) bool.
        slant: columns per row.

    Returns:
        Two (n,) float32, px: from the topmost to the lowest ink along each line, and the ink on it;
        and the column at mid-height of the first line.
    """
    height, width = mask.shape
    room = int(abs(slant) * height / 2) + 1
    matrix = np.array([[1, slant, room - slant * height / 2], [0, 1, 0]], np.float64)
    size_wh = (width + 2 * room, height)
    sheared = cv2.warpAffine(mask.view(np.uint8), matrix, size_wh, flags=cv2.INTER_NEAREST) > 0
    ink = sheared.sum(axis=0).astype(np.float32)
    top = sheared.argmax(axis=0)
    bottom = height - sheared[::-1].argmax(axis=0)
    extent = np.where(ink > 0, bottom - top, 0).astype(np.float32)
    return extent, ink, -room


def _local_minima(values: Float32Array, radius: int) -> BoolArray:
    """Mark the middle of each minimum within a radius, (n,) float32 to (n,) bool."""
    kernel = np.ones((1, 2 * radius + 1), np.uint8)
    lowest = cv2.erode(values[None].astype(np.float32), kernel)[0]
    flat = np.pad(values <= lowest, 1)
    changes = np.flatnonzero(flat[1:] != flat[:-1])
    marked = np.zeros(values.shape, bool)
    marked[(changes[::2] + changes[1::2] - 1) // 2] = True
    return marked
