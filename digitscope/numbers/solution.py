"""The best path through a row, and what on it may be a digit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from digitscope.numbers.row_search import RowSearch
from digitscope.numbers.score import load_weights
from digitscope.numbers.search import Edge, best_path, edge_probabilities
from digitscope.numbers.segmentation import Skip
from digitscope.numbers.shapes import Shape
from digitscope.recognition.rejection import digit_probability

WIDE_SKIP, WIDE_PIECE, TALL_SKIP = 0.9, 0.3, 0.6  # row heights: no mark is as large
MARK_HEIGHT, MARK_PROBABILITY = 0.75, 0.3  # in row heights; that it is a digit
SMALL_ROW = 0.5  # of the height of the page's digits
SAME_INK = 0.7  # of the columns of two candidates that part the same digit
SURE_TALL, SURE_DIGIT = (0.75, 1.5), 0.95  # what the network takes for a digit, in row heights
SURE_SKIP = 0.6  # ink that is left out less surely than this may be a digit


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


def solve(search: RowSearch) -> list[Choice]:
    """The candidates on the best path, left to right.

    Ink that the path leaves out although it may well be a digit is among them, marked as such.
    """
    edges, nodes = row_edges(search), len(search.primitives) + 1
    _, probable = edge_probabilities(edges, nodes)
    count, choices = len(search.candidates), []
    for index in best_path(edges, nodes):
        if index < count:
            if not is_mark(index, search):
                alike = _alike(index, search)
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


def _alike(index: int, search: RowSearch) -> list[int]:
    """The candidates that say the same of nearly the same ink, the one at `index` among them.

    A ring and two cuts beside it may all part a 0 well: that there are several is no doubt.
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
    """Whether a candidate is a small whole shape, and to the network no digit: a plus."""
    candidate = search.candidates[index]
    is_whole = candidate.left is None and candidate.right is None
    is_small = candidate.shape.height < MARK_HEIGHT * search.row.height
    return is_whole and is_small and not _is_perhaps_digit(index, search)


def _is_perhaps_digit(index: int, search: RowSearch) -> bool:
    """Whether the network does not rule out that a candidate is a digit."""
    return digit_probability(search.probabilities[index]) >= MARK_PROBABILITY


def is_digit_like(skip: Skip, search: RowSearch) -> bool:
    """Whether what is left out is as tall as a digit and wider than any mark, or a piece of that.

    Digits that touch look so. What reaches the edge or is small beside the page does not count.
    """
    height, (page_height, page_width) = search.row.height, search.page.size_hw
    left, top, right, bottom = skip.shape.box_xyxy
    at_edge = left <= 1 or top <= 1 or right >= page_width - 1 or bottom >= page_height - 1
    min_width = WIDE_PIECE if skip.is_piece else WIDE_SKIP
    is_large = skip.shape.width >= min_width * height and skip.shape.height >= TALL_SKIP * height
    is_wide = is_large and not at_edge
    return (is_wide or is_sure_digit(skip, search)) and height > SMALL_ROW * search.page.height


def is_sure_digit(skip: Skip, search: RowSearch) -> bool:
    """Whether a whole shape of a digit's height is left out that the network is sure of."""
    tall = skip.shape.height / search.row.height
    if skip.is_piece or not SURE_TALL[0] <= tall <= SURE_TALL[1]:
        return False
    return any(
        (one.start, one.end) == (skip.start, skip.end)
        and ten.max() * digit_probability(ten) >= SURE_DIGIT
        for one, ten in zip(search.candidates, search.probabilities, strict=True)
    )


def _best_inside(skip: Edge, candidates: Sequence[Edge]) -> int | None:
    """The candidate that scores best among those in the span of a skip."""
    inside = [i for i, e in enumerate(candidates) if e.start >= skip.start and e.end <= skip.end]
    return max(inside, key=lambda i: candidates[i].score, default=None)
