"""The numbers of a picture: ink, rows, candidates, the network's answers, the best segmentation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from digitscope.number_types import Number, NumberDigit
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
from digitscope.preprocessing.pipeline import LOCATING, STEPS
from digitscope.preprocessing.ruled_lines import remove_ruled_lines
from digitscope.preprocessing.state import Attempt, State
from digitscope.preprocessing.working_picture import WorkingPicture
from digitscope.recognition.rejection import digit_probability
from digitscope.types import (
    CLASSES,
    TILE_PX,
    BoolArray,
    Float32Array,
    Prediction,
    Reason,
    UInt8Array,
)

MAX_AREA_PX, MIN_AREA_PX = 640 * 640, 300 * 300  # of the working picture
MAX_ENLARGEMENT = 6
MIN_CONFIDENCE = 0.6
MIN_POSSIBLE = -3.0  # a candidate whose shape allows no better score is not asked about
NUMBER_GAP = 1.0  # heights; a gap this wide may part two numbers
GAP_FACTOR = 2.2  # ... where it is this much wider than the gaps within them

Classify = Callable[[UInt8Array], Float32Array]


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


def to_numbers_size(rgb: UInt8Array, given_size_wh: tuple[int, int]) -> WorkingPicture:
    """Bring a picture to the size that numbers are read at; the area counts, not the longest side.

    Args:
        rgb: (H, W, 3) uint8.
        given_size_wh: the size of the given picture.
    """
    height, width = rgb.shape[:2]
    factor, interpolation = 1.0, cv2.INTER_AREA
    if height * width > MAX_AREA_PX:
        factor = float(np.sqrt(MAX_AREA_PX / (height * width)))
    elif height * width < MIN_AREA_PX:
        whole = np.ceil(np.sqrt(MIN_AREA_PX / (height * width)))
        factor, interpolation = float(min(whole, MAX_ENLARGEMENT)), cv2.INTER_CUBIC
    size_wh = (max(1, round(width * factor)), max(1, round(height * factor)))
    resized = rgb if factor == 1 else cv2.resize(rgb, size_wh, interpolation=interpolation)
    scale = max(size_wh) / max(given_size_wh)
    return WorkingPicture(resized.astype(np.uint8, copy=False), scale, given_size_wh)


def map_ink(picture: WorkingPicture, attempt: Attempt) -> tuple[UInt8Array, BoolArray, float]:
    """Steps 1 to 5 and the removal of ruled lines: ink levels, mask, and the least level."""
    state = State(picture)
    for step in STEPS[: LOCATING - 1]:
        state = step.apply(state, attempt)
    mask, _ = remove_ruled_lines(state.ink_map.mask, tilted=attempt.thorough)
    return state.ink_map.levels, mask, state.ink_map.min_level


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
                row, page, primitives, found, tiles[own], probabilities[own],
                np.array(features).reshape(len(found), len(CANDIDATE_FEATURES)), skips, np.array(of_skips),
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


def solve(search: RowSearch) -> list[tuple[int, float]]:
    """The indices of the chosen candidates, left to right, and how probable each is."""
    edges, nodes = row_edges(search), len(search.primitives) + 1
    _, probable = edge_probabilities(edges, nodes)
    chosen = [index for index in best_path(edges, nodes) if index < len(search.candidates)]
    return [(index, float(probable[index])) for index in chosen]
