"""The poorer the picture, the less the network is trusted; the order of the digits stays."""

from __future__ import annotations

import numpy as np
import pytest

from digitscope.recognition.calibration import POINT, apply_temperature, calibrate
from digitscope.types import Level, Prediction, Quality


def _said(first: float, second: float) -> Prediction:
    """A 4 with one probability, a 9 with another, the rest shared by the others."""
    row = np.full(10, (1 - first - second) / 8, np.float32)
    row[4], row[9] = first, second
    return Prediction(row)


def _picture(score: float) -> Quality:
    return Quality(score, Level.GOOD, 0.5, 100, 0.6)


def test_of_a_perfect_picture_the_temperature_is_the_operating_points() -> None:
    calibrated = calibrate(_said(0.9, 0.05), _picture(1.0))
    fitted = apply_temperature(_said(0.9, 0.05), POINT.temperature)
    np.testing.assert_allclose(calibrated.probabilities, fitted.probabilities, atol=1e-6)


def test_the_poorer_the_picture_the_less_it_is_trusted() -> None:
    calibrated = [calibrate(_said(0.9, 0.05), _picture(score)) for score in (1.0, 0.6, 0.2, 0.0)]
    confidences = [one.confidence for one in calibrated]
    assert confidences == sorted(confidences, reverse=True) and len(set(confidences)) == 4
    for one in calibrated:
        assert [digit for digit, _ in one.ranked[:2]] == [4, 9]
        assert one.probabilities.sum() == pytest.approx(1, abs=1e-5)
        assert one.probabilities.dtype == np.float32


def test_certainty_is_not_lost_in_rounding() -> None:
    calibrated = calibrate(_said(1.0, 0.0), _picture(0.5))
    assert 0.999 < calibrated.confidence <= 1


@pytest.mark.parametrize("temperature", [0.5, 2.0])
def test_a_temperature_divides_the_logarithms(temperature: float) -> None:
    odds = np.log(apply_temperature(_said(0.6, 0.2), temperature).probabilities[[4, 9]])
    assert odds[0] - odds[1] == pytest.approx(np.log(3) / temperature, abs=1e-4)
