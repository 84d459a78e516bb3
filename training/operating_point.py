"""Fits the operating point: ``python -m training.operating_point FOLDER...``.

Reads labelled folders with the shipped network by the route `auto`, fits how far its probabilities
are to be believed, chooses from where on a picture is answered, and writes both into the model
card, from which `digitscope.recognition` reads them. The figures that come of it are those of the
folders it was fitted on: report them with other pictures.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp

from digitscope.benchmark import BenchmarkError, Result, load_labels
from digitscope.benchmark.metrics import auroc, calibrate, none_or_several, one_digit
from digitscope.benchmark.run import Run
from digitscope.benchmark.selective_prediction import THRESHOLDS, operating_point_at
from digitscope.benchmark.selective_prediction import OperatingPoint as CurvePoint
from digitscope.benchmark.terminal import read_in_terminal
from digitscope.model_files import MODEL_CARD, ONNX_MODEL
from digitscope.reader import DigitReader
from digitscope.recognition.operating_point import ENTRY, OperatingPoint, load_operating_point
from digitscope.types import Background
from training.evaluation.model_card import describe_file, write_card
from training.photos import as_trained, tempered
from training.run_records.provenance import command_on, git_commit, reading_fingerprint

TEMPERATURES = np.geomspace(1, 2.5, 20)  # from 1 on: no photo is as clear as the tiles, where T = 1
QUALITY_WEIGHTS = np.linspace(0.1, 2, 20)  # added at quality 0; a poor picture is trusted less
MAX_RIGHT_REFUSED = 0.01  # of the pictures of one digit: right guesses that may be lost
PRINTED = "printed"  # another task than handwriting


@dataclass(frozen=True)
class Fit:
    """An operating point and what it does on the pictures it was fitted on.

    Attributes:
        point: the numbers that the card keeps.
        right_refused: of the pictures of one digit, right guesses that are refused, 0..1.
        figures: digits refused and wrong, and others refused, 0..1.
        calibration_error: of the guesses at pictures of one digit, 0..1.
        none_auroc: how surely one digit ranks above none or several; None without either.
    """

    point: OperatingPoint
    right_refused: float
    figures: CurvePoint
    calibration_error: float
    none_auroc: float | None


def fit(results: Sequence[Result], max_right_refused: float = MAX_RIGHT_REFUSED) -> Fit:
    """Fit temperatures and threshold on what the network said of labelled pictures.

    Args:
        results: with the probabilities that the network gave, before any calibration.
        max_right_refused: of the pictures of one digit, 0..1.
    """
    temperature, weight = fit_temperatures(results)
    believed = [_with_temperature(one, temperature, weight) for one in results]
    chosen = choose_threshold(believed, max_right_refused)
    return Fit(
        OperatingPoint(round(temperature, 3), round(weight, 3), chosen),
        right_refused(believed, chosen),
        operating_point_at(believed, chosen),
        calibrate(believed).error,
        _auroc_of_one_digit(results, temperature, weight),
    )


def fit_temperatures(results: Sequence[Result]) -> tuple[float, float]:
    """The temperature of a perfect picture, and what is added at quality 0.

    Many pairs have nearly the least log loss. Of those that differ from it by no more than one
    standard error, this is the pair with which the confidence ranks pictures of one digit best
    above others. Source of the rule: Breiman et al., "Classification and Regression Trees", 1984.
    """
    asked = [one for one in one_digit(results) if one.probabilities and one.quality]
    logs = np.log(np.maximum([one.probabilities for one in asked], 1e-7))  # (N, 10)
    doubt = 1 - np.array([one.quality.score for one in asked if one.quality])  # (N,)
    labels = np.array([int(one.sample.label) for one in asked])
    tried = [(float(t), float(w)) for t in TEMPERATURES for w in QUALITY_WEIGHTS]
    losses = np.array([_log_losses(logs / (t + w * doubt)[:, None], labels) for t, w in tried])
    order = np.argsort(losses.mean(1), kind="stable")  # the least loss first
    above_least = losses - losses[order[0]]  # (pairs, N)
    errors = above_least.std(1) / np.sqrt(len(labels))
    alike = [tried[i] for i in order if above_least[i].mean() <= errors[i]]
    return max(alike, key=lambda pair: _auroc_of_one_digit(results, *pair) or 0.0)


def _log_losses(logits: NDArray[np.float64], labels: NDArray[np.int64]) -> NDArray[np.float64]:
    """The cross-entropy of each of (N, 10) logits, (N,), nats."""
    losses: NDArray[np.float64] = logsumexp(logits, 1) - logits[np.arange(len(labels)), labels]
    return losses


def _auroc_of_one_digit(
    results: Sequence[Result], temperature: float, weight: float
) -> float | None:
    """How surely one digit ranks above none or several; None if no picture shows these."""
    believed = [_with_temperature(one, temperature, weight) for one in results]
    others = [one.score for one in none_or_several(believed)]
    return auroc([one.score for one in one_digit(believed)], others)


def choose_threshold(results: Sequence[Result], max_right_refused: float) -> float:
    """Of the thresholds that refuse no more right guesses than that, the one to answer from.

    It is the lowest of those with the fewest wrong answers: above it, daring less gains nothing.
    """
    possible = [one for one in THRESHOLDS if 0.5 <= one < 1]
    allowed = [one for one in possible if right_refused(results, one) <= max_right_refused]
    return min(allowed, key=lambda one: mistakes(results, one), default=0.5)


def mistakes(results: Iterable[Result], threshold: float) -> int:
    """How many pictures get a wrong answer: the wrong digit, or a digit where there is none."""
    return sum(one.score >= threshold and not one.is_guess_right for one in results)


def right_refused(results: Sequence[Result], threshold: float) -> float:
    """Of the pictures of one digit, the fraction whose right guess is below a threshold."""
    digits = one_digit(results)
    lost = [one for one in digits if one.is_guess_right and 0 < one.score < threshold]
    return len(lost) / max(len(digits), 1)


def _with_temperature(result: Result, temperature: float, weight: float) -> Result:
    """The result as the reader would have it with these temperatures."""
    if result.quality is None:
        return result
    return tempered(result, temperature + weight * (1 - result.quality.score))


def describe(fitted: Fit, folders: Sequence[Path], pictures: int) -> dict[str, Any]:
    """What the card keeps: the numbers, what they were fitted on and what they do there."""
    return asdict(fitted.point) | {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "git_commit": git_commit(),
        "command": command_on("training.operating_point", folders),
        "model_sha256": describe_file(ONNX_MODEL)["sha256"],
        "code_sha256": reading_fingerprint(ENTRY),
        "pictures": pictures,
        "right_refused": fitted.right_refused,
        "calibration_error": fitted.calibration_error,
        "none_auroc": fitted.none_auroc,
        "figures": asdict(fitted.figures),
    }


def read_folders(folders: Sequence[Path]) -> list[Result]:
    """What the shipped network says of handwriting in labelled folders, uncalibrated.

    Raises:
        BenchmarkError: a folder has no usable labels.
    """
    items = [one for folder in folders for one in load_labels(folder, headline_only=True)]
    kept = [one for one in items if one.kind != PRINTED]
    run = Run(DigitReader(ONNX_MODEL, Background.AUTO), kept)
    read_in_terminal(run)
    return [as_trained(one, 1.0) for one in run.results]


def _print_curve(results: Sequence[Result], fitted: Fit) -> None:
    """Every twentieth of confidence, and the point that was chosen."""
    point = fitted.point
    believed = [_with_temperature(one, point.temperature, point.quality_weight) for one in results]
    print(f"temperature {point.temperature}, added at quality 0: {point.quality_weight}")
    print("from   digits refused  right ones  wrong  others refused")
    steps = [step / 20 for step in range(10, 20)]
    for threshold in sorted({*steps, point.min_confidence}):
        here = operating_point_at(believed, threshold)
        others = "" if here.others_refused is None else f"{here.others_refused:14.1%}"
        mark = "  <- chosen" if threshold == point.min_confidence else ""
        lost = right_refused(believed, threshold)
        print(
            f"{threshold:4.2f} {here.digits_refused:15.1%} {lost:11.1%} {here.digits_wrong:6.1%}"
            f"{others}{mark}"
        )


def main(arguments: list[str] | None = None) -> None:
    """Fit, print and write, as the command line says."""
    parser = argparse.ArgumentParser(prog="python -m training.operating_point", description=__doc__)
    parser.add_argument("folders", type=Path, nargs="+", help="hold pictures and labels.csv")
    parser.add_argument("--max-right-refused", type=float, default=MAX_RIGHT_REFUSED)
    parser.add_argument("--dry-run", action="store_true", help="print alone; the card stays")
    options = parser.parse_args(arguments)
    results = read_folders(options.folders)
    fitted = fit(results, options.max_right_refused)
    _print_curve(results, fitted)
    if options.dry_run:
        return
    card = json.loads(MODEL_CARD.read_text(encoding="utf-8"))
    card[ENTRY] = describe(fitted, options.folders, len(results))
    write_card(card, MODEL_CARD)
    load_operating_point.cache_clear()


if __name__ == "__main__":
    try:
        main()
    except BenchmarkError as error:
        sys.exit(str(error))
