"""Search for digits in an ink map: find rows and candidates, classify the candidates."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from digitscope.numbers.rings import find_rings
from digitscope.numbers.rows import Row, find_rows
from digitscope.numbers.score import (
    CANDIDATE_FEATURES,
    ONE,
    Float64Array,
    Page,
    best_possible,
    candidate_features,
    measure_page,
    skip_features,
)
from digitscope.numbers.segmentation import (
    Candidate,
    Primitive,
    Skip,
    find_candidates,
    find_skips,
    is_digit_sized,
    split_row,
)
from digitscope.numbers.shapes import Shape, find_shapes
from digitscope.numbers.tiles import make_tile
from digitscope.recognition.rejection import digit_probability
from digitscope.types import CLASSES, TILE_PX, BoolArray, Float32Array, UInt8Array

MIN_POSSIBLE = -6.0  # a candidate whose shape allows no better score is not classified
FAINT = 0.4  # of the mean ink of sure digits; the lines of the dev2 forms have 0.2 to 0.35
SURE_DIGIT = 0.97  # a whole shape with this probability is neither cut nor joined to another

Classify: TypeAlias = Callable[[UInt8Array], Float32Array]


@dataclass(frozen=True, eq=False)
class Answer:
    """A shape, its (28, 28) uint8 tile and the network's (10,) float32 probabilities."""

    shape: Shape
    tile: UInt8Array
    probabilities: Float32Array


@dataclass(frozen=True, eq=False)
class RowSearch:
    """A row with its primitives and its candidates, classified by the network.

    Attributes:
        row: the row.
        page: measures of the whole page.
        primitives: left to right.
        candidates: every stretch of primitives that may be a digit.
        tiles: (N, 28, 28) uint8, of the candidates.
        probabilities: (N, 10) float32.
        features: (N, F) float64, of the candidates.
        skips: ink that may be left out.
        skip_features: (M, G) float64, of the skips.
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

    @cached_property
    def digits(self) -> NDArray[np.intp]:
        """(N,) the most probable digit of each candidate."""
        return np.asarray(self.probabilities.argmax(axis=1))


@dataclass(frozen=True, eq=False)
class _Classified:
    """Candidates with their tiles and probabilities, all in the same order."""

    candidates: list[Candidate]
    tiles: UInt8Array
    probabilities: Float32Array


def search_rows(levels: UInt8Array, mask: BoolArray, classify: Classify) -> list[RowSearch]:
    """Find the rows of an ink map and classify every candidate.

    There are two batches: the whole shapes, then the cuts and joins of those that are not surely
    one digit. If the first batch shows that some shapes are far fainter than the digits, the rows
    are found again without them.
    """
    shapes = find_shapes(mask)
    rows = find_rows(shapes, mask.shape)
    sure = _find_sure(rows, levels, classify)
    clear = _without_faint(shapes, [one for row in sure for one in row.values()], levels)
    if len(clear) < len(shapes):
        rows = find_rows(clear, mask.shape)
        sure = _find_sure(rows, levels, classify)
    prepared = []
    for row, known in zip(rows, sure, strict=True):
        primitives = split_row(row, known)
        found = find_candidates(primitives, row, known) + find_rings(primitives, row)
        kept = [one for one in found if best_possible(one, row) >= MIN_POSSIBLE]
        prepared.append((row, primitives, kept))
    candidates = [one for _, _, found in prepared for one in found]
    if not candidates:
        return []
    classified = _classify_new(
        candidates, levels, classify, [known for row in sure for known in row.items()]
    )
    return _to_searches(prepared, classified, levels)


def _find_sure(
    rows: Sequence[Row], levels: UInt8Array, classify: Classify
) -> list[dict[int, Answer]]:
    """For each row, the shapes that are surely one digit: their index and `Answer`."""
    chosen = [
        (number, index)
        for number, row in enumerate(rows)
        for index, shape in enumerate(row.shapes)
        if is_digit_sized(shape, row)
    ]
    sure: list[dict[int, Answer]] = [{} for _ in rows]
    if not chosen:
        return sure
    tiles = np.stack([make_tile(levels, rows[number].shapes[index]) for number, index in chosen])
    for (number, index), tile, ten in zip(chosen, tiles, classify(tiles), strict=True):
        if ten.max() >= SURE_DIGIT:
            sure[number][index] = Answer(rows[number].shapes[index], tile, ten)
    return sure


def _without_faint(
    shapes: Sequence[Shape], sure: Sequence[Answer], levels: UInt8Array
) -> list[Shape]:
    """Leave out shapes far fainter than sure digits: the printed boxes and lines of forms.

    A 1 does not count as a sure digit here, because a piece of a line looks like a 1.
    """
    inks = [mean_level(levels, one.shape) for one in sure if one.probabilities.argmax() != ONE]
    if not inks:
        return list(shapes)
    least = FAINT * float(np.median(inks))
    return [one for one in shapes if mean_level(levels, one) >= least]


def _classify_new(
    candidates: list[Candidate],
    levels: UInt8Array,
    classify: Classify,
    known: Sequence[tuple[int, Answer]],
) -> _Classified:
    """Classify the candidates, except those whose answer is known."""
    by_shape = {id(answer.shape): answer for _, answer in known}
    new = [index for index, one in enumerate(candidates) if id(one.shape) not in by_shape]
    tiles = np.empty((len(candidates), TILE_PX, TILE_PX), np.uint8)
    probabilities = np.empty((len(candidates), CLASSES), np.float32)
    for index, one in enumerate(candidates):
        answer = by_shape.get(id(one.shape))
        if answer is None:
            tiles[index] = make_tile(levels, one.shape)
        else:
            tiles[index], probabilities[index] = answer.tile, answer.probabilities
    if new:
        probabilities[new] = classify(tiles[new])
    return _Classified(candidates, tiles, probabilities)


def _to_searches(
    prepared: Sequence[tuple[Row, list[Primitive], list[Candidate]]],
    classified: _Classified,
    levels: UInt8Array,
) -> list[RowSearch]:
    """Compute the features of each row's candidates and skips, relative to the page."""
    inks = [mean_level(levels, one.shape) for one in classified.candidates]
    page = _page_of(classified.candidates, inks, classified.probabilities, levels.shape)
    searches, start = [], 0
    for row, primitives, found in prepared:
        own = slice(start, start + len(found))
        start += len(found)
        features = [
            candidate_features(one, ten, ink, row, page)
            for one, ten, ink in zip(found, classified.probabilities[own], inks[own], strict=True)
        ]
        skips = find_skips(primitives, row)
        of_skips = [skip_features(one, mean_level(levels, one.shape), row, page) for one in skips]
        searches.append(
            RowSearch(
                row,
                page,
                primitives,
                found,
                classified.tiles[own],
                classified.probabilities[own],
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
    """Measure the page by its uncut candidates, or by all if every one was cut."""
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
