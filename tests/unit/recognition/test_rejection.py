"""What the network says becomes an answer, a doubt between two digits, or no digit."""

from __future__ import annotations

import numpy as np
import pytest

from digitscope.recognition.decision import LEAST_CONFIDENCE, TWO_RIVALS, judge, temper
from digitscope.types import Level, Prediction, Quality, Reason

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


def _picture(score: float) -> Quality:
    return Quality(score, Level.GOOD, 0.5, 100, 0.6)


def test_of_a_flawless_picture_the_network_is_believed_as_it_is() -> None:
    tempered = temper(said(0.9, 0.05), _picture(1.0))
    np.testing.assert_allclose(tempered.probabilities, said(0.9, 0.05).probabilities, atol=1e-6)


def test_the_poorer_the_picture_the_less_it_is_believed() -> None:
    tempered = [temper(said(0.9, 0.05), _picture(score)) for score in (1.0, 0.6, 0.2, 0.0)]
    confidences = [one.confidence for one in tempered]
    assert confidences == sorted(confidences, reverse=True) and len(set(confidences)) == 4
    for one in tempered:
        assert [digit for digit, _ in one.ranked[:2]] == [4, 9]
        assert one.probabilities.sum() == pytest.approx(1, abs=1e-5)
        assert one.probabilities.dtype == np.float32


def test_certainty_is_not_lost_in_rounding() -> None:
    tempered = temper(said(1.0, 0.0), _picture(0.5))
    assert 0.999 < tempered.confidence <= 1
