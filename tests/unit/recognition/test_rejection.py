"""What the network says becomes an answer, a doubt between two digits, or no digit."""

from __future__ import annotations

import numpy as np
import pytest

from digitscope.recognition.rejection import (
    MIN_CONFIDENCE,
    MIN_TWO_DIGITS,
    SURE_CONFIDENCE,
    decide,
    is_sure,
)
from digitscope.types import Background, Prediction, Preprocessed, Reading, Reason

UNDER = MIN_CONFIDENCE - 0.01


def said(first: float, second: float) -> Prediction:
    """A 4 with one probability, a 9 with another, the rest shared by the others."""
    row = np.full(10, (1 - first - second) / 8, np.float32)
    row[4], row[9] = first, second
    return Prediction(row)


def test_a_sure_network_is_an_answer() -> None:
    assert decide(said(0.98, 0.01), digits_seen=1) is None
    assert decide(said(MIN_CONFIDENCE + 0.001, 0.05), digits_seen=1) is None


def test_two_likely_digits_are_a_doubt() -> None:
    half = min(UNDER, MIN_TWO_DIGITS / 2 + 0.05)
    assert decide(said(half, MIN_TWO_DIGITS + 0.01 - half), digits_seen=1) is Reason.UNCERTAIN


@pytest.mark.parametrize("first", [0.1, 0.3, min(UNDER, MIN_TWO_DIGITS - 0.1)])
def test_a_network_that_prefers_none_sees_no_digit(first: float) -> None:
    assert (
        decide(said(first, min(0.1, MIN_TWO_DIGITS - 0.05 - first)), digits_seen=1)
        is Reason.NOT_A_DIGIT
    )


@pytest.mark.parametrize("first", [0.1, 0.99])
def test_several_digits_are_refused_however_sure_the_network_is(first: float) -> None:
    assert decide(said(first, 0.0), digits_seen=2) is Reason.SEVERAL_DIGITS


@pytest.mark.parametrize(
    ("digit", "confidence", "sure"),
    [(4, SURE_CONFIDENCE + 0.01, True), (4, SURE_CONFIDENCE - 0.01, False), (None, 0.99, False)],
)
def test_only_a_confident_answer_is_sure(digit: int | None, confidence: float, sure: bool) -> None:
    found = Preprocessed(None, None, None, Background.OPENCV, np.zeros((4, 4, 3), np.uint8))
    assert is_sure(Reading(digit, None, said(confidence, 0.0), found, 0.0)) is sure


def test_without_a_prediction_nothing_is_sure() -> None:
    found = Preprocessed(None, None, None, Background.OPENCV, np.zeros((4, 4, 3), np.uint8))
    assert not is_sure(Reading(None, Reason.BLANK, None, found, 0.0))
