"""Over-segmentation: a row's shapes, the places where they may be cut, and every candidate digit.

A row becomes a sequence of primitives: whole shapes, and the pieces of shapes that may be several
digits. A candidate is a stretch of neighbouring primitives that may be one digit.

Sizes are fractions of the row's height, unless stated otherwise.

Source: the over-segmentation and search of Fujisawa, Nakano and Kurino, "Segmentation methods for
    character recognition", Proceedings of the IEEE 80 (1992).
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from itertools import groupby, pairwise

from digitscope.numbers.cuts import Cut, cut_out, find_cuts
from digitscope.numbers.rows import Row
from digitscope.numbers.shapes import Shape, join_shapes

MAX_PRIMITIVES = 6  # of a candidate
MAX_WIDTH = 1.35  # of a candidate of several primitives
MAX_JOIN_GAP = 0.25  # between the shapes of a candidate
MIN_HEIGHT, MAX_HEIGHT = 0.3, 2.2  # of a candidate
MAX_ASPECT = 2.0  # width of a candidate divided by its height
ONE_DIGIT_TALL, ONE_DIGIT_WIDE = (0.6, 1.5), 1.05  # size of a whole shape that may be one digit
TINY = 0.12  # a smaller shape is a speck and is never joined


@dataclass(frozen=True, eq=False)
class Primitive:
    """A whole shape, or a piece of one.

    Attributes:
        shape: its ink.
        source: index of the shape it comes from, in the row.
        left: the cut on its left, or None if the shape ends there.
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
        is_ring: whether it is the ink around a hole.
    """

    start: int
    end: int
    shape: Shape
    left: Cut | None
    right: Cut | None
    gap: float
    sources: int
    is_ring: bool = False


@dataclass(frozen=True, eq=False)
class Skip:
    """Ink that may be left out as no digit: a whole shape, or one piece of it.

    Attributes:
        start: index of its first primitive.
        end: index after its last one.
        shape: its ink.
        is_piece: whether it is one piece of a shape that was cut.
    """

    start: int
    end: int
    shape: Shape
    is_piece: bool


def group_by_source(primitives: list[Primitive]) -> list[list[int]]:
    """Group the indices of the primitives by shape; each shape has at least one."""
    indices = groupby(range(len(primitives)), lambda n: primitives[n].source)
    return [list(own) for _, own in indices]


def find_skips(primitives: list[Primitive], row: Row) -> list[Skip]:
    """List the ink that may be left out: every whole shape, and every piece."""
    skips = []
    for shape, own in zip(row.shapes, group_by_source(primitives), strict=True):
        skips.append(Skip(own[0], own[-1] + 1, shape, is_piece=False))
        if len(own) > 1:
            skips += [Skip(n, n + 1, primitives[n].shape, is_piece=True) for n in own]
    return skips


def is_digit_sized(shape: Shape, row: Row) -> bool:
    """Whether a whole shape has the size of one digit of the row."""
    tall, wide = shape.height / row.height, shape.width / row.height
    return ONE_DIGIT_TALL[0] <= tall <= ONE_DIGIT_TALL[1] and wide <= ONE_DIGIT_WIDE


def split_row(row: Row, sure: Container[int] = ()) -> list[Primitive]:
    """Turn the shapes of a row into primitives, left to right.

    Args:
        row: the row.
        sure: indices of the shapes that are surely one digit each: they are not cut.
    """
    primitives: list[Primitive] = []
    for index, shape in enumerate(row.shapes):
        cuts = [] if index in sure else find_cuts(shape, row)
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


def find_candidates(
    primitives: list[Primitive], row: Row, sure: Container[int] = ()
) -> list[Candidate]:
    """List every stretch of primitives that may be one digit.

    Args:
        primitives: of the row.
        row: the row.
        sure: indices of the shapes that are surely one digit each: two of them are never joined.
    """
    candidates = []
    for start in range(len(primitives)):
        for end in range(start + 1, min(start + MAX_PRIMITIVES, len(primitives)) + 1):
            stretch = primitives[start:end]
            gap = _gap_before_last(stretch, row)
            if gap > MAX_JOIN_GAP or len({p.source for p in stretch if p.source in sure}) > 1:
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
            if may_be_digit(candidate, row):
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
    """Join a stretch to a candidate; None if one of its ends is a speck."""
    sources = len({one.source for one in stretch})
    if sources > 1 and any(_is_tiny(one, row) for one in (stretch[0], stretch[-1])):
        return None
    gap = max((_gap_before_last(stretch[:n], row) for n in range(2, len(stretch) + 1)), default=0.0)
    shape = join_shapes([one.shape for one in stretch])
    return Candidate(start, end, shape, stretch[0].left, stretch[-1].right, gap, sources)


def _is_tiny(one: Primitive, row: Row) -> bool:
    return max(one.shape.width, one.shape.height) < TINY * row.height


def may_be_digit(candidate: Candidate, row: Row) -> bool:
    """Whether a candidate's size is one that a digit may have."""
    height = candidate.shape.height / row.height
    is_flat = candidate.shape.width > MAX_ASPECT * candidate.shape.height
    return MIN_HEIGHT <= height <= MAX_HEIGHT and not is_flat
