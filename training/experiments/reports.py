"""Tables and figures of experiments: ``training/reports/NAME.json`` and ``NAME.png``.

They show means and standard deviations over seeds. A figure is a column only if every run of the
experiment has it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, stdev
from typing import TYPE_CHECKING, Any

from training import plots
from training.config import HyperParameters
from training.experiments.definitions import Experiment
from training.experiments.paired import CONFIDENCE_LEVEL, SIGNIFICANCE_LEVEL, differences, is_apart
from training.model_definition import build_network
from training.run_records.currency import REPORTS_DIR
from training.run_records.provenance import git_commit
from training.run_records.run_folder import RunFolder
from training.tracking.record import read_record

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COLUMNS = ("val_accuracy", "val_loss", "test_accuracy")  # of every experiment
STROKE_COLUMNS = {  # of experiments that read pen strokes, with labels
    "test_hands_accuracy": "strokes of test writers",
    "validation_hands_accuracy": "strokes of writers 29-35",  # if test writers' are missing
}
PHOTO_COLUMNS = {  # of experiments that read photos, with labels
    "photo_accuracy": "simulated photos",
    "real_photo_accuracy": "photos",
    "real_photo_2_accuracy": "photos, second folder",
    "real_photo_3_accuracy": "photos, third folder",
}
RANKED_COLUMNS = {  # AUROC, if labelled folders hold pictures without a digit, with labels
    "real_photo_none_auroc": "AUROC on photos",
    "real_photo_2_none_auroc": "AUROC, second folder",
    "real_photo_3_none_auroc": "AUROC, third folder",
}
READ_COLUMNS = STROKE_COLUMNS | PHOTO_COLUMNS | RANKED_COLUMNS
FRACTIONS = {"val_accuracy": "validation", "test_accuracy": "test"} | READ_COLUMNS
NAME_CHARS, CELL_CHARS = 36, 26


@dataclass(frozen=True)
class Run:
    """One row of an experiment with one seed.

    Attributes:
        row: the row's name.
        changes: the settings that differ from the recipe.
    """

    row: str
    changes: dict[str, object]
    hyper: HyperParameters
    folder: RunFolder


def write_report(
    name: str,
    experiment: Experiment,
    runs: Sequence[Run],
    command: str,
    *,
    folder: Path = REPORTS_DIR,
    searches: Mapping[str, Mapping[str, Any]] | None = None,
) -> str:
    """Write an experiment's table as JSON and its figure as PNG; return the text to print.

    Args:
        name: name of the experiment and of the files.
        experiment: what it compares and teaches.
        runs: the finished runs, each with its figures.
        command: the command that makes the table again.
        folder: where the files go.
        searches: row name -> the search that came before its runs.
    """
    rows, searches = _summarise_all(runs), searches or {}
    _compare_with_first(rows)
    if len(searches) > 1:
        rows = [
            row | ({"search": searches[row["name"]]} if row["name"] in searches else {})
            for row in rows
        ]
    report = {
        "name": name,
        "title": experiment.title,
        "teaches": experiment.teaches,
        "finding": finding(rows),
        "command": command,
        "git_commit": git_commit(),
        "columns": columns_of(rows),
        "rows": rows,
    } | ({"search": next(iter(searches.values()))} if len(searches) == 1 else {})
    figure = draw_report(report)
    folder.mkdir(exist_ok=True)
    text = json.dumps(report, indent=1) + "\n"
    (folder / f"{name}.json").write_text(text, encoding="utf-8", newline="\n")
    plots.save(figure, folder / f"{name}.png")
    return f"{as_text(rows)}\n\n{experiment.teaches}\n{report['finding']}"


def draw_report(report: Mapping[str, Any]) -> Figure:
    """The figure of a report: panels for MNIST, strokes, photos, ranked pairs and a search."""
    shown = {name: FRACTIONS[name] for name in report["columns"] if name in FRACTIONS}
    panels = {
        "MNIST tiles read wrong": {n: text for n, text in shown.items() if n not in READ_COLUMNS},
        "Strokes read wrong": {n: text for n, text in shown.items() if n in STROKE_COLUMNS},
        "Photos read wrong": {n: text for n, text in shown.items() if n in PHOTO_COLUMNS},
        "Pairs ranked wrong": {n: text for n, text in shown.items() if n in RANKED_COLUMNS},
    }
    trials = report.get("search", {}).get("trials", ())
    return plots.draw_comparison(report["title"], report["rows"], panels, trials)


def _summarise_all(runs: Sequence[Run]) -> list[dict[str, Any]]:
    """The rows in their order, with the columns that all runs have."""
    measured = [name for name in READ_COLUMNS if all(name in run.folder.figures() for run in runs)]
    return [
        summarise([run for run in runs if run.row == row], (*COLUMNS, *measured))
        for row in dict.fromkeys(run.row for run in runs)
    ]


def summarise(runs: Sequence[Run], columns: Sequence[str] = COLUMNS) -> dict[str, Any]:
    """One row: its figures with mean and standard deviation over the seeds."""
    figures = [run_figures(run) for run in runs]
    row: dict[str, Any] = {"name": runs[0].row, "changes": runs[0].changes, "runs": figures}
    row["parameters"] = build_network(runs[0].hyper).count_params()
    for column in columns:
        values = [one[column] for one in figures]
        row[f"{column}_mean"] = mean(values)
        row[f"{column}_std"] = stdev(values) if len(values) > 1 else None
    return row


def columns_of(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """The figures that every row has, in the order of the table."""
    known = (*COLUMNS, *READ_COLUMNS)
    return [name for name in known if rows and all(f"{name}_mean" in row for row in rows)]


def run_figures(run: Run) -> dict[str, Any]:
    """One run in a report: settings, versions of the code, and all figures."""
    state, best = run.folder.state(), run.folder.best_figures()
    facts = read_record(run.folder).facts
    return {
        "settings": run.folder.settings(),
        "git_commit": facts.get("git_commit", ""),
        "code_sha256": facts.get("code_sha256", ""),
        "training_sha256": facts.get("training_sha256", ""),
        "readings": run.folder.readings(),
        "seed": run.hyper.seed,
        "folder": f"{run.folder.path.parent.name}/{run.folder.path.name}",
        "epochs": state.epochs,
        "tiles": run.hyper.limit,
        "seconds": round(sum(epoch["seconds"] for epoch in state.history)),
        "val_accuracy": best["val_accuracy"],
        "val_loss": best["val_loss"],
    } | run.folder.figures()


def _compare_with_first(rows: Sequence[dict[str, Any]]) -> None:
    """Add to each row but the first its differences from the first, column by column."""
    for column in (name for name in columns_of(rows) if name in FRACTIONS):
        for row, difference in zip(rows[1:], differences(rows, column), strict=True):
            row.setdefault("differences", {})[column] = difference


def finding(rows: Sequence[Mapping[str, Any]]) -> str:
    """The rows that differ significantly from the first row, and by how much, as text."""
    if len(rows) == 1:
        return ""
    apart = {
        row["name"]: [
            f"{FRACTIONS[column]} {_points(row['differences'][column])}"
            for column in columns_of(rows)
            if is_apart(row, column)
        ]
        for row in rows[1:]
    }
    found = "; ".join(f"{name}: {', '.join(texts)}" for name, texts in apart.items() if texts)
    return (
        f"Significantly different from {rows[0]['name']}, in points, with the "
        f"{100 * CONFIDENCE_LEVEL:.0f} % confidence interval: {found or 'nothing'} "
        f"(paired t-test over {len(rows[0]['runs'])} seeds at "
        f"{SIGNIFICANCE_LEVEL:.0%}, with Holm's correction over the rows of each column). "
        "A difference without a star may be real: few seeds show only large ones."
    )


def _points(difference: Mapping[str, float]) -> str:
    return f"{100 * difference['mean']:+.2f} ± {100 * difference['margin']:.2f}"


def heading(rows: Sequence[Mapping[str, Any]], column: str) -> str:
    """The title of a column; for pictures, with their number."""
    count = rows[0]["runs"][0].get(f"{column.removesuffix('_accuracy')}_count")
    return f"{FRACTIONS[column]} ({count})" if count else FRACTIONS[column]


def as_text(rows: Sequence[Mapping[str, Any]]) -> str:
    """The table for the terminal, in percent, ± one standard deviation."""
    shown = [name for name in columns_of(rows) if name in FRACTIONS]
    heads = "".join(f"{heading(rows, name):>{CELL_CHARS}}" for name in shown)
    lines = [f"{'':{NAME_CHARS}}{heads}{'seeds':>7}"]
    for row in rows:
        cells = "".join(f"{cell(row, name):>{CELL_CHARS}}" for name in shown)
        lines.append(f"{row['name']:{NAME_CHARS}}{cells}{len(row['runs']):7}")
    return "\n".join(lines)


def cell(row: Mapping[str, Any], column: str) -> str:
    """A figure as "99.60% ± 0.03 *"; one seed has no spread; a star: significantly different."""
    spread = row[f"{column}_std"]
    shown = f"{row[f'{column}_mean']:.2%}" + (
        f" ± {100 * spread:.2f}" if spread is not None else ""
    )
    return shown + (" *" if is_apart(row, column) else "")
