"""The numbers of a picture: ink, rows, candidates, the network's answers, the best segmentation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from digitscope.number_types import Number, NumberDigit
from digitscope.numbers.rows import Row, find_rows
from digitscope.numbers.score import candidate_features, load_weights, skip_features
from digitscope.numbers.search import Edge, best_path, edge_probabilities
from digitscope.numbers.segmentation import (
    Candidate,
    Primitive,
    find_candidates,
    split_row,
)
from digitscope.numbers.shapes import find_shapes
from digitscope.numbers.tiles import make_tile
from digitscope.preprocessing.pipeline import LOCATING, STEPS
from digitscope.preprocessing.ruled_lines import remove_ruled_lines
from digitscope.preprocessing.state import Attempt, State
from digitscope.preprocessing.working_picture import WorkingPicture
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
NUMBER_GAP = 1.0  # heights; a gap this wide may part two numbers
GAP_FACTOR = 2.2  # ... where it is this much wider than the gaps within them

Classify = Callable[[UInt8Array], Float32Array]


@dataclass(frozen=True, eq=False)
class RowSearch:
    """A row with its primitives, its candidates and what the network says of them.

    Attributes:
        row: the row.
        primitives: left to right.
        candidates: every stretch that may be a digit.
        tiles: (N, 28, 28) uint8, of the candidates.
        probabilities: (N, 10) float32.
    """

    row: Row
    primitives: list[Primitive]
    candidates: list[Candidate]
    tiles: UInt8Array
    probabilities: Float32Array


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
    rows = find_rows(find_shapes(mask), mask.shape)
    prepared = []
    for row in rows:
        primitives = split_row(row)
        prepared.append((row, primitives, find_candidates(primitives, row)))
    tiles = [make_tile(levels, one.shape) for _, _, found in prepared for one in found]
    if not tiles:
        return []
    stacked = np.stack(tiles)
    probabilities = classify(stacked)
    searches, start = [], 0
    for row, primitives, found in prepared:
        own = slice(start, start + len(found))
        searches.append(RowSearch(row, primitives, found, stacked[own], probabilities[own]))
        start += len(found)
    return searches


def row_edges(search: RowSearch) -> list[Edge]:
    """The candidates' edges, then the skips'."""
    weights, skip_weights = load_weights()
    edges = [
        Edge(one.start, one.end, float(weights @ candidate_features(one, ten, search.row)))
        for one, ten in zip(search.candidates, search.probabilities, strict=True)
    ]
    return edges + [
        Edge(index, index + 1, float(skip_weights @ skip_features(one, search.row)))
        for index, one in enumerate(search.primitives)
    ]


def solve(search: RowSearch) -> list[tuple[int, float]]:
    """The indices of the chosen candidates, left to right, and how probable each is."""
    edges, nodes = row_edges(search), len(search.primitives) + 1
    probable = edge_probabilities(edges, nodes)
    chosen = [index for index in best_path(edges, nodes) if index < len(search.candidates)]
    return [(index, float(probable[index])) for index in chosen]
