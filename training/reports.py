"""Tables of experiments: ``training/reports/NAME.json``, mean and spread over seeds."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, stdev
from typing import Any

from training.provenance import git_commit
from training.recipe import HyperParameters
from training.run_folder import RunFolder

REPORTS_DIR = Path(__file__).resolve().parent / "reports"
COLUMNS = ("val_accuracy", "val_loss", "test_accuracy")


@dataclass(frozen=True)
class Run:
    """One row of an experiment with one seed.

    Attributes:
        row: the row's name, as people read it.
        changes: the settings that differ from the recipe.
    """

    row: str
    changes: dict[str, object]
    hyper: HyperParameters
    folder: RunFolder


def write_report(name: str, runs: Sequence[Run], command: str, folder: Path = REPORTS_DIR) -> str:
    """Write an experiment's table as JSON, and return it as text for the terminal.

    Args:
        name: of the experiment.
        runs: finished ones, each with its figures.
        command: what makes the table again.
        folder: where the table goes.
    """
    rows = [
        summarise([run for run in runs if run.row == row])
        for row in dict.fromkeys(run.row for run in runs)
    ]
    report = {"name": name, "command": command, "git_commit": git_commit(), "rows": rows}
    folder.mkdir(exist_ok=True)
    text = json.dumps(report, indent=1) + "\n"
    (folder / f"{name}.json").write_text(text, encoding="utf-8", newline="\n")
    return as_text(rows)


def summarise(runs: Sequence[Run]) -> dict[str, Any]:
    """One row: its figures with mean and standard deviation over the seeds."""
    figures = [run_figures(run) for run in runs]
    row: dict[str, Any] = {"name": runs[0].row, "changes": runs[0].changes, "runs": figures}
    for column in COLUMNS:
        values = [one[column] for one in figures]
        row[f"{column}_mean"] = mean(values)
        row[f"{column}_std"] = stdev(values) if len(values) > 1 else None
    return row


def run_figures(run: Run) -> dict[str, Any]:
    """What one run reached: validation of its best epoch, and the test set."""
    state, best = run.folder.state(), run.folder.best_figures()
    return {
        "seed": run.hyper.seed,
        "folder": f"{run.folder.path.parent.name}/{run.folder.path.name}",
        "epochs": state.epochs,
        "seconds": round(sum(epoch["seconds"] for epoch in state.history)),
        "val_accuracy": best["val_accuracy"],
        "val_loss": best["val_loss"],
    } | run.folder.figures()


def as_text(rows: Sequence[dict[str, Any]]) -> str:
    """The table for the terminal, accuracy in percent, ± one standard deviation."""
    lines = [f"{'':36}{'validation':>16}{'test':>18}{'seeds':>7}"]
    for row in rows:
        cells = (_percent(row, column) for column in ("val_accuracy", "test_accuracy"))
        lines.append(f"{row['name']:36}{'  '.join(cells):>34}{len(row['runs']):7}")
    return "\n".join(lines)


def _percent(row: dict[str, Any], column: str) -> str:
    """A figure as "99.60 % ± 0.03"; one seed has no spread."""
    spread = row[f"{column}_std"]
    return f"{row[f'{column}_mean']:.2%}" + (f" ± {100 * spread:.2f}" if spread is not None else "")
