"""The writing on a labelled photo: digits in any handwriting and style, rows of them, and frames.

All parts are points in one plane, centred at 0, until the camera projects them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import cv2
import numpy as np

from digitscope.types import Float32Array, UInt8Array
from training.data import pen_styles
from training.data.drawn_digits import curve, draw_strokes
from training.data.mnist import Digits
from training.data.outliers import draw_non_digits
from training.data.strokes import Line, PenDigit
from training.synthetic_photos.handwriting import Handwriting, trace_strokes
from training.synthetic_photos.pens import RGB, Pen

TILE_FRACTION = 0.5  # of the digits are MNIST tiles; the others are pen strokes
PEN_FRACTION = 0.7  # of these pen strokes are recorded; the others are drawn by rules
STYLED_FRACTION = 0.4  # of pen strokes are traced repeatedly, dashed, outlined or brushed
SIGN_FRACTION = 0.08  # of the single characters are letters or signs, which are ink as well
USUAL_STROKE = 0.1  # stroke width over the longest side, where it is not measured
RING_SMOOTHING = 5  # length of the moving average along a jagged outline
LINE_RGB: tuple[RGB, ...] = ((20, 20, 24), (90, 96, 110), (40, 80, 170), (190, 50, 50))


@dataclass(frozen=True, eq=False)
class Writers:
    """The sources of digits.

    Attributes:
        digits: MNIST tiles.
        strokes: recorded pen strokes of other writers.
    """

    digits: Digits
    strokes: Sequence[PenDigit]


@dataclass(frozen=True, eq=False)
class Part:
    """One part of the drawing: a digit, a sign or a frame.

    Attributes:
        hand: its strokes or outlines.
        points_xy: (N, 2) float32, its points in the plane of all parts.
        is_ink: whether the network must mark it; it must not mark a frame.
        width: pen width over that of the scene, both as fractions of their own longest sides;
            0 draws nothing.
        rgb: colour of its pen; None takes the scene's.
    """

    hand: Handwriting
    points_xy: Float32Array
    is_ink: bool = True
    width: float = 1.0
    rgb: RGB | None = None

    def pen(self, usual: Pen) -> Pen:
        """The pen that draws this part, given the scene's pen."""
        return replace(usual, width=usual.width * self.width, rgb=self.rgb or usual.rgb)


def write_one(writers: Writers, rng: np.random.Generator) -> list[Part]:
    """One digit, rarely a sign."""
    hand = _sign(writers, rng) if rng.random() < SIGN_FRACTION else _digit(writers, rng)
    return [Part(hand, hand.points_xy)]


def write_rows(writers: Writers, rng: np.random.Generator) -> list[Part]:
    """One to three rows of digits, close together or apart."""
    parts = []
    gap, row_gap, slope = rng.uniform(0.02, 0.6), rng.uniform(1.15, 1.9), rng.normal(0, 0.06)
    digits = int(rng.integers(2, 8))
    for row in range(int(rng.choice([1, 1, 1, 2, 3]))):
        x = 0.0
        for _ in range(digits):
            hand = _digit(writers, rng)
            low, high = hand.points_xy.min(0), hand.points_xy.max(0)
            size = rng.normal(1, 0.06) / max(float(high[1] - low[1]), 0.4)
            at = np.array([x - low[0] * size, row * row_gap + slope * x + rng.normal(0, 0.04)])
            parts.append(Part(hand, (hand.points_xy * size + at).astype(np.float32)))
            x += float(high[0] - low[0]) * size + max(gap + rng.normal(0, 0.05), 0.01)
    return normalise_parts(parts)


def framed(parts: list[Part], rng: np.random.Generator) -> list[Part]:
    """Add a box, a ring or lines around the parts; they belong to no digit."""
    points = np.concatenate([one.points_xy for one in parts])
    low, high = points.min(0), points.max(0)
    middle, half = (low + high) / 2, (high - low) / 2
    half = np.maximum(half, 0.25 * float(half.max())) * rng.uniform(1.15, 2.2, 2)
    lines = (_box, _ring, _box, _ring, _lines_beside)[rng.integers(5)](rng)
    hand = hand_of_lines([middle + half * one for one in lines])
    everywhere = np.concatenate([middle + half * one for one in lines]).astype(np.float32)
    own = float(np.ptp(parts[0].points_xy, axis=0).max() / np.ptp(everywhere, axis=0).max())
    rgb = None if rng.random() < 0.5 else LINE_RGB[rng.integers(len(LINE_RGB))]
    frame = Part(hand, everywhere, is_ink=False, width=own * rng.uniform(0.25, 1.1), rgb=rgb)
    return normalise_parts([*parts, frame])


