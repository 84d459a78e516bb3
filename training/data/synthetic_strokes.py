"""Digits that MNIST lacks, drawn: "1" with flag and foot, crossed "7", wide open and closed "4".

Most of the world writes them so; among MNIST's 60,000 there are few or none. Every stroke is
a slightly bent line with chance in each of its points. Lengths are fractions of the digit's height.

What keeps a 1 from being a 7: the flag leaves the stem's top downwards, 30 to 50 degrees from
the stem, and reaches at most half of it; the 7's bar is within 12 degrees of level. What keeps
an open 4 from being a 6 or a 9: its stem passes the bar and goes on below it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import cv2
import numpy as np
from numpy.typing import NDArray

from digitscope.preprocessing.centring import centre_by_mass
from digitscope.preprocessing.resizing import shrink_to_digit
from digitscope.types import TILE_PX, UInt8Array
from training.data.mnist import Digits

CANVAS_PX = 160  # drawn large, then shrunk: smooth edges
HEIGHT_PX = 80  # of the digit on the canvas: four times its height in the tile
TOP_PX = 40
WIDTH_RANGE_PX = (7, 15)  # of the line on the canvas: about 2 to 4 px in the tile, as in MNIST
SLANT_DEG = 14  # of handwriting, to either side
FLAG_DEG = (30, 50)  # from the stem
FLAG_LENGTH = (0.22, 0.5)  # of the stem
FOOT_FRACTION = 0.5  # of the 1s with a flag
FOOT_WIDTH = (0.3, 0.6)
BAR_LENGTH = (0.45, 0.7)
BAR_TILT_DEG = 12
CROSS_AT = (0.38, 0.6)  # down the 7's stem
CROSS_LENGTH = (0.3, 0.55)
FOUR_BAR_AT = (0.48, 0.72)  # down the 4's height
FOUR_STEM_AT = (0.45, 0.75)  # along the bar
FOUR_BAR_LENGTH = (0.55, 0.9)
FOUR_STEM_TOP = (0.0, 0.4)  # of an open 4: its stem may begin well below the left stroke
BEND = 0.04  # how far the middle of a stroke strays from the straight line
CURVE_POINTS = 12
SUBPIXEL_BITS = 4  # cv2 draws at sixteenths of a pixel

Stroke = NDArray[np.float64]  # (2, 2): from x, y to x, y, in fractions of the digit's height


def draw_digits(count: int, rng: np.random.Generator) -> Digits:
    """Draw `count` digits in MNIST's form, half of them.

    Returns:
        tiles (count, 28, 28) uint8, light on black, longest side 20, mass at the middle.
    """
    kinds: tuple[tuple[int, Callable[[np.random.Generator], list[Stroke]]], ...]
    kinds = ((1, one_strokes), (7, seven_strokes), (4, four_strokes))
    chosen = [kinds[index] for index in rng.integers(0, len(kinds), count)]
    tiles = [to_tile(_draw(strokes(rng), rng)) for _, strokes in chosen]
    labels = np.array([digit for digit, _ in chosen], dtype=np.uint8)
    return Digits(np.array(tiles, dtype=np.uint8).reshape(-1, TILE_PX, TILE_PX), labels)


def one_strokes(rng: np.random.Generator) -> list[Stroke]:
    """A stem, a flag that falls away to the left, and for half of them a foot."""
    slant = np.deg2rad(rng.uniform(-SLANT_DEG, SLANT_DEG))
    top, bottom = np.array([np.tan(slant), 0.0]), np.array([0.0, 1.0])
    away = np.deg2rad(rng.uniform(*FLAG_DEG)) + slant  # from straight down, towards the left
    flag_end = top + rng.uniform(*FLAG_LENGTH) * np.array([-np.sin(away), np.cos(away)])
    strokes = [np.array([flag_end, top]), np.array([top, bottom])]
    if rng.random() < FOOT_FRACTION:
        strokes.append(_level_line(bottom, rng.uniform(*FOOT_WIDTH), 6, rng))
    return strokes


def seven_strokes(rng: np.random.Generator) -> list[Stroke]:
    """A level bar, a stem from its right end, and a short line across the stem."""
    length = rng.uniform(*BAR_LENGTH)
    corner = np.array([length, rng.uniform(-0.03, 0.03)])
    tilt = np.deg2rad(rng.uniform(-BAR_TILT_DEG, BAR_TILT_DEG))
    left = corner - length * np.array([np.cos(tilt), np.sin(tilt)])
    foot = np.array([length * rng.uniform(0.05, 0.75), 1.0])
    crossing = corner + rng.uniform(*CROSS_AT) * (foot - corner)
    cross = _level_line(crossing, rng.uniform(*CROSS_LENGTH), 15, rng)
    return [np.array([left, corner]), np.array([corner, foot]), cross]


def four_strokes(rng: np.random.Generator) -> list[Stroke]:
    """A left stroke down to a level bar, and a stem across it; open at the top, or closed."""
    bar_y, length = rng.uniform(*FOUR_BAR_AT), rng.uniform(*FOUR_BAR_LENGTH)
    stem_x = length * rng.uniform(*FOUR_STEM_AT)
    slant = np.tan(np.deg2rad(rng.uniform(-SLANT_DEG, SLANT_DEG)))
    left, right = np.array([0.0, bar_y]), np.array([length, bar_y + rng.uniform(-0.06, 0.06)])
    stem_foot = np.array([stem_x - slant * (1 - bar_y), 1.0])
    if rng.random() < 0.5:
        top = np.array([rng.uniform(0, 0.35) * stem_x, 0.0])
        stem_y = rng.uniform(*FOUR_STEM_TOP) * bar_y
        stem_top = np.array([stem_x + slant * (bar_y - stem_y), stem_y])
    else:
        top = stem_top = np.array([stem_x + slant * bar_y, 0.0])
    return [np.array(line) for line in ((top, left), (left, right), (stem_top, stem_foot))]


def to_tile(ink: UInt8Array) -> UInt8Array:
    """Bring a drawing to MNIST's form: longest side 20, centre of mass in the middle.

    Args:
        ink: (H, W) uint8, light on black, not all black.

    Returns:
        (28, 28) uint8.
    """
    return centre_by_mass(shrink_to_digit(np.float32(1 / 255) * ink))


def _level_line(
    middle: NDArray[np.float64], length: float, tilt_deg: float, rng: np.random.Generator
) -> Stroke:
    """A nearly level line through `middle`, which lies somewhere near its own middle."""
    tilt = np.deg2rad(rng.uniform(-tilt_deg, tilt_deg))
    along = length * np.array([np.cos(tilt), np.sin(tilt)])
    before = rng.uniform(0.35, 0.65)
    return np.array([middle - before * along, middle + (1 - before) * along])


def _draw(strokes: list[Stroke], rng: np.random.Generator) -> UInt8Array:
    """Draw strokes with one pen; (160, 160) uint8, white on black."""
    width_px = int(rng.integers(*WIDTH_RANGE_PX))
    bent = [_bent(stroke, rng) * HEIGHT_PX + TOP_PX for stroke in strokes]  # (12, 2) each
    return draw_lines(bent, width_px, CANVAS_PX)


def draw_lines(
    lines_px: Iterable[NDArray[np.float64]], width_px: int, canvas_px: int
) -> UInt8Array:
    """Draw polylines, (N, 2) x and y each, between pixels too: square, white on black."""
    canvas = np.zeros((canvas_px, canvas_px), np.uint8)
    for line in lines_px:
        fixed = np.rint(line * 2**SUBPIXEL_BITS).astype(np.int32)
        cv2.polylines(
            canvas,
            [fixed],
            isClosed=False,
            color=255,
            thickness=width_px,
            lineType=cv2.LINE_AA,
            shift=SUBPIXEL_BITS,
        )
    return canvas


def _bent(stroke: Stroke, rng: np.random.Generator) -> NDArray[np.float64]:
    """(12, 2): points on a curve between a stroke's ends, which tremble a little."""
    start, end = stroke + rng.normal(0, BEND / 4, (2, 2))
    middle = (start + end) / 2 + rng.normal(0, BEND, 2)
    t = np.linspace(0, 1, CURVE_POINTS)[:, None]
    return (1 - t) ** 2 * start + 2 * t * (1 - t) * middle + t**2 * end
