"""Reads real pen strokes digit by digit: ``python -m training.hands``, or ``make hands``.

Each digit of the writers is drawn on a page with a fine, a usual and a broad pen, and read like a
photo. Writers 36 to 60 are the test writers; their figures go into the model card. To look for
weaknesses, use the validation writers (``--writers validation``); the card stays unchanged.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from digitscope.benchmark import Sample
from digitscope.benchmark.mnist import DataUnavailableError
from digitscope.benchmark.report import format_report
from digitscope.benchmark.run import Run
from digitscope.benchmark.terminal import read_in_terminal
from digitscope.model_files import ONNX_MODEL
from digitscope.reader import DigitReader
from digitscope.types import CLASSES, Background, UInt8Array
from training.data.pen_styles import fit
from training.data.strokes import TEST_WRITERS, VALIDATION_WRITERS, PenDigit, load_writers
from training.photos import add_to_card
from training.run_records.run_folder import RUNS_DIR

CARD_ENTRY = "hands"
PENS = (
    0.02,
    0.055,
    0.10,
)  # line width / digit's longest side: fine liner, ballpoint seen close, felt pen
PAGE_PX, LONGEST_PX = 300, 180
PAPER, INK = 255, 30  # grey levels
SUBPIXEL_BITS = 4  # cv2 draws at sixteenths of a pixel
WRITERS = {"validation": VALIDATION_WRITERS, "test": TEST_WRITERS}


@dataclass(frozen=True, eq=False, kw_only=True)
class Written(Sample):
    """A digit of pen strokes; `picture` draws it at each call.

    Attributes:
        written: the strokes.
        pen: line width as a fraction of the digit's longest side.
    """

    written: PenDigit
    pen: float

    def picture(self) -> UInt8Array:
        """(300, 300) uint8, dark on white."""
        page = np.full((PAGE_PX, PAGE_PX), PAPER, np.uint8)
        lines = [one + PAGE_PX / 2 for one in fit(self.written.lines, LONGEST_PX)]
        points = [np.rint(one * 2**SUBPIXEL_BITS).astype(np.int32) for one in lines]
        width_px = max(1, round(self.pen * LONGEST_PX))
        cv2.polylines(
            page,
            points,
            isClosed=False,
            color=INK,
            thickness=width_px,
            lineType=cv2.LINE_AA,
            shift=SUBPIXEL_BITS,
        )
        return page


def write_all(written: Sequence[PenDigit], pens: Sequence[float]) -> list[Written]:
    """Every digit with every pen, sorted by digit; each digit is a kind in the report."""
    return [
        Written(
            Path("strokes") / f"writer-{one.writer:02d}" / f"{digit}-{index}-{pen}",
            str(digit),
            f"digit {digit}",
            headline=True,
            written=one,
            pen=pen,
        )
        for digit in range(CLASSES)
        for index, one in enumerate(written)
        if one.digit == digit
        for pen in pens
    ]


def main(arguments: list[str] | None = None) -> None:
    """Draw the digits, read them and print the report."""
    parser = argparse.ArgumentParser(prog="python -m training.hands", description=__doc__)
    parser.add_argument("--writers", choices=WRITERS, default="test")
    parser.add_argument("--strokes", help="the text file; by default $UJI_STROKES or a download")
    parser.add_argument("--model", default=ONNX_MODEL, help="of a trial with validation writers")
    parser.add_argument("--out", type=Path, help="for results.json and mistakes.html")
    options = parser.parse_args(arguments)
    items = write_all(load_writers(WRITERS[options.writers], options.strokes), PENS)
    out = options.out or RUNS_DIR / "hands" / options.writers
    if options.writers == "test":
        report = add_to_card(CARD_ENTRY, items, "python -m training.hands", out)
    else:
        run = Run(DigitReader(options.model, Background.AUTO), items, out=out)
        read_in_terminal(run)
        report = run.report()
    if report:
        print(format_report(report))


if __name__ == "__main__":
    try:
        main()
    except DataUnavailableError as error:
        sys.exit(str(error))
