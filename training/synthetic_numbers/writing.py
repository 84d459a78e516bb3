"""Write numbers on a sheet: rows, gaps, slopes, and the position of every digit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digitscope.types import Float32Array
from training.synthetic_numbers.hands import Hand, write_digit
from training.synthetic_numbers.marks import STROKES, write_mark

Labels = NDArray[np.int32]

MIN_VISIBLE = 0.7  # of a digit at the sheet's edge: with less, it does not count as a digit


@dataclass(frozen=True)
class Layout:
    """How numbers are arranged on the sheet. Lengths are in digit heights.

    Attributes:
        height_px: height of a digit.
        gap: between digits; below 0 they overlap.
        gap_spread: standard deviation of the gap.
        slope: of a row, rows a column; positive runs downwards.
        wander: standard deviation of a digit's vertical distance from its line.
        row_gap: between rows.
        margin: left, top, right and bottom of the writing.
        pen: width of the pen, for marks.
        rise: vertical position of small digits: 1 on the baseline, 0 at the top of the row.
        zero_gap: added to the gap between two zeros.
    """

    height_px: float
    gap: float
    gap_spread: float
    slope: float
    wander: float
    row_gap: float
    margin: tuple[float, float, float, float]
    pen: float = 0.1
    rise: float = 1.0
    zero_gap: float = 0.0


@dataclass(frozen=True, eq=False)
class Sheet:
    """A written sheet.

    Attributes:
        ink: (H, W) float32, 0..1.
        owner: (H, W) int32, the digit with the strongest ink, counted from 1; 0 is none.
        text: all digits in reading order.
        rows: the digits of each row, top to bottom.
        centres: for each row, x and y of each digit's centre, px.
    """

    ink: Float32Array
    owner: Labels
    text: str
    rows: tuple[str, ...]
    centres: tuple[tuple[tuple[float, float], ...], ...]


@dataclass(frozen=True, eq=False)
class _Piece:
    ink: Float32Array
    left: float
    top: float
    digit: str


def write_rows(rows: Sequence[str], hand: Hand, layout: Layout, rng: np.random.Generator) -> Sheet:
    """Write rows of digits and marks; a space is a wide gap.

    Args:
        rows: strings of the characters 0 to 9, those of `marks.STROKES`, and spaces.
        hand: the handwriting.
        layout: the arrangement.
        rng: random generator of everything else.
    """
    written = []
    for index, row in enumerate(rows):
        top = index * (1 + layout.row_gap) * layout.height_px
        written.append(_write_row(row, top, hand, layout, rng))
    return _lay_out(written, layout)


def _write_row(
    row: str, top: float, hand: Hand, layout: Layout, rng: np.random.Generator
) -> list[_Piece]:
    pieces: list[_Piece] = []
    x, height = 0.0, layout.height_px
    for index, character in enumerate(row):
        if character == " ":
            x += height * rng.uniform(1.3, 2.2)
            continue
        y = top + layout.slope * x + rng.normal(0, layout.wander) * height
        if character.isdigit():
            ink = write_digit(hand, int(character), height, rng)
            down = (height - ink.shape[0]) * layout.rise
        else:
            ink, down = write_mark(character, height, layout.pen * height, hand.lean, rng)
        digit = character if character in "0123456789" else ""
        pieces.append(_Piece(ink, x, y + down, digit))
        gap = rng.normal(layout.gap, layout.gap_spread)
        gap += layout.zero_gap if row[index : index + 2] == "00" else 0.0
        narrow = 0.06 if character in STROKES else 0.0
        x += ink.shape[1] + max(gap, -0.25 * ink.shape[1] / height) * height + narrow * height
    return pieces


def _lay_out(written: list[list[_Piece]], layout: Layout) -> Sheet:
    """Draw all digits and marks on one sheet."""
    every = [piece for row in written for piece in row]
    left, top, right, bottom = (edge * layout.height_px for edge in layout.margin)
    x0 = min(piece.left for piece in every) - left
    y0 = min(piece.top for piece in every) - top
    width = round(max(piece.left + piece.ink.shape[1] for piece in every) - x0 + right)
    height = round(max(piece.top + piece.ink.shape[0] for piece in every) - y0 + bottom)
    ink = np.zeros((max(height, 8), max(width, 8)), np.float32)
    owner, strongest = np.zeros(ink.shape, np.int32), np.zeros(ink.shape, np.float32)
    number, rows, centres = 0, [], []
    for row in written:
        found = []
        text = ""
        for piece in row:
            is_digit = bool(piece.digit) and _visible(piece, (x0, y0), ink.shape) >= MIN_VISIBLE
            number += is_digit
            centre = _lay(piece, (x0, y0), ink, owner, strongest, number if is_digit else 0)
            if is_digit:
                text += piece.digit
                found.append(centre)
        rows.append(text)
        centres.append(tuple(found))
    return Sheet(ink, owner, "".join(rows), tuple(rows), tuple(centres))


def _visible(piece: _Piece, origin: tuple[float, float], shape: tuple[int, ...]) -> float:
    """The fraction of a digit's or mark's box that lies on the sheet."""
    x, y = round(piece.left - origin[0]), round(piece.top - origin[1])
    height, width = piece.ink.shape
    across = max(0, min(x + width, shape[1]) - max(x, 0))
    down = max(0, min(y + height, shape[0]) - max(y, 0))
    return across * down / (width * height)


def _lay(
    piece: _Piece,
    origin: tuple[float, float],
    ink: Float32Array,
    owner: Labels,
    strongest: Float32Array,
    number: int,
) -> tuple[float, float]:
    """Draw one digit or mark, cut off at the sheet's edge; returns its centre, x and y, px."""
    x, y = round(piece.left - origin[0]), round(piece.top - origin[1])
    height, width = piece.ink.shape
    x_from, y_from = max(0, -x), max(0, -y)
    own = piece.ink[y_from : max(0, ink.shape[0] - y), x_from : max(0, ink.shape[1] - x)]
    if not own.size:
        return x + width / 2, y + height / 2
    at = np.s_[y + y_from : y + y_from + own.shape[0], x + x_from : x + x_from + own.shape[1]]
    ink[at] = np.maximum(ink[at], own)
    is_mine = (own > 0.35) & (own >= strongest[at])
    owner[at] = np.where(is_mine, number, owner[at])
    strongest[at] = np.maximum(strongest[at], own)
    return x + width / 2, y + height / 2
