"""A benchmark's figures as one JSON object and as tables for people."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from digitscope.benchmark.metrics import (
    Calibration,
    Interval,
    LevelSummary,
    Ranking,
    Summary,
    calibrate,
    rank,
    summarise,
    summarise_kind,
    summarise_levels,
)
from digitscope.benchmark.results import Result, result_to_row
from digitscope.benchmark.selective_prediction import (
    MAX_REFUSED,
    OperatingPoint,
    choose_point,
    operate,
    refusal_curve,
)
from digitscope.recognition.decision import LEAST_CONFIDENCE

TOTAL = "together"
SHOWN_THRESHOLDS = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99)  # of the curve, in the table for people
TEXT_COLUMNS = 100  # width of the tables in a terminal, characters
INTERVAL_HEAD = "95 % interval"


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
        suggested: the highest threshold that refuses at most MAX_REFUSED of the digits, if any.
    """

    kinds: list[Summary]
    total: Summary
    calibration: Calibration
    rankings: list[Ranking]
    levels: list[LevelSummary]
    curve: list[OperatingPoint]
    in_use: OperatingPoint
    suggested: OperatingPoint | None


@dataclasses.dataclass(frozen=True)
class Table:
    """Figures laid out for people; every row has as many texts as there are heads."""

    title: str
    heads: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]


def make_report(results: Sequence[Result]) -> Report:
    """Measure a run."""
    curve = refusal_curve(results)
    return Report(
        summarise(results),
        summarise_kind(TOTAL, results),
        calibrate(results),
        rank(results),
        summarise_levels(results),
        curve,
        operate(results, LEAST_CONFIDENCE),
        choose_point(curve),
    )


def report_to_dict(
    report: Report, results: Sequence[Result], settings: dict[str, Any]
) -> dict[str, Any]:
    """Put a run into one object fit for JSON: its settings, its figures, every picture."""
    return {
        "settings": settings,
        **dataclasses.asdict(report),
        "pictures": [result_to_row(one) for one in results],
    }


def make_tables(report: Report) -> list[Table]:
    """Lay out everything that was measured."""
    return [
        _tabulate_kinds(report),
        _tabulate_calibration(report.calibration),
        _tabulate_rankings(report.rankings),
        _tabulate_levels(report.levels),
        _tabulate_curve(report),
    ]


def _percent(value: float | None, n: int = 1) -> str:
    return "-" if value is None or n == 0 else f"{value / n:.1%}"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _range(interval: Interval) -> str:
    low, high = interval
    return "-" if interval == (0, 1) else f"{low:.1%} to {high:.1%}"


def _tabulate_counts(one: Summary | LevelSummary) -> tuple[str, ...]:
    return (
        str(one.n),
        _percent(one.correct, one.n),
        _range(one.interval),
        _percent(one.wrong, one.n),
        _percent(one.refused, one.n),
    )


def _tabulate_kinds(report: Report) -> Table:
    shown = [*report.kinds, report.total] if len(report.kinds) > 1 else report.kinds
    heads = ("kind", "n", "correct", INTERVAL_HEAD, "wrong", "refused", "errors")
    rows = [
        (
            one.kind,
            *_tabulate_counts(one),
            str(one.errors),
            f"{one.median_ms:.1f}",
            f"{one.p95_ms:.1f}",
        )
        for one in shown
    ]
    return Table("Pictures by kind", (*heads, "median ms", "p95 ms"), rows)


def _tabulate_calibration(calibration: Calibration) -> Table:
    title = f"Calibration of {calibration.n} guesses: expected error {calibration.error:.2%}"
    rows = [
        (
            f"{one.low:.0%} to {one.high:.0%}",
            str(one.n),
            _percent(one.confidence),
            _percent(one.right),
            _range(one.interval),
        )
        for one in calibration.bins
    ]
    return Table(title, ("confidence", "n", "mean", "right", INTERVAL_HEAD), rows)


def _tabulate_rankings(rankings: Sequence[Ranking]) -> Table:
    rows = [
        (one.name, f"{one.above}/{one.below}", _number(one.confidence), _number(one.quality))
        for one in rankings
    ]
    return Table("Ranking, as AUROC", ("pictures", "n", "confidence", "quality"), rows)


def _tabulate_levels(levels: Sequence[LevelSummary]) -> Table:
    heads = ("quality", "n", "correct", INTERVAL_HEAD, "wrong", "refused")
    rows = [(one.level, *_tabulate_counts(one)) for one in levels]
    return Table("Pictures of one digit by quality", heads, rows)


def _tabulate_curve(report: Report) -> Table:
    """Show the curve at a few thresholds, the one in use and the one suggested."""
    notes = {report.in_use.threshold: "in use"}
    if report.suggested is not None:
        known = notes.get(report.suggested.threshold)
        suggestion = f"refuses {MAX_REFUSED:.0%} of digits at most"
        notes[report.suggested.threshold] = f"{known}, {suggestion}" if known else suggestion
    points = {one.threshold: one for one in (*report.curve, report.in_use)}
    rows = [
        (
            _percent(threshold),
            _percent(points[threshold].digits_refused),
            _percent(points[threshold].digits_wrong),
            _percent(points[threshold].others_refused),
            notes.get(threshold, ""),
        )
        for threshold in sorted({*SHOWN_THRESHOLDS, *notes})
    ]
    heads = ("answered from", "digits refused", "digits wrong", "others refused", "")
    return Table("What each threshold of confidence costs", heads, rows)


def format_report(report: Report) -> str:
    """Lay out everything that was measured, as plain text; needs rich (extra ``benchmark``)."""
    from rich.console import Console
    from rich.table import Table as TextTable

    console = Console(width=TEXT_COLUMNS, color_system=None, markup=False, highlight=False)
    with console.capture() as capture:
        for table in make_tables(report):
            text = TextTable(box=None, padding=(0, 1))
            for index, head in enumerate(table.heads):
                text.add_column(head, justify="right" if index else "left")
            for row in table.rows:
                text.add_row(*row)
            console.print(table.title, text, "")
    return "\n".join(line.rstrip() for line in capture.get().rstrip().splitlines())
