"""Closed loops of cut shapes as candidates: zeros that touch are parted so."""

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

RING_STROKES = 1.5  # strokes; a ring's ink lies this near to its hole
MIN_HOLE, MIN_HOLE_AREA = 0.35, 0.06  # height and area of the hole of a touching zero


def find_rings(primitives: list[Primitive], row: Row) -> list[Candidate]:
    """List the closed loops of cut shapes.

    A ring is what lies within a stroke's width of a hole, whichever digit the ink belongs to. Of
    the primitives between two rings, each is offered to both and to the nearer one alone.
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
    """The ink around each large hole of a shape."""
    labels, stats = label_components(np.pad(~shape.mask, 1, constant_values=True), connectivity=4)
    stroke_px = measure_stroke(shape.mask)
    reach = 2 * max(1, round(RING_STROKES * stroke_px)) + 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
    rings = []
    for label in range(1, len(stats)):
        tall, area = stats[label, cv2.CC_STAT_HEIGHT], stats[label, cv2.CC_STAT_AREA]
        if label == labels[0, 0] or tall < MIN_HOLE * height or area < MIN_HOLE_AREA * height**2:
            continue
        near = cv2.dilate((labels == label).astype(np.uint8), disc)[1:-1, 1:-1] > 0
        ring = tighten(Shape(shape.box_xyxy, near & shape.mask))
        rings += [] if ring is None else [ring]
    return rings


def _ring_candidate(ring: Shape, primitives: list[Primitive], first: int, last: int) -> Candidate:
    left, right = primitives[first].left, primitives[last].right
    return Candidate(first, last + 1, ring, left, right, 0.0, 1, is_ring=True)
