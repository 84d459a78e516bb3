"""Calibration: adjust the probabilities to the quality of the picture.

The network sees only the tile. It is as confident about a poor picture as about a good one. So its
probabilities are softened by a temperature that rises as the quality falls.
"""

from __future__ import annotations

import numpy as np

from digitscope.recognition.operating_point import load_operating_point
from digitscope.types import Prediction, Quality

POINT = load_operating_point()  # its temperatures are fitted on labelled pictures
MIN_PROBABILITY = 1e-7  # below it, a float32 softmax is only rounding errors


def calibrate(prediction: Prediction, quality: Quality) -> Prediction:
    """Lower the confidence for a poorer picture. The order of the digits does not change.

    Source: temperature scaling, Guo et al., "On Calibration of Modern Neural Networks", ICML 2017;
        that the temperature follows the quality of the picture is ours.
    """
    return apply_temperature(prediction, quality_temperature(quality))


def quality_temperature(quality: Quality) -> float:
    """The temperature for a picture: the poorer it is, the higher."""
    return POINT.temperature + POINT.quality_weight * (1 - quality.score)


def apply_temperature(prediction: Prediction, temperature: float) -> Prediction:
    """Divide the log probabilities by a temperature; above 1 makes them more even.

    Args:
        prediction: ten probabilities.
        temperature: above 0.
    """
    logs = np.log(np.maximum(prediction.probabilities, MIN_PROBABILITY)) / temperature
    weights = np.exp(logs - logs.max())
    return Prediction((weights / weights.sum()).astype(np.float32))
