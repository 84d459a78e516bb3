"""The generated text of docs/experiments.md, from the reports in training/reports."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from training.experiments.definitions import COMPARED
from training.experiments.reports import FRACTIONS, cell, heading


def describe_experiments(reports: Path) -> str:
    """Write a section for each experiment that has a report, in the order of the document.

    Args:
        reports: the folder of ``NAME.json`` and ``NAME.png``.
    """
    files = [reports / f"{name}.json" for name in COMPARED]
    found = [json.loads(file.read_text(encoding="utf-8")) for file in files if file.is_file()]
    return "\n\n".join(_describe(report) for report in found)


def _describe(report: Mapping[str, Any]) -> str:
    rows = report["rows"]
    shown = [name for name in FRACTIONS if name in report["columns"]]
    heads = ("", "seeds", "parameters", *(heading(rows, name) for name in shown))
    lines = [
        f"| {' | '.join(heads)} |",
        "| --- " * len(heads) + "|",
        *(
            f"| {row['name']} | {len(row['runs'])} | {row['parameters']:,} | "
            + " | ".join(cell(row, name).replace("*", r"\*") for name in shown)
            + " |"
            for row in rows
        ),
    ]
    return "\n".join(
        [
            f"## {report['title']}\n",
            f"{report['teaches']}\n",
            *_describe_searches(report),
            *lines,
            f"\n{report['finding']}\n",
            f"![{report['title']}: a dot is a run](../training/reports/{report['name']}.png)\n",
            f"{_size_of(report)} `{report['command']}`",
        ]
    )


def _describe_searches(report: Mapping[str, Any]) -> list[str]:
    """Write the searches before the training: one paragraph, or one list item per row."""
    if "search" in report:
        return [f"{_found_by(report['search'])}\n"]
    searched = [row for row in report["rows"] if "search" in row]
    lines = [f"- **{row['name']}**: {_found_by(row['search'])}" for row in searched]
    return [*lines, ""] if lines else []


def _found_by(search: Mapping[str, Any]) -> str:
    trials = search["trials"]
    pruned = sum(trial["state"] == "pruned" for trial in trials)
    best, recipe = (", ".join(_settings(search[one])) for one in ("best", "recipe"))
    at_an_end = [name.replace("_", " ") for name in search.get("at_an_end", ())]
    text = (
        f"{len(trials)} settings were tried, {pruned} of them stopped early (pruned). The lowest "
        f"validation loss was reached with {best}; our default is {recipe}."
    )
    if not at_an_end:
        return text
    return (
        f"{text} At an end of what was tried and not pruned, so a better value may lie beyond: "
        f"{', '.join(at_an_end)}."
    )


def _settings(values: Mapping[str, float]) -> list[str]:
    """Each setting as text: its name and value."""
    return [f"{name.replace('_', ' ')} {value:,.4g}" for name, value in values.items()]


def _size_of(report: Mapping[str, Any]) -> str:
    run = report["rows"][0]["runs"][0]
    tiles = f"{run['tiles']:,} of MNIST's tiles" if run["tiles"] else "all tiles"
    return f"Mean ± standard deviation; each run {run['epochs']} epochs with {tiles}."
