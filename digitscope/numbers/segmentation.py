"""Over-segmentation: a row's shapes, the places where they may be cut, and every candidate digit.

A row becomes a string of primitives: whole shapes, and the pieces of shapes that may be several
digits. A candidate is a stretch of neighbouring primitives that may be one digit.

Sizes are fractions of the row's height, unless something else is said.

Source: the over-segmentation and search of Fujisawa, Nakano and Kurino, "Segmentation methods for
    character recognition", Proceedings of the IEEE 80 (1992).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np

from digitscope.numbers.rows import Row
from digitscope.numbers.shapes import Shape, join_shapes, tighten
from digitscope.preprocessing.resizing import measure_stroke
from digitscope.types import BoolArray, Float32Array

MIN_CUT_WIDTH = 0.72  # a narrower shape is one digit
MIN_PIECE = 0.13  # cuts lie at least this far apart, and from the ends
MAX_CUT_EXTENT = 0.8  # where the shape is taller than this, it is not cut
SLANTS = (-0.25, 0.0, 0.25)  # of a cut, added to the row's own
SHARED_WALL = 1.8  # strokes: where a cut crosses more ink, it runs along a wall
CUTS_A_HEIGHT = 4  # at most so many cuts a stretch as long as the row is high
MAX_PRIMITIVES = 6  # of a candidate
MAX_WIDTH = 1.35  # of a candidate of several primitives
MAX_JOIN_GAP = 0.25  # between the shapes of a candidate
MIN_HEIGHT, MAX_HEIGHT = 0.3, 2.2  # of a candidate
MAX_ASPECT = 2.0  # width of a candidate divided by its height
TINY = 0.12  # a shape this small never joins anything: a speck


@dataclass(frozen=True, eq=False)
class Cut:
    """A straight line that may part two digits.

    Attributes:
        x: column at mid-height of the shape, in its box.
        slant: columns a row, above 0 where its top leans to the right.
        extent: from the topmost to the lowest ink along it, as a fraction of the row's height.
        ink: ink that it crosses, the same.
        shared_px: how far either side of it both digits own the ink, px: the wall of two zeros.
    """

    x: float
    slant: float
    extent: float
    ink: float
    shared_px: float = 0.0


@dataclass(frozen=True, eq=False)
class Primitive:
    """A whole shape, or a piece of one.

    Attributes:
        shape: its ink.
        source: index of the shape it comes from, in the row.
        left: the cut on its left, or None where it ends by itself.
        right: the cut on its right.
    """

    shape: Shape
    source: int
    left: Cut | None = None
    right: Cut | None = None


@dataclass(frozen=True, eq=False)
class Candidate:
    """A stretch of primitives that may be one digit.

    Attributes:
        start: index of its first primitive.
        end: index after its last one.
        shape: its ink.
        left: the cut on its left, or None.
        right: the cut on its right, or None.
        gap: widest gap that it bridges, as a fraction of the row's height.
        sources: how many shapes it is made of.
    """

    start: int
    end: int
    shape: Shape
    left: Cut | None
    right: Cut | None
    gap: float
    sources: int


@dataclass(frozen=True, eq=False)
class Skip:
    """Ink that may be no digit: a whole shape, or one piece of it.

    Attributes:
        start: index of its first primitive.
        end: index after its last one.
        shape: its ink.
        is_piece: whether the rest of the shape is something else.
    """

    start: int
    end: int
    shape: Shape
    is_piece: bool


def find_skips(primitives: list[Primitive], row: Row) -> list[Skip]:
    """List what may be left out: every whole shape, and every piece."""
    skips = []
    for index, shape in enumerate(row.shapes):
        own = [n for n, one in enumerate(primitives) if one.source == index]
        skips.append(Skip(own[0], own[-1] + 1, shape, is_piece=False))
        if len(own) > 1:
            skips += [Skip(n, n + 1, primitives[n].shape, is_piece=True) for n in own]
    return skips


def split_row(row: Row) -> list[Primitive]:
    """Turn the shapes of a row into primitives, left to right."""
    primitives: list[Primitive] = []
    for index, shape in enumerate(row.shapes):
        cuts = find_cuts(shape, row)
        if not cuts:
            primitives.append(Primitive(shape, index))
            continue
        primitives += _pieces(shape, cuts, index)
    return primitives


def _pieces(shape: Shape, cuts: list[Cut], index: int) -> list[Primitive]:
    edges: list[Cut | None] = [None, *cuts, None]
    pieces = []
    for left, right in pairwise(edges):
        piece = cut_out(shape, left, right)
        if piece is not None:
            pieces.append(Primitive(piece, index, left, right))
    return pieces


def cut_out(shape: Shape, left: Cut | None, right: Cut | None) -> Shape | None:
    """The ink of a shape between two cuts; None where there is none."""
    mask = shape.mask
    if left is not None:
        mask = mask & ~_left_of(shape, left, -left.shared_px)
    if right is not None:
        mask = mask & _left_of(shape, right, right.shared_px)
    return tighten(Shape(shape.box_xyxy, mask))


def _left_of(shape: Shape, cut: Cut, shift_px: float) -> BoolArray:
    """Mark what lies left of a cut that is moved to the right by so many px."""
    height, width = shape.mask.shape
    edge = cut.x + shift_px - cut.slant * (np.arange(height) - height / 2)
    return np.asarray(np.arange(width)[None] < edge[:, None])


def find_cuts(shape: Shape, row: Row) -> list[Cut]:
    """Find where a wide shape may be cut, left to right.

    Cuts lie where the shape is least tall or has the least ink, along lines of several slants.
    """
    height = row.height
    if shape.width < MIN_CUT_WIDTH * height or shape.height < MIN_HEIGHT * height:
        return []
    stroke_px = measure_stroke(shape.mask)
    found = [
        cut for slant in SLANTS for cut in _cuts_along(shape, row.slant + slant, height, stroke_px)
    ]
    found.sort(key=_cost)
    chosen: list[Cut] = []
    limit = max(2, round(CUTS_A_HEIGHT * shape.width / height))
    for cut in found:
        if all(abs(cut.x - other.x) >= MIN_PIECE * height for other in chosen):
            chosen.append(cut)
        if len(chosen) == limit:
            break
    return sorted(chosen, key=lambda cut: cut.x)


def _cost(cut: Cut) -> float:
    return cut.extent + cut.ink


def _cuts_along(shape: Shape, slant: float, height: float, stroke_px: float) -> list[Cut]:
    """The minima of extent and of ink along lines of one slant."""
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
        slant: columns a row.

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
    """Mark the middle of each place that is lowest within a radius, (n,) to (n,) bool."""
    kernel = np.ones((1, 2 * radius + 1), np.uint8)
    lowest = cv2.erode(values[None].astype(np.float32), kernel)[0]
    flat = np.pad(values <= lowest, 1)
    changes = np.flatnonzero(flat[1:] != flat[:-1])
    marked = np.zeros(values.shape, bool)
    marked[(changes[::2] + changes[1::2] - 1) // 2] = True
    return marked


def find_candidates(primitives: list[Primitive], row: Row) -> list[Candidate]:
    """List every stretch of primitives that may be one digit."""
    candidates = []
    for start in range(len(primitives)):
        for end in range(start + 1, min(start + MAX_PRIMITIVES, len(primitives)) + 1):
            stretch = primitives[start:end]
            gap = _gap_before_last(stretch, row)
            if gap > MAX_JOIN_GAP:
                break
            candidate = _join(start, end, stretch, row)
            if candidate is None:
                continue
            if (
                len(stretch) > 1
                and candidate.shape.width > MAX_WIDTH * row.height
                and not _is_whole(stretch)
            ):
                break
            if _may_be_digit(candidate, row):
                candidates.append(candidate)
    return candidates


def _is_whole(stretch: list[Primitive]) -> bool:
    """Whether a stretch is one whole shape."""
    first, last = stretch[0], stretch[-1]
    return first.source == last.source and first.left is None and last.right is None


def _gap_before_last(stretch: list[Primitive], row: Row) -> float:
    """The gap between the last primitive and those before it; 0 within one shape."""
    if len(stretch) < 2 or stretch[-1].source == stretch[-2].source:
        return 0.0
    right = max(one.shape.box_xyxy[2] for one in stretch[:-1])
    return max(0.0, (stretch[-1].shape.box_xyxy[0] - right) / row.height)


def _join(start: int, end: int, stretch: list[Primitive], row: Row) -> Candidate | None:
    """Make a candidate of a stretch; None where a speck stands at one of its ends."""
    sources = len({one.source for one in stretch})
    if sources > 1 and any(_is_tiny(one, row) for one in (stretch[0], stretch[-1])):
        return None
    gap = max((_gap_before_last(stretch[:n], row) for n in range(2, len(stretch) + 1)), default=0.0)
    shape = join_shapes([one.shape for one in stretch])
    return Candidate(start, end, shape, stretch[0].left, stretch[-1].right, gap, sources)


def _is_tiny(one: Primitive, row: Row) -> bool:
    return max(one.shape.width, one.shape.height) < TINY * row.height


def _may_be_digit(candidate: Candidate, row: Row) -> bool:
    """Whether a candidate's size is one that a digit may have."""
    height = candidate.shape.height / row.height
    is_flat = candidate.shape.width > MAX_ASPECT * candidate.shape.height
    return MIN_HEIGHT <= height <= MAX_HEIGHT and not is_flat
