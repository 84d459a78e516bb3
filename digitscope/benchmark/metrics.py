"""How far confidence and quality can be trusted: calibration, ranking, and what refusing costs.

All of it is counted over results. "One digit" are the pictures that show one; all others ask for
a refusal.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digitscope.benchmark.results import Result, Verdict
from digitscope.types import Level

ECE_BINS = 15  # as in Guo et al., "On Calibration of Modern Neural Networks", ICML 2017
THRESHOLDS = (*(step / 100 for step in range(100)), 0.995, 0.999)  # finer where answers crowd
GUESSES = "right guesses above wrong guesses"  # the ranking that no threshold has a part in
MOST_REFUSED = 0.01  # share of one-digit pictures that may be lost to refusing the others


@dataclass(frozen=True)
class Bin:
    """Pictures of like confidence: how sure the network was of them, how often it was right."""

    low: float
    high: float
    n: int
    confidence: float
    right: float


@dataclass(frozen=True)
class Calibration:
    """Whether confidence is what it says: the bins that hold a picture, and their mean gap."""

    n: int
    error: float
    bins: tuple[Bin, ...]


@dataclass(frozen=True)
class Ranking:
    """How well two scores rank one set of pictures above another, as AUROC: 1 perfect, .5 chance.

    Attributes:
        name: which sets.
        above: pictures that should rank higher.
        below: pictures that should rank lower.
        confidence: of the network; None where a set is empty.
        quality: of the picture; None where a set is empty.
    """

    name: str
    above: int
    below: int
    confidence: float | None
    quality: float | None


@dataclass(frozen=True)
class OperatingPoint:
    """What a threshold of confidence would do, in shares 0..1.

    Attributes:
        threshold: a picture is answered from this confidence on.
        digits_refused: of the pictures of one digit.
        digits_wrong: of the pictures of one digit.
        others_refused: of all other pictures; None where there are none.
    """

    threshold: float
    digits_refused: float
    digits_wrong: float
    others_refused: float | None


@dataclass(frozen=True)
class LevelSummary:
    """What a quality level meant in practice: the one-digit pictures of that level, counted."""

    level: str
    n: int
    correct: int
    wrong: int
    refused: int


def one_digit(results: Iterable[Result]) -> list[Result]:
    """Keep the pictures of one digit that could be opened."""
    return [one for one in results if one.sample.is_one_digit and one.verdict is not Verdict.ERROR]


def none_or_several(results: Iterable[Result]) -> list[Result]:
    """Keep the pictures that ask for a refusal and could be opened."""
    return [
        one for one in results if not one.sample.is_one_digit and one.verdict is not Verdict.ERROR
    ]


def auroc(above: Sequence[float], below: Sequence[float]) -> float | None:
    """The chance that one of `above` scores higher than one of `below`; ties count half.

    Source: Mann and Whitney (1947); Hanley and McNeil (1982).

    >>> auroc([0.9, 0.8, 0.4], [0.4])
    0.8333333333333334
    """
    if len(above) == 0 or len(below) == 0:
        return None
    ordered = np.sort(np.asarray(below, float))
    lower = np.searchsorted(ordered, above, side="left")
    not_higher = np.searchsorted(ordered, above, side="right")
    return float((lower + not_higher).mean() / 2 / len(ordered))


def calibrate(results: Sequence[Result], bins: int = ECE_BINS) -> Calibration:
    """Compare confidence with how often the guess is right, over one-digit pictures with a guess.

    Refused guesses count: a threshold would hide what lies below it.

    Source: Guo et al., "On Calibration of Modern Neural Networks", ICML 2017.
    """
    asked = [one for one in one_digit(results) if one.confidence is not None]
    confidence = np.array([one.confidence for one in asked], float)
    right = np.array([one.is_guess_right for one in asked], float)
    filled = bin_by_confidence(confidence, right, bins)
    return Calibration(len(asked), calibration_error(filled), filled)


def bin_by_confidence(
    confidence: NDArray[np.floating], right: NDArray[Any], bins: int = ECE_BINS
) -> tuple[Bin, ...]:
    """Sort answers into equal bins of confidence; empty bins are left out.

    Args:
        confidence: (N,) 0..1.
        right: (N,) whether each answer is right.
        bins: how many.

    Source: DeGroot and Fienberg, "The comparison and evaluation of forecasters", 1983.
    """
    index = np.minimum((confidence * bins).astype(int), bins - 1)
    return tuple(
        Bin(
            k / bins,
            (k + 1) / bins,
            int((index == k).sum()),
            float(confidence[index == k].mean()),
            float(right[index == k].mean()),
        )
        for k in np.unique(index).tolist()
    )


def calibration_error(bins: Sequence[Bin]) -> float:
    """Mean distance between confidence and the share of right answers, 0..1; 0 without any.

    Source: Guo et al., "On Calibration of Modern Neural Networks", ICML 2017.
    """
    gaps = sum(one.n * abs(one.confidence - one.right) for one in bins)
    return gaps / max(sum(one.n for one in bins), 1)


def _quality(result: Result) -> float:
    return 0.0 if result.quality is None else result.quality.score


def _rank(name: str, above: Sequence[Result], below: Sequence[Result]) -> Ranking:
    return Ranking(
        name,
        len(above),
        len(below),
        auroc([one.strength for one in above], [one.strength for one in below]),
        auroc([_quality(one) for one in above], [_quality(one) for one in below]),
    )


def rank(results: Sequence[Result]) -> list[Ranking]:
    """Measure how well confidence and quality tell good results from bad ones."""
    digits = one_digit(results)
    asked = [one for one in digits if one.strength > 0]
    correct = [one for one in digits if one.verdict is Verdict.CORRECT]
    return [
        _rank(
            "right answers above wrong answers",
            correct,
            [one for one in digits if one.verdict is Verdict.WRONG],
        ),
        _rank(
            GUESSES,
            [one for one in asked if one.is_guess_right],
            [one for one in asked if not one.is_guess_right],
        ),
        _rank(
            "right answers above wrong and refused",
            correct,
            [one for one in digits if one.verdict is not Verdict.CORRECT],
        ),
        _rank("one digit above none or several", digits, none_or_several(results)),
    ]


def operate(results: Sequence[Result], threshold: float) -> OperatingPoint:
    """Work out what a threshold of confidence would refuse and get wrong."""
    digits = one_digit(results)
    others = [one.strength for one in none_or_several(results)]
    refused = [one for one in digits if not 0 < one.strength >= threshold]
    wrong = [one for one in digits if 0 < one.strength >= threshold and not one.is_guess_right]
    return OperatingPoint(
        threshold,
        len(refused) / max(len(digits), 1),
        len(wrong) / max(len(digits), 1),
        sum(not 0 < strength >= threshold for strength in others) / len(others) if others else None,
    )


def refusal_curve(results: Sequence[Result]) -> list[OperatingPoint]:
    """Work out every threshold: refusing more of what is no digit costs digits."""
    return [operate(results, threshold) for threshold in THRESHOLDS]


def choose_point(
    curve: Sequence[OperatingPoint], most_refused: float = MOST_REFUSED
) -> OperatingPoint | None:
    """Choose the highest threshold that refuses no more than a share of the one-digit pictures.

    Returns:
        The point; None where even the lowest threshold refuses more.
    """
    allowed = [point for point in curve if point.digits_refused <= most_refused]
    return allowed[-1] if allowed else None


def summarise_levels(results: Sequence[Result]) -> list[LevelSummary]:
    """Count the one-digit pictures by quality level, best first; those without one are left out."""
    digits = one_digit(results)
    summaries = []
    for level in Level:
        verdicts = [one.verdict for one in digits if one.quality and one.quality.level is level]
        counts = [verdicts.count(v) for v in (Verdict.CORRECT, Verdict.WRONG, Verdict.REFUSED)]
        summaries.append(LevelSummary(str(level), len(verdicts), *counts))
    return summaries
