"""The best path through a row, and what on it may be a digit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from digitscope.numbers.row_search import RowSearch
from digitscope.numbers.rows import Row
from digitscope.numbers.score import load_weights
from digitscope.numbers.search import Edge, best_path, edge_probabilities
from digitscope.numbers.segmentation import Candidate, Skip
from digitscope.recognition.rejection import digit_probability
from digitscope.types import Float32Array

WIDE_SKIP, WIDE_PIECE, TALL_SKIP = 0.9, 0.3, 0.6  # row heights: no mark is as large
MARK_HEIGHT, MARK_PROBABILITY = 0.75, 0.3  # in row heights; that it is a digit
SMALL_ROW = 0.5  # of the height of the page's digits
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
            if not is_mark(search.candidates[index], search.probabilities[index], search.row):
                choices.append(Choice(index, float(probable[index])))
        elif probable[index] < SURE_SKIP or is_digit_like(search.skips[index - count], search):
            inside = _best_inside(edges[index], edges[:count])
            if inside is not None:
                choices.append(Choice(inside, float(probable[inside]), is_left_out=True))
    return choices


def is_mark(candidate: Candidate, probabilities: Float32Array, row: Row) -> bool:
    """Whether a whole shape is smaller than a digit, and to the network none: a plus, a cross."""
    is_whole = candidate.left is None and candidate.right is None
    is_small = candidate.shape.height < MARK_HEIGHT * row.height
    return is_whole and is_small and digit_probability(probabilities) < MARK_PROBABILITY


def is_digit_like(skip: Skip, search: RowSearch) -> bool:
    """Whether what is left out is as tall as a digit and wider than any mark, or a piece of that.

    Digits that touch look so. What reaches the edge or is small beside the page does not count.
    """
    height, (page_height, page_width) = search.row.height, search.page.size_hw
    left, top, right, bottom = skip.shape.box_xyxy
    at_edge = left <= 1 or top <= 1 or right >= page_width - 1 or bottom >= page_height - 1
    min_width = WIDE_PIECE if skip.is_piece else WIDE_SKIP
    is_large = skip.shape.width >= min_width * height and skip.shape.height >= TALL_SKIP * height
    return is_large and not at_edge and height > SMALL_ROW * search.page.height


def _best_inside(skip: Edge, candidates: Sequence[Edge]) -> int | None:
    """The candidate that scores best among those in the span of a skip."""
    inside = [i for i, e in enumerate(candidates) if e.start >= skip.start and e.end <= skip.end]
    return max(inside, key=lambda i: candidates[i].score, default=None)
