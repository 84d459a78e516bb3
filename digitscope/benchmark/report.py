"""A benchmark as one JSON object and as tables for people."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from digitscope.benchmark.measures import (
    MOST_REFUSED,
    Calibration,
    LevelSummary,
    OperatingPoint,
    Ranking,
    calibrate,
    choose_point,
    operate,
    rank,
    refusal_curve,
    summarise_levels,
)
from digitscope.benchmark.outcomes import Outcome, Summary, summarise, summarise_kind
from digitscope.benchmark.rows import to_row
from digitscope.recognition.rejection import MIN_CONFIDENCE

TOTAL = "together"
SHOWN_THRESHOLDS = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99)  # of the curve, in the table for people


@dataclasses.dataclass(frozen=True)
class Report:
    """Everything that is measured of a run.

    Attributes:
        kinds: the counts by kind of picture.
        total: the counts of all kinds together.
        calibration: whether confidence is what it says.
        rankings: how well confidence and quality tell good from bad.
        levels: what each quality level meant.
        curve: what each threshold of confidence would do.
        in_use: what the threshold in use does.
        suggested: the highest threshold that refuses at most MOST_REFUSED of the digits, if any.
    """

    kinds: list[Summary]
    total: Summary
    calibration: Calibration
    rankings: list[Ranking]
    levels: list[LevelSummary]
    curve: list[OperatingPoint]
    in_use: OperatingPoint
    suggested: OperatingPoint | None


def make_report(outcomes: Sequence[Outcome]) -> Report:
    """Measure a run."""
    curve = refusal_curve(outcomes)
    return Report(
        summarise(outcomes),
        summarise_kind(TOTAL, outcomes),
        calibrate(outcomes),
        rank(outcomes),
        summarise_levels(outcomes),
        curve,
        operate(outcomes, MIN_CONFIDENCE),
        choose_point(curve),
    )


def describe_report(
    report: Report, outcomes: Sequence[Outcome], settings: dict[str, Any]
) -> dict[str, Any]:
    """Put a run into one object fit for JSON: how it was made, what came of it, every picture."""
    return {
        "settings": settings,
        **dataclasses.asdict(report),
        "pictures": [to_row(outcome) for outcome in outcomes],
    }


def _number(value: float | None, digits: int = 3) -> str:
    return "-" if value is None else f"{value:.{digits}f}"


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.1%}"


def format_kinds(summaries: Sequence[Summary]) -> str:
    """Lay out the counts by kind."""
    wide = max([10, *(len(one.kind) for one in summaries)])
    head = (
        f"{'kind':{wide}s} {'n':>5s} {'correct':>8s} {'wrong':>7s} {'refused':>8s} {'errors':>6s}"
    )
    lines = [f"{head} {'median ms':>10s} {'p95 ms':>7s}"]
    lines += [
        f"{one.kind:{wide}s} {one.n:5d} {one.correct / one.n:8.1%} {one.wrong / one.n:7.1%} "
        f"{one.refused / one.n:8.1%} {one.errors:6d} {one.median_ms:10.1f} {one.p95_ms:7.1f}"
        for one in summaries
    ]
    return "\n".join(lines)


def format_calibration(calibration: Calibration) -> str:
    """Lay out the bins of confidence."""
    lines = [
        f"calibration of {calibration.n} guesses: expected error {calibration.error:.2%}",
        f"{'from':>6s} {'to':>6s} {'n':>5s} {'confidence':>11s} {'right':>7s}",
    ]
    lines += [
        f"{one.low:6.0%} {one.high:6.0%} {one.n:5d} {one.confidence:11.1%} {one.right:7.1%}"
        for one in calibration.bins
    ]
    return "\n".join(lines)


def format_rankings(rankings: Sequence[Ranking]) -> str:
    """Lay out how well confidence and quality rank pictures."""
    lines = [f"{'AUROC':38s} {'n':>11s} {'confidence':>11s} {'quality':>8s}"]
    lines += [
        f"{one.name:38s} {f'{one.above}/{one.below}':>11s} {_number(one.confidence):>11s} "
        f"{_number(one.quality):>8s}"
        for one in rankings
    ]
    return "\n".join(lines)


def format_levels(levels: Sequence[LevelSummary]) -> str:
    """Lay out what each quality level meant for pictures of one digit."""
    lines = [f"{'quality':10s} {'n':>5s} {'correct':>8s} {'wrong':>7s} {'refused':>8s}"]
    lines += [
        f"{one.level:10s} {one.n:5d} "
        + " ".join(
            f"{_share(count / one.n if one.n else None):>{width}s}"
            for count, width in ((one.correct, 8), (one.wrong, 7), (one.refused, 8))
        )
        for one in levels
    ]
    return "\n".join(lines)


def format_curve(report: Report) -> str:
    """Lay out the refusal curve at a few thresholds, the one in use and the one suggested."""
    named = [(report.in_use, "in use")]
    if report.suggested is not None:
        named.append((report.suggested, f"refuses {MOST_REFUSED:.0%} of digits at most"))
    points = {one.threshold: one for one in report.curve if one.threshold in SHOWN_THRESHOLDS}
    points |= {one.threshold: one for one, _ in named}
    lines = [
        f"{'answered from':>13s} {'digits refused':>15s} {'digits wrong':>13s} "
        f"{'others refused':>15s}"
    ]
    lines += [
        f"{one.threshold:13.1%} {one.digits_refused:15.1%} {one.digits_wrong:13.1%} "
        f"{_share(one.others_refused):>15s}  "
        + ", ".join(name for point, name in named if point.threshold == one.threshold)
        for _, one in sorted(points.items())
    ]
    return "\n".join(line.rstrip() for line in lines)


def several_kinds(report: Report) -> list[Summary]:
    """List the counts by kind, and below several kinds those of all together."""
    return [*report.kinds, report.total] if len(report.kinds) > 1 else report.kinds


def format_report(report: Report) -> str:
    """Lay out everything that was measured."""
    return "\n\n".join(
        (
            format_kinds(several_kinds(report)),
            format_calibration(report.calibration),
            format_rankings(report.rankings),
            format_levels(report.levels),
            format_curve(report),
        )
    )
