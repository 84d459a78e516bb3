"""Each figure against a hand-made case or a slow, obvious twin."""

from __future__ import annotations

import numpy as np
import pytest

from training.evaluation.metrics import (
    accuracy,
    class_reports,
    expected_calibration_error,
    negative_log_likelihood,
)


def _answers(digits: list[int], confidence: float) -> np.ndarray:
    probabilities = np.full((len(digits), 10), (1 - confidence) / 9, np.float32)
    probabilities[np.arange(len(digits)), digits] = confidence
    return probabilities


LABELS = np.array([3, 3, 3, 5], np.uint8)
ANSWERS = _answers([3, 3, 5, 5], 0.95)


def test_accuracy() -> None:
    assert accuracy(ANSWERS, LABELS) == 0.75


def test_class_reports() -> None:
    three, five = (class_reports(ANSWERS, LABELS)[k] for k in (3, 5))
    assert (three.precision, three.recall, three.tiles) == (1, pytest.approx(2 / 3), 3)
    assert (five.precision, five.recall, five.f1) == (0.5, 1, pytest.approx(2 / 3))


def test_a_digit_never_shown_counts_nothing() -> None:
    zero = class_reports(ANSWERS, LABELS)[0]
    assert (zero.precision, zero.recall, zero.f1, zero.tiles) == (0, 0, 0, 0)


def test_calibration_error_of_one_bin() -> None:
    assert expected_calibration_error(ANSWERS, LABELS) == pytest.approx(0.95 - 0.75, abs=1e-6)


def test_calibration_error_matches_a_slow_twin() -> None:
    rng = np.random.default_rng(0)
    probabilities = rng.dirichlet(np.full(10, 0.2), 500).astype(np.float32)
    labels = rng.integers(0, 10, 500).astype(np.uint8)
    slow = 0.0
    for lower in np.arange(15) / 15:
        top = probabilities.max(1)
        inside = (top >= lower) & ((top < lower + 1 / 15) | (lower + 1 / 15 > 0.999))
        if inside.any():
            right = (probabilities.argmax(1) == labels)[inside].mean()
            slow += inside.mean() * abs(right - top[inside].mean())
    assert expected_calibration_error(probabilities, labels) == pytest.approx(slow, abs=1e-6)


def test_sure_and_right_is_no_error() -> None:
    assert expected_calibration_error(_answers([1, 2], 1.0), np.array([1, 2])) == 0


def test_negative_log_likelihood() -> None:
    assert negative_log_likelihood(_answers([4], 0.5), np.array([4])) == pytest.approx(np.log(2))
