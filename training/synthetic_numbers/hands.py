"""A handwriting: how one person writes each of the ten digits."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from digitscope.types import CLASSES, TILE_PX, Float32Array, UInt8Array
from training.data.degrade import break_strokes
from training.data.drawn_digits import HANDS
from training.data.mnist import Digits
from training.data.pen_styles import CANVAS_PX, LONGEST_PX, finish, vary_hand
from training.data.synthetic_strokes import draw_lines

FORMS = 2  # tiles of each digit in one handwriting
DRAWN_FRACTION = 0.4  # of the handwritings follow most of the world: "1" with a flag, crossed "7"
DRAWN_DIGITS = 0.7  # of the digits that such a handwriting may draw in this way
BROKEN_FRACTION = 0.1  # of the tiles have a broken stroke, as at the bar of a 5
SUPERSAMPLING = 6  # factor by which tiles are enlarged before they are warped
INK_LEVEL = 0.42  # threshold on an enlarged tile: the edge of a stroke
SOFTNESS = 0.12
ROOM_PX = 40  # margin around an enlarged tile, for its slant


@dataclass(frozen=True, eq=False)
class Hand:
    """The handwriting of one person.

    Attributes:
        forms: for each digit, its tiles, (28, 28) uint8.
        lean: slant added to every digit, columns a row; positive leans to the right.
        width: factor on the width of a digit; 1 keeps the tile's proportions.
        weight: added to each side of a stroke, in pixels of an enlarged tile.
        wobble: standard deviation of size and slant from digit to digit.
        sizes: for each digit, its relative height; 1 is usual.
    """

    forms: tuple[tuple[UInt8Array, ...], ...]
    lean: float
    width: float
    weight: float
    wobble: float
    sizes: tuple[float, ...]


def choose_hand(digits: Digits, rng: np.random.Generator) -> Hand:
    """Make a random handwriting."""
    forms = [_forms_of(digits, digit, rng) for digit in range(CLASSES)]
    if rng.random() < DRAWN_FRACTION:
        pen_px = max(1, round(LONGEST_PX * rng.uniform(0.06, 0.13)))
        for digit, strokes, _ in HANDS:
            if rng.random() < DRAWN_DIGITS:
                lines = vary_hand(strokes(rng), rng)
                forms[digit] = (finish(draw_lines(lines, pen_px, CANVAS_PX)),)
    return Hand(
        tuple(forms),
        lean=float(rng.normal(0.08, 0.14)),
        width=float(rng.uniform(0.8, 1.2)),
        weight=float(rng.uniform(-3.5, 4.0)),
        wobble=float(rng.uniform(0.02, 0.14)),
        sizes=_choose_sizes(rng),
    )


def _choose_sizes(rng: np.random.Generator) -> tuple[float, ...]:
    """Random relative height of each digit; many people write small zeros."""
    sizes = np.exp(rng.normal(0, rng.uniform(0.02, 0.12), CLASSES))
    if rng.random() < 0.3:
        sizes[0] *= rng.uniform(0.55, 0.9)
    return tuple(sizes.tolist())


def _forms_of(digits: Digits, digit: int, rng: np.random.Generator) -> tuple[UInt8Array, ...]:
    own = np.flatnonzero(digits.labels == digit)
    tiles = [digits.tiles[index] for index in rng.choice(own, FORMS)]
    return tuple(
        break_strokes(tile, rng) if rng.random() < BROKEN_FRACTION else tile for tile in tiles
    )


def write_digit(hand: Hand, digit: int, height_px: float, rng: np.random.Generator) -> Float32Array:
    """Write one digit.

    Args:
        hand: the handwriting.
        digit: 0..9.
        height_px: intended height.
        rng: random generator of the variation.

    Returns:
        (h, w) float32 ink, 0..1, cropped to the digit.
    """
    tile = hand.forms[digit][int(rng.integers(len(hand.forms[digit])))]
    size_px = SUPERSAMPLING * TILE_PX
    smooth = cv2.resize(tile, (size_px, size_px), interpolation=cv2.INTER_CUBIC)
    large = np.pad(smooth.astype(np.float32) / 255, ROOM_PX)
    lean = hand.lean + rng.normal(0, hand.wobble)
    middle = large.shape[0] / 2
    matrix = np.array([[hand.width, -lean, lean * middle], [0, 1, 0]], np.float64)
    size_wh = (round(large.shape[1] * hand.width), large.shape[0])
    leaning = np.asarray(cv2.warpAffine(large, matrix, size_wh), np.float32)
    inked = _weigh(leaning, hand.weight)
    size = hand.sizes[digit] * float(np.exp(rng.normal(0, hand.wobble)))
    return _fit(inked, height_px * size)


def _weigh(ink: Float32Array, weight: float) -> Float32Array:
    """Make strokes heavier or lighter, without breaking them."""
    mask = (ink > INK_LEVEL).astype(np.uint8)
    outside = cv2.distanceTransform(1 - mask, cv2.DIST_L2, 3)
    inside = cv2.distanceTransform(mask, cv2.DIST_L2, 3)
    thinnest = max(1.2, float(np.percentile(inside[mask > 0], 75)) if mask.any() else 1.2)
    signed = inside - outside + max(weight, -0.7 * thinnest)
    return np.clip(0.5 + signed * SOFTNESS * 4, 0, 1).astype(np.float32)


def _fit(ink: Float32Array, height_px: float) -> Float32Array:
    """Crop to the ink and resize to a height; the proportions stay."""
    rows, columns = np.flatnonzero((ink > 0.3).any(1)), np.flatnonzero((ink > 0.3).any(0))
    if not rows.size:
        return np.ones((max(2, round(height_px)), 2), np.float32)
    tight = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    factor = height_px / tight.shape[0]
    size_wh = (max(1, round(tight.shape[1] * factor)), max(1, round(height_px)))
    small = cv2.resize(tight, size_wh, interpolation=cv2.INTER_AREA)
    return np.clip(small, 0, 1).astype(np.float32)
