"""Lists figures that are out of date: ``python -m training.run_records.currency``.

A row of an experiment is current if the experiment still has it, today's code trained its runs with
today's recipe and the row's changes, and today's code has read its pictures. Photos in the model
card are current if today's code has read them with the shipped network. ``make docs`` ends with
this command. After a change that should alter no training, `training.run_records.confirm` can show
that, row by row.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from digitscope.model_files import MODEL_CARD, ONNX_MODEL, fingerprint_of
from training.config import HyperParameters, without_removed
from training.experiments.definitions import EXPERIMENTS, Row
from training.run_records.provenance import PHOTOS_BY, READINGS_BY, code_fingerprint
from training.run_records.run_folder import REPOSITORY

REPORTS_DIR = REPOSITORY / "training" / "reports"
# Seed, size and arithmetic of a run: compared only if the row changes them.
NOT_COMPARED = {"seed", "epochs", "limit", "precision", "batch_size", "ema_momentum"}


def stale_rows(report: Mapping[str, Any]) -> Iterator[str]:
    """Every row of a report that is out of date or missing, with the reason."""
    known = {row.name: row for row in EXPERIMENTS[report["name"]].rows}
    for row in report["rows"]:
        if row["name"] not in known or _has_other_changes(known.pop(row["name"]), row["changes"]):
            yield f"{report['name']}: {row['name']}: the experiment has no such row today"
            continue
        reasons = dict.fromkeys(_why_stale(run, row["changes"]) for run in row["runs"])
        if reason := ", ".join(one for one in reasons if one):
            yield f"{report['name']}: {row['name']}: {reason}"
    yield from (f"{report['name']}: {name}: not measured yet" for name in known)


def _has_other_changes(row: Row, changes: Mapping[str, object]) -> bool:
    """Whether a report's row changed other settings than `row`; searched values may differ."""
    fixed = {n: value for n, value in without_removed(changes).items() if n not in row.searched}
    return fixed != dict(row.changes) or not row.searched.keys() <= changes.keys()


def _why_stale(run: Mapping[str, Any], changes: Mapping[str, object]) -> str:
    """Why a run's figures are out of date; "" if they are current."""
    if "settings" not in run or not run.get("code_sha256"):
        return "its settings or its code were not kept"
    changes, had = without_removed(changes), without_removed(run["settings"])
    wanted = asdict(HyperParameters()) | changes
    compared = [n for n in wanted | had if n not in NOT_COMPARED or n in changes]
    others = [name for name in compared if wanted.get(name) != had.get(name)]
    if others:
        return f"other settings today ({', '.join(others)})"
    if run["code_sha256"] != code_fingerprint():
        return "other code today"
    return _why_read_anew(run)


def _why_read_anew(run: Mapping[str, Any]) -> str:
    """Which pictures were read with the run's network by other code; "" if none."""
    known = run.get("readings", {})
    read = [name for name in READINGS_BY if f"{name}_accuracy" in run]
    old = [name for name in read if known.get(name) != code_fingerprint(READINGS_BY[name])]
    return f"the code that reads pictures has changed ({', '.join(old)})" if old else ""


def stale_photos(card: Mapping[str, Any]) -> Iterator[str]:
    """Every photo entry of the card that other code or another network has read, and why."""
    for name, sources in PHOTOS_BY.items():
        if name in card and (reason := _why_outdated(card[name], sources)):
            yield f"model card: {name}: {reason}; measure it again: `{card[name]['command']}`"


def _why_outdated(entry: Mapping[str, Any], sources: tuple[str, ...]) -> str:
    """Why an entry's figures are out of date; "" if they are current."""
    if entry.get("code_sha256") != code_fingerprint(sources):
        return "the code that reads photos has changed"
    return "" if entry["model_sha256"] == fingerprint_of(ONNX_MODEL) else "the network has changed"


def find_stale(reports: Sequence[Path], card: Path = MODEL_CARD) -> list[str]:
    """Every figure that is out of date, one line of text each."""
    tables = [json.loads(path.read_text(encoding="utf-8")) for path in reports]
    rows = [line for table in tables if "rows" in table for line in stale_rows(table)]
    return [*rows, *stale_photos(json.loads(card.read_text(encoding="utf-8")))]


def main() -> None:
    """Print what is out of date; exit with an error if there is anything."""
    if stale := find_stale(sorted(REPORTS_DIR.glob("*.json"))):
        sys.exit("\n".join(("Figures older than what they speak of; measure them again:", *stale)))
    print("Every figure is current.")


if __name__ == "__main__":
    main()
