"""Adds to the card what the network makes of real photos: ``python -m training.photos FOLDER...``.

A folder is a labelled one, as `digitscope benchmark` reads it; the figures of a second one stand
beside those of the first, never mixed with them. The route `auto` is taken, which is the same on
every machine.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from digitscope.benchmark import BenchmarkError, Result, Sample, Summary, load_labels
from digitscope.benchmark.metrics import calibrate
from digitscope.benchmark.report import Report, format_report
from digitscope.benchmark.run import Run
from digitscope.benchmark.terminal import read_in_terminal
from digitscope.model_files import MODEL_CARD, ONNX_MODEL
from digitscope.reader import DigitReader
from digitscope.recognition.calibration import apply_temperature, quality_temperature
from digitscope.types import Background, Prediction
from training.evaluation.model_card import describe_file, write_card
from training.run_records.provenance import command_on, git_commit, reading_fingerprint

MAIN_KIND = "photo"
ENTRIES = ("photos", "photos_second_set")  # of the card, for the first folder and the second


def add_to_card(
    name: str, items: Sequence[Sample], command: str, out: Path | None = None
) -> Report | None:
    """Read pictures with the shipped network, and keep in the card what came of them.

    Args:
        name: under which the figures stand in the card.
        items: what to read.
        command: what makes the figures again.
        out: a folder for results, the page of mistakes, and what a stopped run has read.

    Returns:
        The report; None where the run was stopped, which leaves the card as it was.

    Raises:
        OSError: `out` cannot be written to.
    """
    provenance = _describe_origin(name, command)  # first: code may be edited during the run
    run = Run(DigitReader(ONNX_MODEL, Background.AUTO), items, out=out)
    read_in_terminal(run)
    if not run.is_finished:
        return None
    card = json.loads(MODEL_CARD.read_text(encoding="utf-8"))
    report = run.report()
    figures = describe(report, run.results, card["calibration"]["temperature"])
    card[name] = provenance | figures
    write_card(card, MODEL_CARD)
    return report


def _describe_origin(name: str, command: str) -> dict[str, str]:
    """Which code and which network make the figures, and when."""
    return {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "git_commit": git_commit(),
        "command": command,
        "model_sha256": describe_file(ONNX_MODEL)["sha256"],
        "code_sha256": reading_fingerprint(name),
        "background": str(Background.AUTO),
    }


def describe(report: Report, results: Sequence[Result], temperature: float) -> dict[str, Any]:
    """What the card holds of a run: counts by kind, confidence, quality, operating points.

    Args:
        report: of the run.
        results: of its pictures.
        temperature: that calibrated the network.
    """
    kinds = {one.kind: _describe_kind(one) for one in report.kinds}
    uncalibrated = calibrate([as_trained(one, temperature) for one in results])
    return {
        "accuracy": kinds[MAIN_KIND]["correct_share"] if MAIN_KIND in kinds else None,
        "kinds": kinds,
        "calibration": asdict(report.calibration) | {"error_before": uncalibrated.error},
        "rankings": [asdict(one) for one in report.rankings],
        "levels": [asdict(one) for one in report.levels],
        "operating_points": {
            "in_use": asdict(report.in_use),
            "suggested": asdict(report.suggested) if report.suggested else None,
            "curve": [asdict(one) for one in report.curve],
        },
    }


def _describe_kind(summary: Summary) -> dict[str, Any]:
    """Counts alone: times depend on the machine."""
    counts = {name: value for name, value in asdict(summary).items() if not name.endswith("_ms")}
    return counts | {"correct_share": summary.correct / summary.n}


def as_trained(result: Result, temperature: float) -> Result:
    """The result without the picture's calibration, and without the model file's `temperature`."""
    if result.quality is None:
        return result
    return tempered(result, 1 / (temperature * quality_temperature(result.quality)))


def tempered(result: Result, temperature: float) -> Result:
    """The result with its probabilities at another temperature."""
    if not result.probabilities:
        return result
    given = Prediction(np.array(result.probabilities, np.float32))
    evened = apply_temperature(given, temperature).probabilities
    return replace(result, probabilities=tuple(evened.tolist()))


def main(arguments: list[str] | None = None) -> None:
    """Measure and write, as the command line says."""
    parser = argparse.ArgumentParser(prog="python -m training.photos", description=__doc__)
    parser.add_argument("folders", type=Path, nargs="+", help="hold pictures and labels.csv")
    folders = parser.parse_args(arguments).folders
    if len(folders) > len(ENTRIES):
        parser.error(f"At most {len(ENTRIES)} folders are expected. Received: {len(folders)}.")
    command = command_on("training.photos", folders)
    for name, folder in zip(ENTRIES, folders, strict=False):
        report = add_to_card(name, load_labels(folder, headline_only=True), command)
        if report:
            print(f"{folder}\n{format_report(report)}")


if __name__ == "__main__":
    try:
        main()
    except BenchmarkError as error:
        sys.exit(str(error))
