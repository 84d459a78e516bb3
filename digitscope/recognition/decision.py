"""Whether an answer may be given: is this a digit at all, and is it one digit rather than another?

The network was taught a tenth for each digit on letters, scribbles and the like, so that its
confidence falls where it sees no digit. It sees the tile alone: of a poor picture it is as sure as
of a good one, so it is believed less there.

The operating points stand here and nowhere else. `digitscope benchmark FOLDER` tells what each
threshold would refuse and get wrong, the one in use marked; `--out` keeps the whole curve.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np

from digitscope.types import Level, Prediction, Quality, Reading, Reason

DOUBT = 0.5  # temperature added at quality 0; lowers the log loss of simulated photos' answers
LEAST_PROBABILITY = 1e-7  # float32's softmax is all rounding below
LEAST_CONFIDENCE = 0.77  # chosen on the development photos: refuses most letters, few digits
SURE = 0.95  # of the first look: no other is needed; of another one: it may answer instead
JUST_A_LINE = 1  # beside the likeliest shape, any line is one: no answer there
OF_THE_WHOLE_PAGE = (
    Reason.BLANK,
    Reason.NO_CONTRAST,
    Reason.SEVERAL_DIGITS,
)  # no look changes these
TWO_RIVALS = 0.85  # where two digits hold this much together, it is one of them, written unclearly


def choose(attempts: Iterator[Reading]) -> Reading:
    """Take the first reading, unless it is in doubt and a later one is sure.

    Where the first look saw a digit and was not sure which, only looks at the same shape may say
    better; where it saw none, other shapes may.

    Args:
        attempts: what each look at the picture brought, made as they are asked for, those at the
            likeliest shape first; at least one.
    """
    first = next(attempts)
    if (_is_sure(first) and not _is_poor(first)) or first.reason in OF_THE_WHOLE_PAGE:
        return first
    if first.digit is not None or first.reason is Reason.UNCERTAIN:
        attempts = itertools.takewhile(lambda one: not one.preprocessed.elsewhere, attempts)
    return next((one for one in attempts if _is_sure(one)), first)


def _is_sure(reading: Reading) -> bool:
    """Whether no other look is needed; another look, with more chances to be wrong, must be."""
    if reading.preprocessed.elsewhere and reading.digit == JUST_A_LINE:
        return False
    return reading.digit is not None and (reading.confidence or 0) >= SURE


def _is_poor(reading: Reading) -> bool:
    return reading.quality is None or reading.quality.level is Level.POOR


def temper(prediction: Prediction, quality: Quality) -> Prediction:
    """Believe the network the less, the poorer the picture: the order of the digits stays.

    Source: temperature scaling, Guo et al., "On Calibration of Modern Neural Networks", ICML 2017;
        that the temperature follows the picture's quality is ours.
    """
    return flatten(prediction, doubt_of(quality))


def doubt_of(quality: Quality) -> float:
    """The temperature that a picture's quality asks for: 1 for a perfect one, else more."""
    return 1 + DOUBT * (1 - quality.score)


def flatten(prediction: Prediction, temperature: float) -> Prediction:
    """Divide a prediction's logarithms by a temperature: above 1 evens it out, below sharpens."""
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
