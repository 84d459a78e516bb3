"""The cost of a confidence threshold: digits refused, against wrong answers.

Source: Geifman and El-Yaniv, "Selective classification for deep neural networks", NeurIPS 2017.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from digitscope.benchmark.metrics import none_or_several, one_digit
from digitscope.benchmark.results import Result

THRESHOLDS = (*(step / 100 for step in range(100)), 0.995, 0.999)  # finer near 1
MAX_REFUSED = 0.01  # ratio of one-digit pictures that a suggested threshold may refuse


@dataclass(frozen=True)
class OperatingPoint:
    """Ratios of refused and wrong pictures if the reader answers at confidence >= `threshold`."""

    threshold: float
    digits_refused: float  # of the one-digit pictures
    digits_wrong: float  # of the one-digit pictures
    others_refused: float | None  # of all other pictures; None if there are none


def operating_point_at(results: Sequence[Result], threshold: float) -> OperatingPoint:
    """Compute what a threshold of confidence would refuse and get wrong."""

    def refuses(result: Result) -> bool:
        return not 0 < result.score >= threshold

    digits, others = one_digit(results), none_or_several(results)
    wrong = [one for one in digits if not refuses(one) and not one.is_guess_right]
    return OperatingPoint(
        threshold,
        sum(map(refuses, digits)) / max(len(digits), 1),
        len(wrong) / max(len(digits), 1),
        sum(map(refuses, others)) / len(others) if others else None,
    )


def refusal_curve(results: Sequence[Result]) -> list[OperatingPoint]:
    """Compute the operating point of every threshold in `THRESHOLDS`."""
    return [operating_point_at(results, threshold) for threshold in THRESHOLDS]


def choose_point(
    curve: Sequence[OperatingPoint], max_refused: float = MAX_REFUSED
) -> OperatingPoint | None:
    """Choose the highest threshold that refuses at most `max_refused` of one-digit pictures.

    Returns:
        The operating point; None if even the lowest threshold refuses more.
    """
    allowed = [point for point in curve if point.digits_refused <= max_refused]
    return allowed[-1] if allowed else None
