"""Calibration: a probability that means what it says, for a picture of this quality.

The network sees the tile alone. Of a poor picture it is as sure as of a good one, so its
probabilities are evened out by a temperature that rises as the quality falls.
"""

from __future__ import annotations

import numpy as np

from digitscope.recognition.operating_point import load_operating_point
from digitscope.types import Prediction, Quality

POINT = load_operating_point()  # its temperatures are fitted on labelled pictures
MIN_PROBABILITY = 1e-7  # below it float32's softmax is rounding


def calibrate(prediction: Prediction, quality: Quality) -> Prediction:
    """Trust the network less, the poorer the picture. The order of the digits stays.

    Source: temperature scaling, Guo et al., "On Calibration of Modern Neural Networks", ICML 2017;
        that the temperature follows the quality of the picture is ours.
    """
    return apply_temperature(prediction, quality_temperature(quality))


def quality_temperature(quality: Quality) -> float:
    """The temperature for a picture: the poorer it is, the higher."""
    return POINT.temperature + POINT.quality_weight * (1 - quality.score)


def apply_temperature(prediction: Prediction, temperature: float) -> Prediction:
    """Divide the logarithms of a prediction by a temperature: above 1 evens it out.

    Args:
        prediction: ten probabilities.
        temperature: above 0.
    """
    logs = np.log(np.maximum(prediction.probabilities, MIN_PROBABILITY)) / temperature
    weights = np.exp(logs - logs.max())
    return Prediction((weights / weights.sum()).astype(np.float32))
