"""Write the pictures of PREPROCESSING.md's section on numbers: `python docs/numbers_pictures.py`.

The simulator makes the number from MNIST's training tiles; no real photo is used.
"""

from __future__ import annotations

import cv2
import numpy as np
from build import PICTURES
from PIL import Image

from digitscope import DigitReader
from digitscope.numbers.cuts import Cut
from digitscope.numbers.ink import map_ink, to_numbers_size
from digitscope.numbers.row_search import RowSearch, search_rows
from digitscope.preprocessing.state import Attempt
from digitscope.types import UInt8Array
from training.data.mnist import load_train_validation
from training.synthetic_numbers.conditions import CONDITIONS, make_picture

SEED = (21, 1)
ROW_RGB, CUT_RGB = (90, 160, 255), (255, 122, 26)
SURE_RGB, UNSURE_RGB = (24, 140, 70), (200, 40, 40)
FONT = cv2.FONT_HERSHEY_SIMPLEX


def draw_cuts(mask: UInt8Array, searches: list[RowSearch]) -> UInt8Array:
    """Draw the ink, the middle line of each row, and the possible cuts: (H, W, 3) uint8."""
    shown = cv2.merge([mask, mask, mask])
    for search in searches:
        row = search.row
        ends = [(x, round(row.middle_at(x))) for x in (0, mask.shape[1])]
        cv2.line(shown, *ends, ROW_RGB, 1, cv2.LINE_AA)
        for part in search.primitives:
            if part.right is not None:
                _draw_cut(shown, part.right, row.shapes[part.source].box_xyxy)
    return np.asarray(shown, np.uint8)


def _draw_cut(shown: UInt8Array, cut: Cut, box: tuple[int, int, int, int]) -> None:
    """Draw one cut, as tall as the shape that it splits."""
    left, top, _, bottom = box
    lean = cut.slant * (bottom - top) / 2
    upper, lower = (round(left + cut.x + lean), top), (round(left + cut.x - lean), bottom)
    cv2.line(shown, upper, lower, CUT_RGB, 2, cv2.LINE_AA)


def draw_reading(picture: UInt8Array, reader: DigitReader) -> UInt8Array:
    """Draw a frame around each digit, with the answer above it: (H, W, 3) uint8."""
    shown = picture.copy()
    for number in reader.read_numbers(picture).numbers:
        for digit, sign in zip(number.digits, number.text, strict=True):
            left, top, right, bottom = digit.box_xyxy
            colour = UNSURE_RGB if digit.digit is None else SURE_RGB
            cv2.rectangle(shown, (left - 2, top - 2), (right + 1, bottom + 1), colour, 2)
            cv2.putText(shown, sign, (left, max(top - 6, 14)), FONT, 0.6, colour, 2, cv2.LINE_AA)
    return shown


def main() -> None:
    """Write the three pictures."""
    digits, _ = load_train_validation()
    picture = make_picture(CONDITIONS["touching"], digits, SEED).rgb
    reader = DigitReader(background="opencv")
    height, width = picture.shape[:2]
    levels, mask, _ = map_ink(to_numbers_size(picture, (width, height)), Attempt())
    cuts = draw_cuts(
        mask.astype(np.uint8) * 255, search_rows(levels, mask, reader.classifier.classify)
    )
    for name, shown in (
        ("numbers.jpg", picture),
        ("numbers_cuts.png", cuts),
        ("numbers_read.png", draw_reading(picture, reader)),
    ):
        Image.fromarray(shown).save(PICTURES / name)


if __name__ == "__main__":
    main()
