"""Whether an answer may be given: is this a digit at all, and is it one digit rather than another?

The network was taught a tenth for each digit on letters, scribbles and the like, so that its
confidence falls where it sees no digit.
"""

from __future__ import annotations

from digitscope.types import Prediction, Reason

LEAST_CONFIDENCE = 0.70  # chosen on the development photos: refuses most letters, few digits
TWO_RIVALS = 0.80  # where two digits hold this much together, it is one of them, written unclearly


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
