"""The search for digits in an ink map: rows, candidates, the network's answers, the best path."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np

from digitscope.numbers.rows import Row, find_rows
from digitscope.numbers.score import (
    CANDIDATE_FEATURES,
    Float64Array,
    Page,
    best_possible,
    candidate_features,
    load_weights,
    measure_page,
    skip_features,
)
from digitscope.numbers.search import Edge, best_path, edge_probabilities
from digitscope.numbers.segmentation import (
    Candidate,
    Primitive,
    Skip,
    find_candidates,
    find_skips,
    split_row,
)
from digitscope.numbers.shapes import Shape, find_shapes
from digitscope.numbers.tiles import make_tile
from digitscope.recognition.rejection import digit_probability
from digitscope.types import BoolArray, Float32Array, UInt8Array

MIN_POSSIBLE = -3.0  # a candidate whose shape allows no better score is not asked about
SURE_SKIP = 0.6  # ink that is left out less surely than this may be a digit

Classify: TypeAlias = Callable[[UInt8Array], Float32Array]


@dataclass(frozen=True, eq=False)
class RowSearch:
    """A row with its primitives, its candidates and what the network says of them.

    Attributes:
        row: the row.
        page: the page it stands on.
        primitives: left to right.
        candidates: every stretch that may be a digit.
        tiles: (N, 28, 28) uint8, of the candidates.
        probabilities: (N, 10) float32.
        features: (N, F) of the candidates.
        skips: what may be left out.
        skip_features: (M, G) of the skips.
    """

    row: Row
    page: Page
    primitives: list[Primitive]
    candidates: list[Candidate]
    tiles: UInt8Array
    probabilities: Float32Array
    features: Float64Array
    skips: list[Skip]
    skip_features: Float64Array


def search_rows(levels: UInt8Array, mask: BoolArray, classify: Classify) -> list[RowSearch]:
    """Find the rows of an ink map and ask the network about every candidate, in one batch."""
    prepared = []
    for row in find_rows(find_shapes(mask), mask.shape):
        primitives = split_row(row)
        found = find_candidates(primitives, row)
        kept = [one for one in found if best_possible(one, row) >= MIN_POSSIBLE]
        prepared.append((row, primitives, kept))
    candidates = [one for _, _, found in prepared for one in found]
    if not candidates:
        return []
    tiles = np.stack([make_tile(levels, one.shape) for one in candidates])
    probabilities = classify(tiles)
    inks = [mean_level(levels, one.shape) for one in candidates]
    page = _page_of(candidates, inks, probabilities, mask.shape)
    searches, start = [], 0
    for row, primitives, found in prepared:
        own = slice(start, start + len(found))
        start += len(found)
        features = [
            candidate_features(one, ten, ink, row, page)
            for one, ten, ink in zip(found, probabilities[own], inks[own], strict=True)
        ]
        skips = find_skips(primitives, row)
        of_skips = [skip_features(one, mean_level(levels, one.shape), row, page) for one in skips]
        searches.append(
            RowSearch(
                row,
                page,
                primitives,
                found,
                tiles[own],
                probabilities[own],
                np.array(features).reshape(len(found), len(CANDIDATE_FEATURES)),
                skips,
                np.array(of_skips),
            )
        )
    return searches


def _page_of(
    candidates: Sequence[Candidate],
    inks: Sequence[float],
    probabilities: Float32Array,
    size_hw: tuple[int, int],
) -> Page:
    """The page by its uncut candidates; by all where each was cut."""
    whole = [i for i, one in enumerate(candidates) if one.left is None and one.right is None]
    used = whole or list(range(len(candidates)))
    sure = np.array([digit_probability(probabilities[i]) * probabilities[i].max() for i in used])
    return measure_page(
        [candidates[i].shape for i in used], [inks[i] for i in used], sure + 1e-6, size_hw
    )


def mean_level(levels: UInt8Array, shape: Shape) -> float:
    """The mean level of a shape's ink, 0..255."""
    left, top, right, bottom = shape.box_xyxy
    return cv2.mean(levels[top:bottom, left:right], shape.mask.view(np.uint8))[0]


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
            choices.append(Choice(index, float(probable[index])))
        elif probable[index] < SURE_SKIP:
            inside = _best_inside(edges[index], edges[:count])
            if inside is not None:
                choices.append(Choice(inside, float(probable[inside]), is_left_out=True))
    return choices


def _best_inside(skip: Edge, candidates: Sequence[Edge]) -> int | None:
    """The candidate that scores best among those in the span of a skip."""
    inside = [i for i, e in enumerate(candidates) if e.start >= skip.start and e.end <= skip.end]
    return max(inside, key=lambda i: candidates[i].score, default=None)