def normalise_parts(parts: list[Part]) -> list[Part]:
    """Centre all parts together at 0 and scale their longest side to 1."""
    points = np.concatenate([one.points_xy for one in parts])
    low, high = points.min(0), points.max(0)
    scale = 1 / max(float((high - low).max()), 1e-6)
    return [
        replace(one, points_xy=((one.points_xy - (low + high) / 2) * scale).astype(np.float32))
        for one in parts
    ]


def _digit(writers: Writers, rng: np.random.Generator) -> Handwriting:
    if rng.random() < TILE_FRACTION or not writers.strokes:
        return trace_strokes(writers.digits.tiles[rng.integers(len(writers.digits))])
    if rng.random() < PEN_FRACTION:
        lines = list(writers.strokes[int(rng.integers(len(writers.strokes)))].lines)
    else:
        _, lines = draw_strokes(rng)
    lines = pen_styles.vary_hand(lines, rng)
    if rng.random() > STYLED_FRACTION:
        return hand_of_lines(lines)
    style, _ = pen_styles.STYLES[rng.integers(1, len(pen_styles.STYLES))]
    return hand_of_drawing(style(lines, rng)) or hand_of_lines(lines)


def _sign(writers: Writers, rng: np.random.Generator) -> Handwriting:
    (tile,) = draw_non_digits(1, writers.digits, rng)
    return trace_strokes(tile) if tile.any() else _digit(writers, rng)


def hand_of_lines(lines: Sequence[Line]) -> Handwriting:
    """Convert lines, (P, 2) each, in any unit, y downwards, to a `Handwriting`."""
    points = pen_styles.fit([np.asarray(one, np.float64) for one in lines], 1.0)
    ends = np.cumsum([0, *map(len, points)])
    edges = [np.stack([np.arange(a, b - 1), np.arange(a + 1, b)], 1) for a, b in pairwise(ends)]
    dots = [np.array([[a, a]]) for a, b in pairwise(ends) if b - a == 1]
    joined = np.concatenate(points).astype(np.float32)
    weight = np.ones(len(joined), np.float32)
    return Handwriting(joined, np.concatenate([*edges, *dots]), weight, USUAL_STROKE)


def hand_of_drawing(drawn: UInt8Array) -> Handwriting | None:
    """Convert a drawing, (H, W) uint8, light on black, to outlines; None if it is empty."""
    shape = (drawn > 127).astype(np.uint8)
    found, _ = cv2.findContours(shape, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    rings = [_smooth(ring[:, 0].astype(np.float64)) for ring in found if len(ring) > RING_SMOOTHING]
    if not rings:
        return None
    ends = np.cumsum([0, *map(len, rings)]).tolist()
    points = np.concatenate(pen_styles.fit(rings, 1.0)).astype(np.float32)
    weight = np.ones(len(points), np.float32)
    outlines = tuple(slice(a, b) for a, b in pairwise(ends))
    return Handwriting(points, np.zeros((0, 2), np.intp), weight, USUAL_STROKE, outlines)


def _smooth(ring: Line) -> Line:
    """Smooth a closed line by a moving average."""
    half = RING_SMOOTHING // 2
    turned = [np.roll(ring, step, axis=0) for step in range(-half, half + 1)]
    return np.asarray(np.mean(turned, axis=0), np.float64)


def _box(rng: np.random.Generator) -> list[Line]:
    """The four sides of a box from -1 to 1, which nearly meet at the corners."""
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1], [-1, -1]], float)
    corners += rng.normal(0, rng.choice([0.0, 0.06]), corners.shape)
    return [curve(start, end, 0.0, rng) for start, end in pairwise(corners)]


def _ring(rng: np.random.Generator) -> list[Line]:
    """A ring that nearly closes or overshoots."""
    turn = np.linspace(0, 2 * np.pi + rng.normal(0.1, 0.3), 60) + rng.uniform(0, 2 * np.pi)
    reach = (
        1.2 + 0.06 * np.cos(2 * turn + rng.uniform(0, 6)) + np.linspace(0, rng.normal(0, 0.1), 60)
    )
    return [np.stack([reach * np.cos(turn), reach * np.sin(turn)], 1)]


def _lines_beside(rng: np.random.Generator) -> list[Line]:
    """Two to four horizontal or vertical lines beside the writing, as in a table."""
    at = rng.permutation([-2.4, -1.2, 1.2, 2.4])[: int(rng.integers(2, 5))]
    reach = rng.uniform(1, 3)
    level = [np.array([[-reach, y], [reach, y + rng.normal(0, 0.05)]]) for y in at]
    return [one[:, ::-1] for one in level] if rng.random() < 0.3 else level
