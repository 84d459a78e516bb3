"""Choose the digits of a row: the best path, and ink left out that may be a digit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from digitscope.numbers.row_search import RowSearch
from digitscope.numbers.score import load_weights
from digitscope.numbers.search import Edge, best_path, edge_probabilities
from digitscope.numbers.segmentation import Skip
from digitscope.numbers.shapes import Shape
from digitscope.recognition.rejection import digit_probability

WIDE_SKIP, WIDE_PIECE, TALL_SKIP = 0.9, 0.3, 0.6  # in row heights: a mark is smaller
MARK_HEIGHT, MARK_PROBABILITY = 0.75, 0.3  # maximum of a mark: row heights, digit probability
SMALL_ROW = 0.5  # of the height of the page's digits
SAME_INK = 0.7  # minimum overlap in columns of two candidates for the same digit
SURE_TALL, SURE_DIGIT = (0.75, 1.5), 0.95  # height of a sure digit in row heights; probability
SURE_SKIP = 0.6  # ink left out with a lower probability may be a digit


def row_edges(search: RowSearch) -> list[Edge]:
    """The candidates' edges, then the skips'."""
    weights, skip_weights = load_weights()
    scores = (search.features @ weights).tolist()
    skip_scores = (search.skip_features @ skip_weights).tolist()
    edges = [
        Edge(one.start, one.end, score)
        for one, score in zip(search.candidates, scores, strict=True)
    ]
    return edges + [
        Edge(one.start, one.end, score)
        for one, score in zip(search.skips, skip_scores, strict=True)
    ]


@dataclass(frozen=True)
class Choice:
    """A part of the best path through a row.

    Attributes:
        candidate: index of the candidate that is taken for a digit.
        probability: how probable it is that the right path takes it, 0..1.
        is_left_out: whether the best path leaves it out, although that is not sure.
    """

    candidate: int
    probability: float
    is_left_out: bool = False


def choose_digits(search: RowSearch) -> list[Choice]:
    """The candidates on the best path, left to right.

    Ink that the path leaves out but that may be a digit is included, with `is_left_out`.
    """
    edges, nodes = row_edges(search), len(search.primitives) + 1
    _, probable = edge_probabilities(edges, nodes)
    count, choices = len(search.candidates), []
    for index in best_path(edges, nodes):
        if index < count:
            if not is_mark(index, search):
                alike = _same_digit(index, search)
                choices.append(Choice(index, min(1.0, float(probable[alike].sum()))))
            continue
        is_like = is_digit_like(search.skips[index - count], search)
        if not is_like and probable[index] >= SURE_SKIP:
            continue
        inside = _best_inside(edges[index], edges[:count])
        if inside is None or is_mark(inside, search):
            continue
        if is_like or _is_perhaps_digit(inside, search):
            choices.append(Choice(inside, float(probable[inside]), is_left_out=True))
    return choices


def _same_digit(index: int, search: RowSearch) -> list[int]:
    """The candidates with the same digit for nearly the same ink, `index` included.

    A ring and two cuts beside it may all separate a 0 well: `choose_digits` adds their
    probabilities.
    """
    digits, own = search.digits, search.candidates[index]
    return [
        other
        for other, one in enumerate(search.candidates)
        if digits[other] == digits[index]
        and max(one.start, own.start) < min(one.end, own.end)
        and _overlap(one.shape, own.shape) >= SAME_INK
    ]


def _overlap(one: Shape, other: Shape) -> float:
    """Shared columns of two boxes, as a fraction of all columns of both."""
    (left, _, right, _), (other_left, _, other_right, _) = one.box_xyxy, other.box_xyxy
    shared = min(right, other_right) - max(left, other_left)
    return max(0.0, shared / (max(right, other_right) - min(left, other_left)))


def is_mark(index: int, search: RowSearch) -> bool:
    """Whether a candidate is a small whole shape that the network sees as no digit: a plus."""
    candidate = search.candidates[index]
    is_whole = candidate.left is None and candidate.right is None
    is_small = candidate.shape.height < MARK_HEIGHT * search.row.height
    return is_whole and is_small and not _is_perhaps_digit(index, search)


def _is_perhaps_digit(index: int, search: RowSearch) -> bool:
    """Whether the network does not rule out that a candidate is a digit."""
    return digit_probability(search.probabilities[index]) >= MARK_PROBABILITY


def is_digit_like(skip: Skip, search: RowSearch) -> bool:
    """Whether left-out ink may be a digit: it is large, like touching digits, or a sure digit.

    Large ink at the edge does not count, nor does ink in a row that is small for the page.
    """
    height, (page_height, page_width) = search.row.height, search.page.size_hw
    left, top, right, bottom = skip.shape.box_xyxy
    at_edge = left <= 1 or top <= 1 or right >= page_width - 1 or bottom >= page_height - 1
    min_width = WIDE_PIECE if skip.is_piece else WIDE_SKIP
    is_large = skip.shape.width >= min_width * height and skip.shape.height >= TALL_SKIP * height
    is_wide = is_large and not at_edge
    return (is_wide or is_sure_digit(skip, search)) and height > SMALL_ROW * search.page.height


def is_sure_digit(skip: Skip, search: RowSearch) -> bool:
    """Whether left-out ink is a whole shape, as tall as a digit, that is surely a digit."""
    tall = skip.shape.height / search.row.height
    if skip.is_piece or not SURE_TALL[0] <= tall <= SURE_TALL[1]:
        return False
    return any(
        (one.start, one.end) == (skip.start, skip.end)
        and ten.max() * digit_probability(ten) >= SURE_DIGIT
        for one, ten in zip(search.candidates, search.probabilities, strict=True)
    )


def _best_inside(skip: Edge, candidates: Sequence[Edge]) -> int | None:
    """The index of the candidate with the best score in the span of a skip, or None."""
    inside = [i for i, e in enumerate(candidates) if e.start >= skip.start and e.end <= skip.end]
    return max(inside, key=lambda i: candidates[i].score, default=None)
