"""Adds to the card what the network makes of real photos: ``python -m training.photos FOLDER``.

The folder is a labelled one, as `digitscope benchmark` reads it. The OpenCV route is taken, which
is the same on every machine.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from digitscope.benchmark import Summary, load_labels, run_benchmark, summarise
from digitscope.reader import DigitReader
from digitscope.settings import MODEL_CARD, ONNX_MODEL
from digitscope.types import Background
from training.model_card import describe_file, write_card
from training.provenance import git_commit

MAIN_KIND = "photo"


def measure_photos(folder: Path) -> dict[str, Any]:
    """Read a labelled folder, one picture a writer and digit, and count by kind."""
    items = load_labels(folder, headline_only=True)
    reader = DigitReader(ONNX_MODEL, Background.OPENCV)
    summaries = {one.kind: one for one in summarise(run_benchmark(reader, items))}
    return {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "git_commit": git_commit(),
        "command": f"python -m training.photos {folder}",
        "model_sha256": describe_file(ONNX_MODEL)["sha256"],
        "background": str(Background.OPENCV),
        "accuracy": _correct_share(summaries[MAIN_KIND]) if MAIN_KIND in summaries else None,
        "kinds": {kind: _describe(summary) for kind, summary in summaries.items()},
    }


def _correct_share(summary: Summary) -> float:
    return summary.correct / summary.n


def _describe(summary: Summary) -> dict[str, Any]:
    """Counts alone: times depend on the machine."""
    counts = {name: value for name, value in asdict(summary).items() if not name.endswith("_ms")}
    return counts | {"correct_share": _correct_share(summary)}


def main(arguments: list[str] | None = None) -> None:
    """Measure and write, as the command line says."""
    parser = argparse.ArgumentParser(prog="python -m training.photos", description=__doc__)
    parser.add_argument("folder", type=Path, help="holds pictures and labels.csv")
    folder = parser.parse_args(arguments).folder
    card = json.loads(MODEL_CARD.read_text(encoding="utf-8"))
    card["photos"] = measure_photos(folder)
    write_card(card, MODEL_CARD)
    for kind, counts in card["photos"]["kinds"].items():
        print(f"{kind:10s} {counts['correct_share']:7.1%} of {counts['n']}")


if __name__ == "__main__":
    main()
