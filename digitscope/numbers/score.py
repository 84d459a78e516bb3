"""How well a candidate stands for one digit: features, and their fitted weights."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources

import numpy as np

from digitscope.numbers.rows import Row
from digitscope.numbers.segmentation import Candidate, Primitive
from digitscope.recognition.rejection import digit_probability
from digitscope.types import Float32Array

WEIGHTS_FILE = "score.json"
MIN_PROBABILITY = 1e-4
ONE = 1

CANDIDATE_FEATURES = (
    "bias",
    "log_digit",  # log of the largest probability
    "log_is_digit",
    "small",  # log of how much less tall than the row
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
)
SKIP_FEATURES = (
    "skip",
    "skip_size",  # of what is left out: its longest side beside the row
    "skip_ink",  # its ink beside the square of the row's height
    "skip_height",
    "skip_piece",  # a piece of a shape that was cut
)


def candidate_features(
    candidate: Candidate, probabilities: Float32Array, row: Row
) -> list[float]:
    """Describe a candidate by CANDIDATE_FEATURES."""
    shape, height = candidate.shape, row.height
    is_one = float(probabilities.argmax() == ONE)
    tall = float(np.log(shape.height / height))
    width = shape.width / height
    cuts = [cut for cut in (candidate.left, candidate.right) if cut is not None]
    off = abs(shape.centre_y - row.middle_at(shape.centre_x)) / height
    return [
        1.0,
        float(np.log(max(probabilities.max(), MIN_PROBABILITY))),
        float(np.log(max(digit_probability(probabilities), MIN_PROBABILITY))),
        max(0.0, -tall),
        max(0.0, tall),
        max(0.0, float(np.log(width / 0.8))),
        off,
        candidate.gap,
        float(candidate.sources - 1),
        float(len(cuts)),
        sum(cut.extent for cut in cuts),
        sum(cut.ink for cut in cuts),
        (len(cuts) > 0) * (1 - is_one) * max(0.0, float(np.log(0.5 / width))),
        is_one * min(abs(shape.slant - row.slant), 1.0),
        is_one * max(0.0, tall),
        is_one * max(0.0, -tall),
        is_one * len(cuts),
        width,
    ]


def skip_features(primitive: Primitive, row: Row) -> list[float]:
    """Describe leaving a primitive out by SKIP_FEATURES."""
    shape, height = primitive.shape, row.height
    return [
        1.0,
        min(max(shape.width, shape.height) / height, 2.0),
        min(shape.area / height**2, 1.0),
        min(shape.height / height, 1.5),
        float(primitive.left is not None or primitive.right is not None),
    ]


@cache
def load_weights() -> tuple[Float32Array, Float32Array]:
    """The fitted weights of CANDIDATE_FEATURES and of SKIP_FEATURES."""
    text = resources.files(__package__).joinpath(WEIGHTS_FILE).read_text("utf-8")
    weights = json.loads(text)["weights"]
    return (
        np.array([weights[name] for name in CANDIDATE_FEATURES], np.float64),
        np.array([weights[name] for name in SKIP_FEATURES], np.float64),
    )
