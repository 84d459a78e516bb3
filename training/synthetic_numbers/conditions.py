"""The conditions under which numbers are written, and a picture of numbers from a seed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import cv2
import numpy as np

from digitscope.types import Float32Array, UInt8Array
from training.data.mnist import Digits
from training.synthetic_numbers import papers
from training.synthetic_numbers.hands import choose_hand
from training.synthetic_numbers.writing import Labels, Layout, write_rows

CUT_ROW_FRACTION = 0.35
Paper = Callable[[tuple[int, int], float, np.random.Generator], Float32Array]


@dataclass(frozen=True)
class Condition:
    """How numbers are written and photographed. Lengths are in digit heights.

    Attributes:
        rows: minimum and maximum number of rows.
        digits: minimum and maximum number of digits a row.
        gap: range of the gap between digits.
        max_slope: maximum slope of a row.
        height_px: range of a digit's height.
        marks: probability of a mark between two digits.
        paper: draws the page.
        strength: range of the ink's darkness.
        blur: range of the blur's standard deviation, px.
        noise: range of the noise's standard deviation, grey levels.
        quality: range of the JPEG quality.
        specks: whether there is dirt.
        shadow: whether a shadow falls across the page.
        tight: whether the picture is cut close around the numbers.
        inverted: whether the ink is light on dark.
        cut_row: whether the picture's edge may cut off another row.
    """

    rows: tuple[int, int] = (1, 2)
    digits: tuple[int, int] = (4, 8)
    gap: tuple[float, float] = (0.0, 0.45)
    max_slope: float = 0.04
    height_px: tuple[float, float] = (30, 70)
    marks: float = 0.0
    paper: Paper = papers.plain
    strength: tuple[float, float] = (0.5, 0.85)
    blur: tuple[float, float] = (0.0, 0.8)
    noise: tuple[float, float] = (0.5, 3.0)
    quality: tuple[int, int] = (80, 96)
    specks: bool = False
    shadow: bool = False
    tight: bool = False
    inverted: bool = False
    cut_row: bool = False


PLAIN = Condition()
CONDITIONS: Mapping[str, Condition] = {
    "plain": PLAIN,
    "touching": replace(PLAIN, gap=(-0.12, 0.02), digits=(3, 6)),
    "wide": replace(PLAIN, gap=(0.6, 1.6), height_px=(24, 50)),
    "sloping": replace(PLAIN, max_slope=0.176),
    "marks": replace(PLAIN, marks=0.35),
    "ruled": replace(PLAIN, paper=papers.ruled, cut_row=True),
    "table": replace(PLAIN, paper=papers.boxed, digits=(2, 6), cut_row=True),
    "form": replace(
        PLAIN,
        rows=(1, 1),
        paper=papers.form,
        gap=(0.3, 0.8),
        height_px=(16, 40),
        tight=True,
        quality=(60, 92),
    ),
    "cheque": replace(
        PLAIN,
        rows=(1, 1),
        digits=(3, 6),
        gap=(-0.06, 0.25),
        height_px=(18, 34),
        marks=0.15,
        paper=papers.security,
        tight=True,
        strength=(0.55, 0.85),
        quality=(60, 90),
    ),
    "small": replace(
        PLAIN,
        rows=(1, 1),
        digits=(2, 5),
        height_px=(14, 24),
        gap=(0.0, 0.35),
        tight=True,
        quality=(60, 90),
        specks=True,
    ),
    "faint": replace(PLAIN, strength=(0.14, 0.3), noise=(1, 4)),
    "dirty": replace(PLAIN, cut_row=True, specks=True, shadow=True, noise=(2, 6)),
    "light on dark": replace(PLAIN, inverted=True, gap=(0.1, 0.8)),
    "page": replace(
        PLAIN, rows=(4, 8), digits=(6, 12), height_px=(20, 34), gap=(0.1, 0.5), max_slope=0.05
    ),
}


@dataclass(frozen=True, eq=False)
class NumberPicture:
    """A synthetic picture of numbers.

    Attributes:
        rgb: (H, W, 3) uint8.
        text: its digits in reading order.
        owner: (H, W) int32, which digit each pixel belongs to, counted from 1; 0 is none.
    """

    rgb: UInt8Array
    text: str
    owner: Labels


def make_picture(condition: Condition, digits: Digits, seed: tuple[int, ...]) -> NumberPicture:
    """Write and photograph numbers; the same for the same seed.

    Args:
        condition: how the numbers are written and photographed.
        digits: tiles to write with.
        seed: determines the whole picture.
    """
    rng = np.random.default_rng(seed)
    rows = [_row_text(condition, rng) for _ in range(_between(condition.rows, rng))]
    layout = _choose_layout(condition, rng)
    if condition.cut_row and rng.random() < CUT_ROW_FRACTION:
        rows, layout = _with_cut_row(rows, condition, layout, rng)
    sheet = write_rows(rows, choose_hand(digits, rng), layout, rng)
    ink = sheet.ink.copy()
    if condition.specks:
        papers.add_specks(ink, rng)
    return NumberPicture(_photograph(ink, condition, layout, rng), sheet.text, sheet.owner)


def _with_cut_row(
    rows: list[str], condition: Condition, layout: Layout, rng: np.random.Generator
) -> tuple[list[str], Layout]:
    """Add a row above or below that the edge of the picture mostly cuts off."""
    left, top, right, bottom = layout.margin
    cut, more = -float(rng.uniform(0.5, 0.9)), _row_text(condition, rng)
    layout = replace(layout, slope=layout.slope / 4)
    if rng.random() < 0.5:
        return [more, *rows], replace(layout, margin=(left, cut, right, bottom))
    return [*rows, more], replace(layout, margin=(left, top, right, cut))


def _between(limits: tuple[int, int], rng: np.random.Generator) -> int:
    return int(rng.integers(limits[0], limits[1] + 1))


def _row_text(condition: Condition, rng: np.random.Generator) -> str:
    """Random digits of one row, with marks if the condition has marks."""
    count = _between(condition.digits, rng)
    text = "".join(str(digit) for digit in rng.integers(0, 10, count))
    if rng.random() < 0.25:  # round amounts, whose zeros touch
        text = text[: max(1, count - 3)] + "0" * min(3, count - 1)
    if condition.marks == 0:
        return text
    return _with_marks(text, condition.marks, rng)


def _with_marks(text: str, fraction: float, rng: np.random.Generator) -> str:
    inner = ".,/-+=x: "
    marked = text[0]
    for digit in text[1:]:
        mark = inner[int(rng.integers(len(inner)))] if rng.random() < fraction else ""
        marked += mark + digit
    before = "$€-(_"[int(rng.integers(5))] if rng.random() < fraction else ""
    after = ("-", ",-", ".", ")", ",")[int(rng.integers(5))] if rng.random() < fraction else ""
    return before + marked + after


def _choose_layout(condition: Condition, rng: np.random.Generator) -> Layout:
    wide = 0.15 if condition.tight else 1.5
    margin = [float(rng.uniform(-0.05 if condition.tight else 0.25, wide)) for _ in range(4)]
    return Layout(
        height_px=float(rng.uniform(*condition.height_px)),
        gap=float(rng.uniform(*condition.gap)),
        gap_spread=float(rng.uniform(0.02, 0.09)),
        slope=float(rng.uniform(-1, 1) * condition.max_slope),
        wander=float(rng.uniform(0.01, 0.09)),
        row_gap=float(rng.uniform(0.35, 1.2)),
        margin=(margin[0], margin[1], margin[2], margin[3]),
        pen=float(rng.uniform(0.05, 0.14)),
        rise=float(rng.choice([1.0, 1.0, 0.5, 0.2])),
        zero_gap=float(rng.choice([0.0, -0.1, -0.25])) if condition.gap[0] < 0.1 else 0.0,
    )


def _photograph(
    ink: Float32Array, condition: Condition, layout: Layout, rng: np.random.Generator
) -> UInt8Array:
    page = condition.paper(ink.shape[:2], layout.height_px, rng)
    if condition.shadow:
        page = papers.hard_shadow(page, rng)
    rgb = papers.expose(
        page,
        ink,
        strength=float(rng.uniform(*condition.strength)),
        blur_px=float(rng.uniform(*condition.blur)),
        noise=float(rng.uniform(*condition.noise)),
        quality=_between(condition.quality, rng),
        rng=rng,
    )
    return cv2.bitwise_not(rgb).astype(np.uint8) if condition.inverted else rgb
