"""A benchmark's metrics as one JSON object and as tables for people."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, TypeAlias

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
    operating_point_at,
    refusal_curve,
)
from digitscope.recognition.rejection import MIN_CONFIDENCE

TOTAL = "together"
SHOWN_THRESHOLDS = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99)  # the table's rows
TEXT_COLUMNS = 100  # width of the tables in a terminal, characters
Cell: TypeAlias = str | int | float | Interval | None


@dataclasses.dataclass(frozen=True)
class Report:
    """All metrics of a run."""

    kinds: list[Summary]
    total: Summary  # all kinds together
    calibration: Calibration
    rankings: list[Ranking]
    levels: list[LevelSummary]
    curve: list[OperatingPoint]  # one point for each threshold
    in_use: OperatingPoint
    suggested: OperatingPoint | None  # highest threshold that refuses <= MAX_REFUSED


class Table(NamedTuple):
    """A table for people; every row has as many cells as there are heads."""

    title: str
    heads: tuple[str, ...]
    rows: list[list[str]]


def make_report(results: Sequence[Result]) -> Report:
    """Compute all metrics of a run."""
    curve = refusal_curve(results)
    return Report(
        summarise(results),
        summarise_kind(TOTAL, results),
        calibrate(results),
        rank(results),
        summarise_levels(results),
        curve,
        operating_point_at(results, MIN_CONFIDENCE),
        choose_point(curve),
    )


def report_to_dict(
    report: Report, results: Sequence[Result], settings: dict[str, Any]
) -> dict[str, Any]:
    """Convert a run into one JSON-serialisable object: settings, metrics, every picture."""
    return {
        "settings": settings,
        **dataclasses.asdict(report),
        "pictures": [result_to_row(one) for one in results],
    }


def make_tables(report: Report) -> list[Table]:
    """Format all metrics as tables."""
    return [
        _tabulate_kinds(report),
        _tabulate_calibration(report.calibration),
        _tabulate_rankings(report.rankings),
        _tabulate_levels(report.levels),
        _tabulate_curve(report),
    ]


def _table(title: str, heads: str, rows: Iterable[Iterable[Cell]]) -> Table:
    """Format the cells as text; `heads` are separated by commas."""
    return Table(title, tuple(heads.split(",")), [[_say(cell) for cell in row] for row in rows])


def _say(cell: Cell) -> str:
    """Format a cell: a float is a ratio, a pair is an interval, None becomes "-"."""
    if isinstance(cell, float):
        return f"{cell:.1%}"
    if isinstance(cell, tuple):
        return f"{cell[0]:.1%} to {cell[1]:.1%}"
    return "-" if cell is None else str(cell)


def _counts(one: Summary | LevelSummary) -> tuple[Cell, ...]:
    if one.n == 0:
        return 0, None, None, None, None
    return one.n, one.correct / one.n, one.interval, one.wrong / one.n, one.refused / one.n


def _tabulate_kinds(report: Report) -> Table:
    shown = [*report.kinds, report.total] if len(report.kinds) > 1 else report.kinds
    heads = "kind,n,correct,95 % interval,wrong,refused,errors,median ms,p95 ms"
    rows = (
        (one.kind, *_counts(one), one.errors, f"{one.median_ms:.1f}", f"{one.p95_ms:.1f}")
        for one in shown
    )
    return _table("Pictures by kind", heads, rows)


def _tabulate_calibration(calibration: Calibration) -> Table:
    title = f"Calibration of {calibration.n} guesses: expected error {calibration.error:.2%}"
    rows = (
        (f"{one.low:.0%} to {one.high:.0%}", one.n, one.confidence, one.right, one.interval)
        for one in calibration.bins
    )
    return _table(title, "confidence,n,mean,right,95 % interval", rows)


def _tabulate_rankings(rankings: Sequence[Ranking]) -> Table:
    def auroc(value: float | None) -> str | None:
        return None if value is None else f"{value:.3f}"

    rows = (
        (one.name, f"{one.above}/{one.below}", auroc(one.confidence), auroc(one.quality))
        for one in rankings
    )
    return _table("Ranking, as AUROC", "pictures,n,confidence,quality", rows)


def _tabulate_levels(levels: Sequence[LevelSummary]) -> Table:
    heads = "quality,n,correct,95 % interval,wrong,refused"
    return _table(
        "Pictures of one digit by quality", heads, ((one.level, *_counts(one)) for one in levels)
    )


def _tabulate_curve(report: Report) -> Table:
    """Show the curve at a few thresholds, the one in use and the one suggested."""
    named = [(report.in_use, "in use")]
    if report.suggested is not None:
        named.append((report.suggested, f"refuses {MAX_REFUSED:.0%} of digits at most"))
    shown = [one for one in report.curve if one.threshold in SHOWN_THRESHOLDS]
    points = {one.threshold: one for one in (*shown, *(point for point, _ in named))}
    rows = (
        (
            *(threshold, one.digits_refused, one.digits_wrong, one.others_refused),
            ", ".join(name for point, name in named if point.threshold == threshold),
        )
        for threshold, one in sorted(points.items())
    )
    heads = "answered from,digits refused,digits wrong,others refused,"
    return _table("What each threshold of confidence costs", heads, rows)


def format_report(report: Report) -> str:
    """Format all metrics as plain-text tables; needs rich (extra ``benchmark``)."""
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
