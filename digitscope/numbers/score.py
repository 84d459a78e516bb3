"""How well a candidate stands for one digit: features, and their fitted weights."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
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
ONE = 1
SURE = np.eye(CLASSES, dtype=np.float32)[0]
NO_EDGES_HW = (1 << 30, 1 << 30)

CANDIDATE_FEATURES = (
    "bias",
    "log_digit",  # log of the largest probability
    "log_is_digit",
    "small",  # square of the log of how much less tall than the row
    "tall",
    "wide",  # log of how much wider than a digit is, beside the row
    "off_middle",  # from the row's middle, in heights
    "bridged_gap",
    "joined",  # shapes joined
    "cut",  # cuts at its ends
    "cut_extent",
    "cut_ink",
    "narrow_cut",  # of a piece cut out: how much narrower than a digit
    "one_lean",  # of a 1: how far it leans from the row's slant
    "one_tall",
    "one_small",
    "one_cut",
    "width",  # log probabilities count a wide shape once: more of them for the wide
    "page_small",  # beside the digits of the whole picture
    "page_tall",
    "page_faint",
    "at_edge",  # reaches the edge of the picture
    "one_at_edge",
    "one_faint",
    "one_page_tall",
)
SKIP_FEATURES = (
    "skip",
    "skip_size",  # of what is left out: its longest side beside the row
    "skip_ink",  # its ink beside the square of the row's height
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
    """What the digits of the whole picture have in common.

    Attributes:
        height: px.
        level: of their ink, 0..255.
        size_hw: of the picture, px.
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
    """Measure the page by its whole shapes, each weighed by how surely it is a digit."""
    weights = digit_probabilities * np.sqrt([shape.area for shape in shapes])
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
    """How much smaller, taller and fainter a shape is than the page's digits; is it at the edge."""
    tall = float(np.log(shape.height / page.height))
    height, width = page.size_hw
    left, top, right, bottom = shape.box_xyxy
    at_edge = left <= 1 or top <= 1 or right >= width - 1 or bottom >= height - 1
    faint = float(np.log(page.level / max(level, 1.0)))
    return [min(tall, 0.0) ** 2, max(tall, 0.0) ** 2, max(0.0, faint), float(at_edge)]


def candidate_features(
    candidate: Candidate, probabilities: Float32Array, level: float, row: Row, page: Page
) -> list[float]:
    """Describe a candidate by CANDIDATE_FEATURES."""
    shape, height = candidate.shape, row.height
    is_one = float(probabilities.argmax() == ONE)
    tall = float(np.log(shape.height / height))
    width = shape.width / height
    cuts = [cut for cut in (candidate.left, candidate.right) if cut is not None]
    beside = _beside_page(shape, level, page)
    off = abs(shape.centre_y - row.middle_at(shape.centre_x)) / height
    return [
        1.0,
        float(np.log(max(probabilities.max(), MIN_PROBABILITY))),
        float(np.log(max(digit_probability(probabilities), MIN_PROBABILITY))),
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
        is_one * min(abs(shape.slant - row.slant), 1.0),
        is_one * max(tall, 0.0) ** 2,
        is_one * min(tall, 0.0) ** 2,
        is_one * len(cuts),
        width,
        *beside,
        is_one * beside[3],
        is_one * beside[2],
        is_one * beside[1],
    ]


def best_possible(candidate: Candidate, row: Row) -> float:
    """The score a candidate would have if the network were sure of it: what its shape allows."""
    page = Page(row.height, 1.0, NO_EDGES_HW)
    return float(load_weights()[0] @ candidate_features(candidate, SURE, 1.0, row, page))


def skip_features(skip: Skip, level: float, row: Row, page: Page) -> list[float]:
    """Describe leaving something out by SKIP_FEATURES."""
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
        np.array([weights[name] for name in CANDIDATE_FEATURES], np.float64),
        np.array([weights[name] for name in SKIP_FEATURES], np.float64),
    )
