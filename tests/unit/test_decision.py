"""What the network says becomes an answer, a doubt between two digits, or no digit."""

from __future__ import annotations

import numpy as np
import pytest

from digitscope.recognition.decision import LEAST_CONFIDENCE, TWO_RIVALS, judge
from digitscope.types import Prediction, Reason

UNDER = LEAST_CONFIDENCE - 0.01


def said(first: float, second: float) -> Prediction:
    """A 4 with one probability, a 9 with another, the rest shared by the others."""
    row = np.full(10, (1 - first - second) / 8, np.float32)
    row[4], row[9] = first, second
    return Prediction(row)


def test_a_sure_network_is_an_answer() -> None:
    assert judge(said(0.98, 0.01)) is None
    assert judge(said(LEAST_CONFIDENCE + 0.001, 0.05)) is None


def test_two_rivals_are_a_doubt() -> None:
    half = min(UNDER, TWO_RIVALS / 2 + 0.05)
    assert judge(said(half, TWO_RIVALS + 0.01 - half)) is Reason.UNCERTAIN


@pytest.mark.parametrize("first", [0.1, 0.3, UNDER])
def test_a_network_that_prefers_none_sees_no_digit(first: float) -> None:
    assert judge(said(first, min(0.1, TWO_RIVALS - 0.05 - first))) is Reason.NOT_A_DIGIT
