"""Calibration, ranking, the refusal curve and quality levels, on results made by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from digitscope.benchmark import Result, Sample, Verdict
from digitscope.benchmark.metrics import (
    Summary,
    auroc,
    calibrate,
    rank,
    summarise,
    summarise_levels,
    wilson_interval,
)
from digitscope.benchmark.selective_prediction import (
    THRESHOLDS,
    choose_point,
    operating_point_at,
    refusal_curve,
)
from digitscope.types import Level, Quality, Reason


def result(
    label: str,
    guess: int | None = None,
    confidence: float = 0.9,
    *,
    reason: Reason | None = None,
    quality: float = 0.8,
    verdict: Verdict | None = None,
) -> Result:
    """A picture and what the network said of it; refused where there is a reason or no guess."""
    shares: tuple[float, ...] = ()
    if guess is not None:
        rest = [(1 - confidence) / 9] * 10
        rest[guess] = confidence
        shares = tuple(rest)
    digit = guess if reason is None else None
    if verdict is None:
        right = digit is not None and str(digit) == label
        refused = Verdict.REFUSED if label else Verdict.CORRECT
        verdict = refused if digit is None else Verdict.CORRECT if right else Verdict.WRONG
    level = Level.EXCELLENT if quality >= 0.75 else Level.POOR
    return Result(
        Sample(Path("a.png"), label, "photo", headline=True),
        verdict,
        digit,
        reason,
        shares,
        Quality(quality, level, 0.5, 100, 0.6),
        1.0,
    )


BROKEN = result("3", verdict=Verdict.ERROR)


# --- Counts and their intervals -----------------------------------------------------------------


def _counted(kind: str, verdict: Verdict, ms: float) -> Result:
    return Result(Sample(Path("a.png"), "3", kind, headline=True), verdict, ms=ms)


def test_results_are_counted_by_kind_in_order_of_appearance() -> None:
    results = [
        _counted("scan", Verdict.CORRECT, 10),
        _counted("photo", Verdict.WRONG, 7),
        _counted("scan", Verdict.REFUSED, 20),
        _counted("scan", Verdict.CORRECT, 60),
        _counted("scan", Verdict.ERROR, 0),  # no reading, so no time
    ]
    assert summarise(results) == [
        Summary("scan", 4, 2, 0, 1, 1, wilson_interval(2, 4), 20, pytest.approx(56)),
        Summary("photo", 1, 0, 1, 0, 0, wilson_interval(0, 1), 7, 7),
    ]


def test_a_kind_with_nothing_but_errors_took_no_time() -> None:
    (summary,) = summarise([_counted("photo", Verdict.ERROR, 0)])
    assert (summary.errors, summary.median_ms, summary.p95_ms) == (1, 0, 0)


@pytest.mark.parametrize(
    ("successes", "n", "interval"),
    [
        (0, 10, (0.0, 0.2775)),
        (5, 10, (0.2366, 0.7634)),
        (10, 10, (0.7225, 1.0)),
        (296, 299, (0.9709, 0.9966)),
        (0, 0, (0, 1)),
    ],
)
def test_wilson_intervals_of_the_literature(
    successes: int, n: int, interval: tuple[float, float]
) -> None:
    assert wilson_interval(successes, n) == pytest.approx(interval, abs=5e-5)


# --- AUROC ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("above", "below", "expected"),
    [
        ([2, 3], [0, 1], 1.0),
        ([0, 1], [2, 3], 0.0),
        ([1, 1], [1], 0.5),
        ([0.1, 0.9], [0.5], 0.5),
        ([], [1], None),
        ([1], [], None),
    ],
)
def test_auroc_by_hand(above: list[float], below: list[float], expected: float | None) -> None:
    assert auroc(above, below) == expected


def test_auroc_is_the_share_of_pairs_in_order() -> None:
    rng = np.random.default_rng(0)
    above, below = rng.integers(0, 9, 40).tolist(), rng.integers(0, 7, 30).tolist()
    pairs = [(a > b) + (a == b) / 2 for a in above for b in below]
    assert auroc(above, below) == pytest.approx(np.mean(pairs))


# --- Calibration ---------------------------------------------------------------------------------


def test_a_network_right_as_often_as_it_says_has_no_error() -> None:
    results = [result("3", 3, 0.75), result("3", 3, 0.75), result("3", 3, 0.75)]
    calibration = calibrate([*results, result("3", 8, 0.75)])
    (only,) = calibration.bins
    assert calibration.n == only.n == 4
    assert (only.confidence, only.right) == (pytest.approx(0.75), 0.75)
    assert only.interval == wilson_interval(3, 4)
    assert calibration.error == pytest.approx(0)


def test_the_error_is_the_mean_gap_by_bin() -> None:
    calibration = calibrate([result("3", 3, 0.5), result("3", 8, 0.9)], bins=10)
    assert [(one.low, one.high) for one in calibration.bins] == [(0.5, 0.6), (0.9, 1.0)]
    assert calibration.error == pytest.approx((0.5 + 0.9) / 2)


def test_refused_guesses_count_and_what_was_never_asked_does_not() -> None:
    unsure = result("3", 3, 0.4, reason=Reason.UNCERTAIN)
    calibration = calibrate([unsure, result("3"), result("", 3), BROKEN])
    assert (calibration.n, calibration.error) == (1, pytest.approx(0.6))


def test_nothing_asked_is_nothing_off() -> None:
    assert (calibrate([]).n, calibrate([]).error, calibrate([]).bins) == (0, 0, ())


# --- Ranking -------------------------------------------------------------------------------------


def test_good_results_are_ranked_above_bad_ones() -> None:
    results = [
        result("3", 3, 0.95, quality=0.9),
        result("4", 4, 0.8, quality=0.2),
        result("5", 6, 0.85, quality=0.5),  # wrong, more sure than one that is right
        result("8", 8, 0.5, reason=Reason.UNCERTAIN, quality=0.1),
        result("8", 3, 0.4, reason=Reason.NOT_A_DIGIT, quality=0.1),
        result("", 1, 0.6, reason=Reason.NOT_A_DIGIT, quality=0.3),
        BROKEN,
    ]
    answers, guesses, all_digits, digits = rank(results)
    assert (answers.above, answers.below) == (2, 1)
    assert (answers.confidence, answers.quality) == (0.5, 0.5)
    assert (guesses.above, guesses.below) == (3, 2)
    assert guesses.confidence == pytest.approx(4 / 6)
    assert (all_digits.above, all_digits.below) == (2, 3)
    assert (digits.above, digits.below, digits.confidence) == (5, 1, pytest.approx(3 / 5))


def test_with_nothing_wrong_there_is_nothing_to_rank() -> None:
    answers = rank([result("3", 3)])[0]
    assert (answers.below, answers.confidence, answers.quality) == (0, None, None)


# --- The refusal curve ---------------------------------------------------------------------------

MIXED = [
    result("3", 3, 0.9),
    result("4", 9, 0.6),
    result("5", 5, 0.99, reason=Reason.SEVERAL_DIGITS),
    result("6"),  # no tile
    result("", 1, 0.7),
    result("37", 7, 0.99, reason=Reason.SEVERAL_DIGITS),
    BROKEN,
]


@pytest.mark.parametrize(
    ("threshold", "digits_refused", "digits_wrong", "others_refused"),
    [(0.0, 0.5, 0.25, 0.5), (0.6, 0.5, 0.25, 0.5), (0.65, 0.75, 0, 0.5), (0.95, 1, 0, 1)],
)
def test_a_threshold_refuses_what_lies_below_it(
    threshold: float, digits_refused: float, digits_wrong: float, others_refused: float
) -> None:
    point = operating_point_at(MIXED, threshold)
    assert (point.threshold, point.digits_refused) == (threshold, digits_refused)
    assert (point.digits_wrong, point.others_refused) == (digits_wrong, others_refused)


def test_the_curve_only_rises() -> None:
    curve = refusal_curve(MIXED)
    assert [point.threshold for point in curve] == list(THRESHOLDS) == sorted(THRESHOLDS)
    refused = [point.digits_refused for point in curve]
    assert refused == sorted(refused)


def test_without_others_there_is_no_share_of_them() -> None:
    assert operating_point_at([result("3", 3)], 0.5).others_refused is None


def test_the_highest_threshold_that_costs_no_more_is_chosen() -> None:
    curve = refusal_curve([result("3", 3, 0.5), *[result("3", 3, 0.9)] * 3])
    point = choose_point(curve, max_refused=0.25)
    assert point is not None and (point.threshold, point.digits_refused) == (0.9, 0.25)
    assert choose_point(refusal_curve([result("3")]), max_refused=0.5) is None


# --- Levels --------------------------------------------------------------------------------------


def test_each_level_is_counted() -> None:
    results = [
        result("3", 3, quality=0.9),
        result("3", 5, quality=0.9),
        result("3", 5, 0.2, reason=Reason.UNCERTAIN, quality=0.1),
        result("", 5, quality=0.1),
        BROKEN,
    ]
    levels = summarise_levels(results)
    assert [one.level for one in levels] == ["excellent", "good", "fair", "poor"]
    assert levels[0].interval == wilson_interval(1, 2)
    counted = [(one.n, one.correct, one.wrong, one.refused) for one in levels]
    assert counted == [(2, 1, 1, 0), (0, 0, 0, 0), (0, 0, 0, 0), (1, 0, 0, 1)]
