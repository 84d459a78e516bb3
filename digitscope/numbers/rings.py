"""Closed or nearly closed loops of cut shapes as candidates: they separate touching zeros."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np

from digitscope.numbers.rows import Row
from digitscope.numbers.segmentation import (
    Candidate,
    Primitive,
    group_by_source,
    may_be_digit,
)
from digitscope.numbers.shapes import Shape, tighten
from digitscope.preprocessing.connected_components import label_components
from digitscope.preprocessing.resizing import measure_stroke
from digitscope.types import BoolArray, UInt8Array

RING_STROKES = 0.95  # stroke widths; a ring's ink is this near to its hole, other ink is not
MAX_GAP = 2.5  # stroke widths; a loop with a gap this wide is a loop, too
MIN_HOLE, MIN_HOLE_AREA = 0.28, 0.04  # height and area of a zero's hole, in row heights


def find_rings(primitives: list[Primitive], row: Row) -> list[Candidate]:
    """List the loops of cut shapes.

    A ring is the ink within about a stroke's width of a hole, whichever digit it belongs to.
    Primitives between two rings are tried with both rings and with the nearer one only.
    """
    rings: list[Candidate] = []
    for shape, own in zip(row.shapes, group_by_source(primitives), strict=True):
        if len(own) > 1:
            rings += _rings_of(_ring_shapes(shape, row.height), own, primitives)
    return [ring for ring in rings if may_be_digit(ring, row)]


def _rings_of(
    rings: list[Shape], own: list[int], primitives: list[Primitive]
) -> Iterator[Candidate]:
    """The rings of one shape as candidates over the primitives whose middle they cover."""
    for ring in rings:
        covered = [n for n in own if _covers(ring, primitives[n])]
        nearer = [n for n in covered if _nearest(rings, primitives[n]) is ring]
        spans = {(part[0], part[-1]) for part in (covered, nearer) if part}
        yield from (_ring_candidate(ring, primitives, *span) for span in sorted(spans))


def _covers(ring: Shape, primitive: Primitive) -> bool:
    left, _, right, _ = ring.box_xyxy
    return left <= primitive.shape.centre_x <= right


def _nearest(rings: list[Shape], primitive: Primitive) -> Shape:
    """Of the rings that cover a primitive, the one whose middle is nearest to it."""
    covering = [one for one in rings if _covers(one, primitive)]
    return min(covering, key=lambda one: abs(one.centre_x - primitive.shape.centre_x))


def _ring_shapes(shape: Shape, height: float) -> list[Shape]:
    """The ink around each large hole of a shape, and around each loop that is nearly closed."""
    stroke_px = measure_stroke(shape.mask)
    reach = max(1, round(RING_STROKES * stroke_px))
    holes = list(_holes(shape.mask, 1, height))
    taken = np.any(holes, axis=0) if holes else np.zeros(shape.mask.shape, bool)
    nearly = _holes(shape.mask, round(MAX_GAP * stroke_px), height)
    holes += [hole for hole in nearly if not (hole & taken).any()]
    rings = [_ink_around(hole, reach, shape) for hole in holes]
    return [ring for ring in rings if ring is not None]


def _holes(mask: BoolArray, gap_px: int, height: float) -> Iterator[BoolArray]:
    """The large holes of a mask after its gaps are closed, each as (h, w) bool."""
    room = gap_px + 1
    ink = np.pad(mask.view(np.uint8), room)
    closed = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, _disc(gap_px)) > 0
    labels, stats = label_components(~closed, connectivity=4)
    for label in range(1, len(stats)):
        tall, area = stats[label, cv2.CC_STAT_HEIGHT], stats[label, cv2.CC_STAT_AREA]
        is_large = tall >= MIN_HOLE * height and area >= MIN_HOLE_AREA * height**2
        if is_large and label != labels[0, 0]:
            yield labels[room:-room, room:-room] == label


def _ink_around(hole: BoolArray, reach_px: int, shape: Shape) -> Shape | None:
    """The ink of a shape that lies within some pixels of a hole."""
    near = cv2.dilate(hole.astype(np.uint8), _disc(2 * reach_px + 1)) > 0
    return tighten(Shape(shape.box_xyxy, near & shape.mask))


def _disc(width_px: int) -> UInt8Array:
    return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (width_px, width_px)).astype(np.uint8)


def _ring_candidate(ring: Shape, primitives: list[Primitive], first: int, last: int) -> Candidate:
    left, right = primitives[first].left, primitives[last].right
    return Candidate(first, last + 1, ring, left, right, 0.0, 1, is_ring=True)
