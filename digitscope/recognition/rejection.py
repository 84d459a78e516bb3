"""Rejection after the network: may this prediction be given as an answer?

After the network, pictures are refused only here. The network splits its probability of "no digit"
evenly among the ten digits, so its confidence falls if there is no digit.
`digitscope benchmark FOLDER` shows what each threshold would refuse and get wrong.
"""

from __future__ import annotations

import numpy as np

from digitscope.recognition.operating_point import load_operating_point
from digitscope.types import CLASSES, Float32Array, Prediction, Reading, Reason

MIN_CONFIDENCE = load_operating_point().min_confidence  # fitted, see the model card
SURE_CONFIDENCE = 0.95  # chosen on the dev photos: no other attempt at the picture is needed
MIN_TWO_DIGITS = 0.85  # if two digits together have this: one of the two, but unclear which


def decide(prediction: Prediction, digits_seen: int) -> Reason | None:
    """Decide whether a prediction is an answer.

    Args:
        prediction: calibrated.
        digits_seen: how many separate digits the picture seems to show.

    Returns:
        None for an answer; SEVERAL_DIGITS; UNCERTAIN if the network hesitates between two
        digits; NOT_A_DIGIT if it prefers none.

    >>> import numpy as np
    >>> decide(Prediction(np.full(10, 0.1, np.float32)), digits_seen=1)
    <Reason.NOT_A_DIGIT: 'not a digit'>
    """
    if digits_seen > 1:
        return Reason.SEVERAL_DIGITS
    second, first = np.sort(prediction.probabilities)[-2:].tolist()
    if first >= MIN_CONFIDENCE:
        return None
    return Reason.UNCERTAIN if first + second >= MIN_TWO_DIGITS else Reason.NOT_A_DIGIT


def is_sure(reading: Reading) -> bool:
    """Whether an answer is so confident that no other attempt at the picture is needed."""
    if reading.digit is None or reading.prediction is None:
        return False
    return float(reading.prediction.probabilities.max()) >= SURE_CONFIDENCE


def digit_probability(probabilities: Float32Array) -> float:
    """The probability that a tile shows a digit at all, 0..1.

    For tiles without a digit, the network was trained on a target of a tenth for each digit. So
    the probability of "no digit" is ten times the smallest of the ten.

    Args:
        probabilities: (10,) float32, sums to 1.

    >>> digit_probability(np.full(10, 0.1, np.float32)) < 1e-6
    True
    """
    return float(np.clip(1 - CLASSES * probabilities.min(), 0, 1))
