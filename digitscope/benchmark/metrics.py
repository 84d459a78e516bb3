"""Metrics of a benchmark run: counts with confidence intervals, calibration and ranking.

A "one digit" picture shows exactly one digit; for any other picture a refusal is right. A ratio is
0..1; an interval is Wilson's at 95 %.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from digitscope.benchmark.results import Result, Verdict
from digitscope.types import Level

ECE_BINS = 15  # as in Guo et al., "On Calibration of Modern Neural Networks", ICML 2017
GUESSES = "right guesses above wrong guesses"  # this ranking does not depend on a threshold
Z_95 = 1.959964  # the normal distribution's 97.5 % quantile
Interval: TypeAlias = tuple[float, float]


@dataclass(frozen=True)
class Summary:
    """Counts for one kind of picture; `interval` is the confidence interval of correct / n."""

    kind: str
    n: int
    correct: int
    wrong: int
    refused: int
    errors: int
    interval: Interval
    median_ms: float
    p95_ms: float


@dataclass(frozen=True)
class LevelSummary:
    """Counts for the one-digit pictures of one quality level; `interval` is that of correct / n."""

    level: str
    n: int
    correct: int
    wrong: int
    refused: int
    interval: Interval


@dataclass(frozen=True)
class Bin:
    """A bin of a reliability diagram: its mean confidence, and the ratio of right guesses."""

    low: float
    high: float
    n: int
    confidence: float
    right: float
    interval: Interval


@dataclass(frozen=True)
class Calibration:
    """Calibration: the bins that are not empty, and `error`, the expected calibration error."""

    n: int
    error: float
    bins: tuple[Bin, ...]


@dataclass(frozen=True)
class Ranking:
    """How well confidence and quality rank one set of pictures above another, as AUROC.

    1 is perfect, 0.5 is chance; an AUROC is None if one of the sets is empty.
    """

    name: str
    above: int  # pictures that should rank higher
    below: int  # pictures that should rank lower
    confidence: float | None
    quality: float | None


def wilson_interval(successes: float, n: int) -> Interval:
    """The 95 % confidence interval of the ratio successes / n; (0, 1) if n is 0.

    Source: Wilson, "Probable inference, the law of succession, and statistical inference", 1927.

    >>> low, high = wilson_interval(8, 10)
    >>> round(low, 4), round(high, 4)
    (0.4902, 0.9433)
    """
    if n == 0:
        return 0.0, 1.0
    ratio, z2 = successes / n, Z_95**2
    middle = ratio + z2 / (2 * n)
    half = Z_95 * sqrt(ratio * (1 - ratio) / n + z2 / (4 * n**2))
    return max((middle - half) / (1 + z2 / n), 0.0), min((middle + half) / (1 + z2 / n), 1.0)


def summarise(results: Sequence[Result]) -> list[Summary]:
    """Count the results by kind, in the order in which the kinds first appear."""
    kinds = dict.fromkeys(one.sample.kind for one in results)
    return [
        summarise_kind(kind, [one for one in results if one.sample.kind == kind]) for kind in kinds
    ]


def summarise_kind(kind: str, results: Sequence[Result]) -> Summary:
    """Count results under one name; times are only of pictures that could be opened."""
    correct, wrong, refused, errors = _count(results)
    times_ms = np.array([one.ms for one in results if one.verdict is not Verdict.ERROR] or [0.0])
    return Summary(
        kind,
        len(results),
        correct,
        wrong,
        refused,
        errors,
        wilson_interval(correct, len(results)),
        float(np.median(times_ms)),
        float(np.percentile(times_ms, 95)),
    )


def summarise_levels(results: Sequence[Result]) -> list[LevelSummary]:
    """Count the one-digit pictures by quality level, best first."""
    summaries = []
    for level in Level:
        of_level = [one for one in one_digit(results) if one.quality and one.quality.level is level]
        correct, wrong, refused, _ = _count(of_level)
        interval = wilson_interval(correct, len(of_level))
        summaries.append(LevelSummary(str(level), len(of_level), correct, wrong, refused, interval))
    return summaries


def _count(results: Sequence[Result]) -> tuple[int, int, int, int]:
    """The numbers of results that are correct, wrong, refused, and errors."""
    correct, wrong, refused, errors = (
        sum(one.verdict is verdict for one in results) for verdict in Verdict
    )
    return correct, wrong, refused, errors


def one_digit(results: Iterable[Result]) -> list[Result]:
    """Keep the pictures of one digit that could be opened."""
    return [one for one in results if one.sample.is_one_digit and one.verdict != Verdict.ERROR]


def none_or_several(results: Iterable[Result]) -> list[Result]:
    """Keep the pictures for which a refusal is right and that could be opened."""
    return [one for one in results if not one.sample.is_one_digit and one.verdict != Verdict.ERROR]


def auroc(above: Sequence[float], below: Sequence[float]) -> float | None:
    """The probability that one of `above` scores higher than one of `below`; ties count half.

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
    """Compare confidence with accuracy, over the one-digit pictures with a guess.

    Refused guesses count, too; else the bins below the threshold would be empty.

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
    """Sort answers by confidence into bins of equal width; empty bins are left out.

    Args:
        confidence: (N,) 0..1.
        right: (N,) whether each answer is right.
        bins: number of bins.

    Source: DeGroot and Fienberg, "The comparison and evaluation of forecasters", 1983.
    """
    index = np.minimum((confidence * bins).astype(int), bins - 1)  # (N,)
    filled = []
    for k in np.unique(index).tolist():
        inside = index == k
        n, ratio = int(inside.sum()), float(right[inside].mean())
        sure = float(confidence[inside].mean())
        interval = wilson_interval(ratio * n, n)
        filled.append(Bin(k / bins, (k + 1) / bins, n, sure, ratio, interval))
    return tuple(filled)


def calibration_error(bins: Sequence[Bin]) -> float:
    """Mean gap between confidence and accuracy of the bins, weighted by n; 0 without bins.

    Source: Guo et al., "On Calibration of Modern Neural Networks", ICML 2017.
    """
    gaps = sum(one.n * abs(one.confidence - one.right) for one in bins)
    return gaps / max(sum(one.n for one in bins), 1)


def _rank(name: str, above: Sequence[Result], below: Sequence[Result]) -> Ranking:
    sets = above, below
    scores = [[one.score for one in results] for results in sets]
    qualities = [[one.quality.score if one.quality else 0.0 for one in each] for each in sets]
    return Ranking(name, len(above), len(below), auroc(*scores), auroc(*qualities))


def rank(results: Sequence[Result]) -> list[Ranking]:
    """Measure how well confidence and quality separate good results from bad ones."""
    digits = one_digit(results)
    asked = [one for one in digits if one.score > 0]
    correct = [one for one in digits if one.verdict is Verdict.CORRECT]
    wrong = [one for one in digits if one.verdict is Verdict.WRONG]
    missed = [one for one in digits if one.verdict is not Verdict.CORRECT]
    right_guesses = [one for one in asked if one.is_guess_right]
    wrong_guesses = [one for one in asked if not one.is_guess_right]
    return [
        _rank("right answers above wrong answers", correct, wrong),
        _rank(GUESSES, right_guesses, wrong_guesses),
        _rank("right answers above wrong and refused", correct, missed),
        _rank("one digit above none or several", digits, none_or_several(results)),
    ]
