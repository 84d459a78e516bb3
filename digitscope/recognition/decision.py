"""Whether an answer may be given: is this a digit at all, and is it one digit rather than another?

The network was taught a tenth for each digit on letters, scribbles and the like, so that its
confidence falls where it sees no digit. It sees the tile alone: of a poor picture it is as sure as
of a good one, so it is believed less there.

The operating points stand here and nowhere else. `digitscope benchmark FOLDER` tells what each
threshold would refuse and get wrong, the one in use marked; `--out` keeps the whole curve.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from digitscope.types import Prediction, Quality, Reading, Reason

DOUBT = 0.5  # temperature added at quality 0; lowers the log loss of simulated photos' answers
LEAST_PROBABILITY = 1e-7  # float32's softmax is all rounding below
LEAST_CONFIDENCE = 0.80  # chosen on the development photos: refuses most letters, few digits
SECOND_LOOK_CONFIDENCE = 0.95  # of the network, for a shape that was not the likeliest
JUST_A_LINE = 1  # beside the likeliest shape, any line is one: no answer for a second look
WORTH_ANOTHER_LOOK = (Reason.NOT_A_DIGIT, Reason.TOO_SMALL)  # the rest is said of the whole page
TWO_RIVALS = 0.85  # where two digits hold this much together, it is one of them, written unclearly


def choose(attempts: Iterator[Reading]) -> Reading:
    """Take the first reading, unless it found no digit and a later one is sure of one.

    Args:
        attempts: what each look at the picture brought, made as they are asked for; at least one.
    """
    first = next(attempts)
    if first.reason not in WORTH_ANOTHER_LOOK:
        return first
    return next((one for one in attempts if _is_sure(one)), first)


def _is_sure(reading: Reading) -> bool:
    """Whether an answer is sure enough for a second look, which has more chances to be wrong."""
    if reading.digit in (None, JUST_A_LINE):
        return False
    return (reading.confidence or 0) >= SECOND_LOOK_CONFIDENCE


def temper(prediction: Prediction, quality: Quality) -> Prediction:
    """Believe the network the less, the poorer the picture: the order of the digits stays.

    Source: temperature scaling, Guo et al., "On Calibration of Modern Neural Networks", ICML 2017;
        that the temperature follows the picture's quality is ours.
    """
    temperature = 1 + DOUBT * (1 - quality.score)
    logs = np.log(np.maximum(prediction.probabilities, LEAST_PROBABILITY)) / temperature
    shares = np.exp(logs - logs.max())
    return Prediction((shares / shares.sum()).astype(np.float32))


def judge(prediction: Prediction) -> Reason | None:
    """Decide whether what the network says is an answer.

    Returns:
        None for an answer; UNCERTAIN where it wavers between two digits; NOT_A_DIGIT where it
        prefers none.

    >>> import numpy as np
    >>> judge(Prediction(np.full(10, 0.1, np.float32)))
    <Reason.NOT_A_DIGIT: 'not a digit'>
    """
    if prediction.confidence >= LEAST_CONFIDENCE:
        return None
    (_, first), (_, second) = prediction.ranked[:2]
    return Reason.UNCERTAIN if first + second >= TWO_RIVALS else Reason.NOT_A_DIGIT
