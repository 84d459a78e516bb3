"""Reads simulated photos by condition: ``python -m training.stress``, or ``make stress``.

Every digit is photographed under every condition, so that all conditions have the same digits. To
look for weaknesses or to try a change, use validation digits (``--digits validation``); the model
card stays unchanged. The test digits are for the report alone.
"""

from __future__ import annotations

import argparse
import sys
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from digitscope.benchmark import BenchmarkError, Sample
from digitscope.benchmark.mnist import DataUnavailableError
from digitscope.benchmark.report import format_report
from digitscope.benchmark.run import Run
from digitscope.benchmark.terminal import read_in_terminal
from digitscope.model_files import ONNX_MODEL
from digitscope.reader import DigitReader
from digitscope.types import UInt8Array
from training.data.mnist import Digits, load_train_validation
from training.evaluate import draw_test_digits
from training.photos import add_to_card
from training.run_records.provenance import PHOTOGRAPHED_BY, code_fingerprint
from training.run_records.run_folder import RUNS_DIR
from training.synthetic_photos import CONDITIONS, Condition, photograph

CARD_ENTRY = "simulated"
COUNT = 200  # digits per condition: one digit is half a percentage point
SEED = {"validation": 11, "test": 12}  # different, so that trials never use the report's photos


@dataclass(frozen=True, eq=False, kw_only=True)
class Simulated(Sample):
    """A simulated photo without a file; `picture` makes it at each call.

    Attributes:
        tile: (28, 28) uint8, the digit.
        condition: the kind of photo.
        seed: seed of this photo's random numbers.
    """

    tile: UInt8Array
    condition: Condition
    seed: tuple[int, ...]

    def picture(self) -> UInt8Array:
        """The photo, (H, W, 3) or (H, W, 4) uint8; the same each time."""
        return photograph(self.tile, self.condition, np.random.default_rng(self.seed))


def simulate(digits: Digits, conditions: Sequence[Condition], seed: int) -> list[Simulated]:
    """Every digit under every condition, sorted by condition."""
    root = Path(f"simulated-{code_fingerprint(PHOTOGRAPHED_BY)[:8]}-{cv2.__version__}")
    return [
        Simulated(
            root / condition.name / f"{index:04d}",
            str(label),
            condition.name,
            headline=True,
            tile=tile,
            condition=condition,
            seed=(seed, zlib.crc32(condition.name.encode()), index),
        )
        for condition in conditions
        for index, (tile, label) in enumerate(zip(digits.tiles, digits.labels, strict=True))
    ]


def load_digits(part: str, count: int, data: str | None) -> Digits:
    """Draw `count` digits from MNIST's part ``validation`` or ``test``, with that part's seed.

    Raises:
        DataUnavailableError: MNIST could not be found.
    """
    if part == "test":
        return draw_test_digits(count, SEED[part], data)
    _, validation = load_train_validation(data)
    return validation.draw(count, SEED[part])


def try_out(items: Sequence[Sample], options: argparse.Namespace) -> None:
    """Read the photos and print the report; the model card stays unchanged."""
    run = Run(DigitReader(options.model, options.background), items, out=options.out)
    read_in_terminal(run)
    print(format_report(run.report()))


def parse_arguments(arguments: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m training.stress", description=__doc__)
    parser.add_argument("--digits", choices=SEED, default="test", help="which part of MNIST")
    parser.add_argument("--count", type=int, default=COUNT, help="digits under each condition")
    parser.add_argument("--conditions", default=",".join(CONDITIONS), help="some of them, by comma")
    parser.add_argument("--out", type=Path, help="for results.json and mistakes.html")
    parser.add_argument("--data", help="mnist.npz; by default $MNIST_NPZ, the cache, a download")
    parser.add_argument("--model", default=ONNX_MODEL, help="of a trial with validation digits")
    parser.add_argument("--background", default="auto", help="of a trial with validation digits")
    options = parser.parse_args(arguments)
    unknown = sorted(set(options.conditions.split(",")) - set(CONDITIONS))
    if unknown:
        parser.error(f"conditions are {', '.join(CONDITIONS)}. Received: {', '.join(unknown)}")
    options.out = options.out or RUNS_DIR / "stress" / options.digits
    return options


def main(arguments: list[str] | None = None) -> None:
    """Simulate the photos, read them and print the report."""
    options = parse_arguments(arguments)
    conditions = [CONDITIONS[name] for name in options.conditions.split(",")]
    digits = load_digits(options.digits, options.count, options.data)
    items = simulate(digits, conditions, SEED[options.digits])
    print(f"{len(items)} photos: {len(conditions)} conditions, {len(digits)} digits each; ")
    print("about ten a second. Ctrl-C stops; the same command goes on.", flush=True)
    if options.digits != "test":
        try_out(items, options)
        return
    command = f"python -m training.stress --count {options.count} --conditions {options.conditions}"
    report = add_to_card(CARD_ENTRY, items, command, options.out)
    if report:
        print(format_report(report))


if __name__ == "__main__":
    try:
        main()
    except (BenchmarkError, DataUnavailableError) as error:
        sys.exit(str(error))
