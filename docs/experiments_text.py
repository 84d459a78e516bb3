"""What docs/experiments.md says: each experiment from its report in training/reports."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from training.experiments.definitions import COMPARED
from training.experiments.reports import ACCURACIES


def describe_experiments(reports: Path) -> str:
    """A section for each experiment that was run, in the order to be read.

    Args:
        reports: the folder of ``NAME.json`` and ``NAME.png``.
    """
    files = [reports / f"{name}.json" for name in COMPARED]
    found = [json.loads(file.read_text(encoding="utf-8")) for file in files if file.is_file()]
    return "\n\n".join(_describe(report) for report in found)


def _describe(report: Mapping[str, Any]) -> str:
    shown = {name: text for name, text in ACCURACIES.items() if name in report["columns"]}
    heads = ("", "runs", *shown.values())
    lines = [
        f"| {' | '.join(heads)} |",
        "| --- " * len(heads) + "|",
        *(
            f"| {row['name']} | {len(row['runs'])} | "
            + " | ".join(_written(row, name) for name in shown)
            + " |"
            for row in report["rows"]
        ),
    ]
    return "\n".join(
        [
            f"## {report['title']}\n",
            f"{report['teaches']}\n",
            *([f"{_found_by(report['search'])}\n"] if "search" in report else []),
            *lines,
            f"\n{report['finding']}\n",
            f"![{report['title']}: a dot is a run](../training/reports/{report['name']}.png)\n",
            f"{_size_of(report)} `{report['command']}`",
        ]
    )


def _found_by(search: Mapping[str, Any]) -> str:
    trials, best, recipe = search["trials"], search["best"], search["recipe"]
    given_up = sum(trial["state"] == "pruned" for trial in trials)
    return (
        f"{len(trials)} settings were tried, {given_up} of them given up early. The least "
        f"validation loss had {best['hidden_units']} hidden units and a dropout of "
        f"{best['dropout']:.2f}; the recipe has {recipe['hidden_units']} and "
        f"{recipe['dropout']:.2f}."
    )


def _written(row: Mapping[str, Any], name: str) -> str:
    spread = row[f"{name}_std"]
    return f"{row[f'{name}_mean']:.2%}" + ("" if spread is None else f" ± {spread:.2%}")


def _size_of(report: Mapping[str, Any]) -> str:
    run = report["rows"][0]["runs"][0]
    tiles = f"{run['tiles']:,} of MNIST's tiles" if run["tiles"] else "all tiles"
    return f"Mean ± standard deviation; each run {run['epochs']} epochs with {tiles}."
