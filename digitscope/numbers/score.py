"""Score how well a candidate fits one digit: features and their fitted weights."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from statistics import median
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from digitscope.numbers.rows import Row
from digitscope.numbers.segmentation import Candidate, Skip
from digitscope.numbers.shapes import Shape
from digitscope.recognition.rejection import digit_probability
from digitscope.types import CLASSES, Float32Array

Float64Array: TypeAlias = NDArray[np.float64]

WEIGHTS_FILE = "score.json"
MIN_PROBABILITY = 1e-4
MIN_IS_DIGIT = 0.01  # minimum before the log: a lower value would only outweigh the rest
ONE = 1
SMALL_SCALE = 10  # factor for small measures: the fit penalises large weights
NEIGHBOURS = 4  # digits beside a 1 that it is compared with
MIN_NEIGHBOUR = 0.6  # ... and their minimum height, in row heights
CERTAIN = np.eye(CLASSES, dtype=np.float32)[0]
NO_EDGES_HW = (1 << 30, 1 << 30)

CANDIDATE_FEATURES = (
    "bias",
    "log_digit",  # log of the largest probability
    "log_is_digit",
    "small",  # squared log of its height over the row's, if it is lower
    "tall",  # ... if it is taller
    "wide",  # log of its width over a usual digit's, if it is wider
    "off_middle",  # distance from the row's middle, in row heights
    "bridged_gap",
    "joined",  # number of joined shapes less one
    "cut",  # number of cuts at its ends
    "cut_extent",
    "cut_ink",
    "narrow_cut",  # of a piece cut out: how much narrower than a digit
    "one_lean",  # of a 1: its slant relative to the row's
    "one_tall",  # linear, like the next: slashes are little taller, commas far smaller
    "one_small",
    "one_beyond",  # reaches both above and below its neighbours: a slash, a parenthesis
    "one_bow",  # at an end of the row and bent outwards: a parenthesis
    "one_cut",
    "width",  # compensates: a wide shape has one log probability, narrow ones have several
    "page_small",  # compared with the digits of the whole picture
    "page_tall",
    "page_faint",
    "at_edge",  # reaches the edge of the picture
    "one_at_edge",
    "one_faint",
    "one_page_tall",
    "ring",  # the ink around a hole, read as 0
    "other_ring",  # ... and read as another digit
)
SKIP_FEATURES = (
    "skip",
    "skip_size",  # of the skipped ink: longest side, in row heights
    "skip_ink",  # its area over the square of the row's height
    "skip_height",
    "skip_wide",  # how much wider than one digit
    "skip_piece",  # a piece of a shape that was cut
    "skip_page_small",
    "skip_page_tall",
    "skip_page_faint",
    "skip_at_edge",
)


@dataclass(frozen=True)
class Page:
    """Typical measures of the digits of the whole picture.

    Attributes:
        height: of the digits, px.
        level: of their ink, 0..255.
        size_hw: height and width of the picture, px.
    """

    height: float
    level: float
    size_hw: tuple[int, int]


def measure_page(
    shapes: Sequence[Shape],
    ink_levels: Sequence[float],
    digit_probabilities: Float64Array,
    size_hw: tuple[int, int],
) -> Page:
    """Measure the page by its whole shapes, weighted by ink and by digit probability."""
    weights = digit_probabilities * np.array([shape.area for shape in shapes])
    height = weighted_median(np.array([shape.height for shape in shapes], float), weights)
    return Page(height, weighted_median(np.array(ink_levels, float), weights), size_hw)


def weighted_median(values: Float64Array, weights: Float64Array) -> float:
    """The value that half of the weight lies below.

    >>> weighted_median(np.array([3.0, 1.0, 2.0]), np.array([1.0, 1.0, 5.0]))
    2.0
    """
    order = np.argsort(values)
    middle = np.searchsorted(np.cumsum(weights[order]), weights.sum() / 2)
    return float(values[order][min(middle, len(values) - 1)])


def _beside_page(shape: Shape, level: float, page: Page) -> list[float]:
    """Features of a shape relative to the page: smaller, taller, fainter, at the edge."""
    tall = float(np.log(shape.height / page.height))
    height, width = page.size_hw
    left, top, right, bottom = shape.box_xyxy
    at_edge = left <= 1 or top <= 1 or right >= width - 1 or bottom >= height - 1
    faint = float(np.log(page.level / max(level, 1.0)))
    return [min(tall, 0.0) ** 2, max(tall, 0.0) ** 2, max(0.0, faint), float(at_edge)]


def candidate_features(
    candidate: Candidate, probabilities: Float32Array, level: float, row: Row, page: Page
) -> list[float]:
    """Compute the CANDIDATE_FEATURES of a candidate."""
    shape, height = candidate.shape, row.height
    is_one = float(probabilities.argmax() == ONE)
    tall = float(np.log(shape.height / height))
    width = shape.width / height
    cuts = [cut for cut in (candidate.left, candidate.right) if cut and not candidate.is_ring]
    beside = _beside_page(shape, level, page)
    off = abs(shape.centre_y - row.middle_at(shape.centre_x)) / height
    return [
        1.0,
        float(np.log(max(probabilities.max(), MIN_PROBABILITY))),
        float(np.log(max(digit_probability(probabilities), MIN_IS_DIGIT))),
        min(tall, 0.0) ** 2,
        max(tall, 0.0) ** 2,
        max(0.0, float(np.log(width / 0.8))),
        off,
        candidate.gap,
        float(candidate.sources - 1),
        float(len(cuts)),
        sum(cut.extent for cut in cuts),
        sum(cut.ink for cut in cuts),
        (len(cuts) > 0) * (1 - is_one) * max(0.0, float(np.log(0.5 / width))),
        *([0.0] * 5 if not is_one else _of_one(shape, tall, row)),
        is_one * len(cuts),
        width,
        *beside,
        is_one * beside[3],
        is_one * beside[2],
        is_one * beside[1],
        float(candidate.is_ring and probabilities.argmax() == 0),
        float(candidate.is_ring and probabilities.argmax() != 0),
    ]


def _of_one(shape: Shape, tall: float, row: Row) -> list[float]:
    """Five features that tell a 1 from a slash, a parenthesis and a comma, by its position."""
    near = sorted(
        (
            one
            for one in row.shapes
            if one is not shape and MIN_NEIGHBOUR <= one.height / row.height <= 1 / MIN_NEIGHBOUR
        ),
        key=lambda one: abs(one.centre_x - shape.centre_x),
    )[:NEIGHBOURS]
    beyond = 0.0
    if near:
        down = [row.slope * (shape.centre_x - one.centre_x) for one in near]
        top = median(one.box_xyxy[1] + by for one, by in zip(near, down, strict=True))
        foot = median(one.box_xyxy[3] + by for one, by in zip(near, down, strict=True))
        beyond = max(0.0, min(top - shape.box_xyxy[1], shape.box_xyxy[3] - foot)) / row.height
    is_first = shape.box_xyxy[0] <= row.shapes[0].box_xyxy[0]
    is_last = shape.box_xyxy[2] >= row.shapes[-1].box_xyxy[2]
    bow = max(is_first * shape.bow, -is_last * shape.bow, 0.0)
    lean = min(abs(shape.slant - row.slant), 1.0)
    inner = SMALL_SCALE * float(not is_first and not is_last)  # no slash stands at the end of a row
    return [lean, inner * max(tall, 0.0), max(-tall, 0.0), inner * beyond, SMALL_SCALE * bow]


def best_possible(candidate: Candidate, row: Row) -> float:
    """The score a candidate would have if the network were sure: the best its shape allows."""
    page = Page(row.height, 1.0, NO_EDGES_HW)
    return float(load_weights()[0] @ candidate_features(candidate, CERTAIN, 1.0, row, page))


def skip_features(skip: Skip, level: float, row: Row, page: Page) -> list[float]:
    """Compute the SKIP_FEATURES of ink that may be left out."""
    shape, height = skip.shape, row.height
    return [
        1.0,
        min(max(shape.width, shape.height) / height, 2.0),
        min(shape.area / height**2, 1.0),
        min(shape.height / height, 1.5),
        min(max(shape.width / height - 0.8, 0.0), 4.0),
        float(skip.is_piece),
        *_beside_page(shape, level, page),
    ]


@cache
def load_weights() -> tuple[Float64Array, Float64Array]:
    """The fitted weights of CANDIDATE_FEATURES and of SKIP_FEATURES."""
    text = resources.files(__package__).joinpath(WEIGHTS_FILE).read_text("utf-8")
    weights = json.loads(text)["weights"]
    return (
        np.array([weights.get(name, 0.0) for name in CANDIDATE_FEATURES], np.float64),
        np.array([weights.get(name, 0.0) for name in SKIP_FEATURES], np.float64),
    )
