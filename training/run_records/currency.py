"""Names figures that are out of date: ``python -m training.run_records.currency``.

A row of an experiment is current where each of its runs was made by today's code, with today's
recipe and the row's changes. Photos in the model card are current where today's code made their
tiles and answers with the network that is shipped. ``make docs`` ends with this command.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from digitscope.model_files import MODEL_CARD, ONNX_MODEL, fingerprint_of
from training.config import HyperParameters, under_todays_names
from training.run_records.provenance import PHOTOS_BY, code_fingerprint
from training.run_records.run_folder import REPOSITORY

REPORTS_DIR = REPOSITORY / "training" / "reports"
SIZES = ("seed", "epochs", "limit", "precision", "batch_size", "ema_momentum")  # stated beside rows


def stale_rows(report: Mapping[str, Any]) -> Iterator[str]:
    """Every row of a report that is older than code or recipe, with the reason."""
    for row in report["rows"]:
        reasons = dict.fromkeys(_why_stale(run, row["changes"]) for run in row["runs"])
        if reason := ", ".join(one for one in reasons if one):
            yield f"{report['name']}: {row['name']}: {reason}"


def _why_stale(run: Mapping[str, Any], changes: Mapping[str, object]) -> str:
    """Why a run's figures are not current; "" where they are."""
    if "settings" not in run or not run.get("code_sha256"):
        return "its settings or its code were not kept"
    wanted = asdict(HyperParameters()) | under_todays_names(changes)
    had = under_todays_names(run["settings"])
    others = [name for name in wanted if name not in SIZES and wanted[name] != had.get(name)]
    if others:
        return f"other settings today ({', '.join(others)})"
    return "" if run["code_sha256"] == code_fingerprint() else "other code today"


def stale_photos(card: Mapping[str, Any]) -> Iterator[str]:
    """Every entry of photos in the card that other code or another network has read, with why."""
    for name, sources in PHOTOS_BY.items():
        if name in card and (reason := _why_outdated(card[name], sources)):
            yield f"model card: {name}: {reason}; measure it again: `{card[name]['command']}`"


def _why_outdated(entry: Mapping[str, Any], sources: tuple[str, ...]) -> str:
    """Why an entry's figures are not current; "" where they are."""
    if entry.get("code_sha256") != code_fingerprint(sources):
        return "the code that reads photos has changed"
    return "" if entry["model_sha256"] == fingerprint_of(ONNX_MODEL) else "the network has changed"


def find_stale(reports: Sequence[Path], card: Path = MODEL_CARD) -> list[str]:
    """Every figure that is out of date, in words."""
    tables = [json.loads(path.read_text(encoding="utf-8")) for path in reports]
    rows = [line for table in tables if "rows" in table for line in stale_rows(table)]
    return [*rows, *stale_photos(json.loads(card.read_text(encoding="utf-8")))]


def main() -> None:
    """Print what is out of date, and fail where there is anything."""
    if stale := find_stale(sorted(REPORTS_DIR.glob("*.json"))):
        sys.exit("\n".join(("Figures older than what they speak of; measure them again:", *stale)))
    print("Every figure is current.")


if __name__ == "__main__":
    main()
