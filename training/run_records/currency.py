"""Lists figures that are out of date: ``python -m training.run_records.currency``.

A row of an experiment is current if the experiment still has it, today's code trained its runs with
today's recipe and the row's changes, and today's code has read its pictures. Photos in the model
card are current if today's code has read them with the shipped network. ``make docs`` ends with
this command. After a change that should alter no training, `training.run_records.confirm` can show
that, row by row.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from statistics import mean
from typing import Any

from digitscope.model_files import MODEL_CARD, MODELS_DIR, ONNX_MODEL, fingerprint_of
from training.config import HyperParameters, without_removed
from training.experiments.definitions import EXPERIMENTS, Row
from training.run_records.provenance import (
    PHOTOS_BY,
    READINGS_BY,
    code_fingerprint,
    reading_fingerprint,
)
from training.run_records.run_folder import REPOSITORY

REPORTS_DIR = REPOSITORY / "training" / "reports"
NOT_COMPARED = {"seed", "precision"}  # unless the row changes them
SIZES = {
    "--full": ("limit", "epochs", "batch_size"),
    "--epochs": ("epochs",),
    "--limit": ("limit",),
}


def stale_rows(report: Mapping[str, Any]) -> Iterator[str]:
    """Every row of a report that is out of date or missing, with the reason."""
    name = report["name"]
    if name not in EXPERIMENTS:
        yield f"{name}: there is no such experiment today"
        return
    if report["teaches"] != EXPERIMENTS[name].teaches:
        yield f"{name}: its text is another one today"
    known, common = {row.name: row for row in EXPERIMENTS[name].rows}, _common_settings(report)
    for row in report["rows"]:
        if row["name"] not in known or _has_other_changes(known.pop(row["name"]), row["changes"]):
            yield f"{name}: {row['name']}: the experiment has no such row today"
        elif reason := ", ".join(_reasons(row, common)):
            yield f"{name}: {row['name']}: {reason}"
    yield from (f"{name}: {row}: not measured yet" for row in known)


def _common_settings(report: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of the experiment that the report's command does not change."""
    said = report["command"].split()
    free = {setting for option, names in SIZES.items() if option in said for setting in names}
    wanted = asdict(HyperParameters()) | dict(EXPERIMENTS[report["name"]].small)
    return {name: value for name, value in wanted.items() if name not in free | NOT_COMPARED}


def _reasons(row: Mapping[str, Any], common: Mapping[str, Any]) -> dict[str, None]:
    """Why a row's figures are out of date, each reason once; empty if they are current."""
    changes = without_removed(row["changes"])
    wanted = {**common, **changes}
    found = dict.fromkeys(_why_stale(run, wanted) for run in row["runs"])
    found.pop("", None)
    if not all(_is_mean_of(row, name) for name in row if name.endswith("_mean")):
        found["its means are not those of its runs"] = None
    return found


def _is_mean_of(row: Mapping[str, Any], name: str) -> bool:
    values = [run[name.removesuffix("_mean")] for run in row["runs"]]
    return bool(values) and math.isclose(row[name], mean(values))


def _has_other_changes(row: Row, changes: Mapping[str, Any]) -> bool:
    """Whether a report's row changed other settings than `row`; searched values may differ."""
    fixed = {n: value for n, value in without_removed(changes).items() if n not in row.searched}
    found = all(one.low <= changes.get(n, math.nan) <= one.high for n, one in row.searched.items())
    return fixed != dict(row.changes) or not found


def _why_stale(run: Mapping[str, Any], wanted: Mapping[str, Any]) -> str:
    """Why a run's figures are out of date; "" if they are current."""
    if "settings" not in run or not run.get("code_sha256"):
        return "its settings or its code were not kept"
    had = without_removed(run["settings"])
    unknown = had.keys() - asdict(HyperParameters()).keys()
    others = [name for name in [*wanted, *unknown] if wanted.get(name) != had.get(name)]
    if others:
        return f"other settings today ({', '.join(others)})"
    if run["code_sha256"] != code_fingerprint():
        return "other code today"
    return _why_read_anew(run)


def _why_read_anew(run: Mapping[str, Any]) -> str:
    """Which pictures were read with the run's network by other code; "" if none."""
    known = run.get("readings", {})
    read = [name for name in READINGS_BY if f"{name}_accuracy" in run]
    old = [name for name in read if known.get(name) != reading_fingerprint(name)]
    return f"other code or operating point reads this today ({', '.join(old)})" if old else ""


def stale_photos(card: Mapping[str, Any]) -> Iterator[str]:
    """Every photo entry of the card that other code or another network has read, and why."""
    for name in PHOTOS_BY:
        if name in card and (reason := _why_outdated(card[name], reading_fingerprint(name))):
            yield f"model card: {name}: {reason}; measure it again: `{card[name]['command']}`"
    for name, file in card.get("files", {}).items():
        if file["sha256"] != fingerprint_of(MODELS_DIR / name):
            yield f"model card: {name} is another file today; export the run again"


def _why_outdated(entry: Mapping[str, Any], today: str) -> str:
    """Why an entry's figures are out of date; "" if they are current."""
    if entry.get("code_sha256") != today:
        return "the code or the operating point that reads photos has changed"
    return "" if entry["model_sha256"] == fingerprint_of(ONNX_MODEL) else "the network has changed"


def find_stale(reports: Sequence[Path], card: Path = MODEL_CARD) -> list[str]:
    """Every figure that is out of date, one line of text each."""
    tables = [json.loads(path.read_text(encoding="utf-8")) for path in reports]
    missing = EXPERIMENTS.keys() - {table["name"] for table in tables}
    rows = [line for table in tables for line in stale_rows(table)]
    rows += [f"{name}: not measured yet" for name in sorted(missing)]
    return [*rows, *stale_photos(json.loads(card.read_text(encoding="utf-8")))]


def main() -> None:
    """Print what is out of date; exit with an error if there is anything."""
    if stale := find_stale(sorted(REPORTS_DIR.glob("*.json"))):
        sys.exit("\n".join(("Figures older than what they speak of; measure them again:", *stale)))
    print("Every figure is current.")


if __name__ == "__main__":
    main()
