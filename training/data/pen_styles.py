"""Draw strokes with random pens and styles, and make tiles of them as the reader does.

Handwriting is slanted, stretched and shaky; a pen is fine, broad or a brush; a digit may be traced
several times, dashed, dotted, outlined or hatched. The large drawing passes the reader's own steps
7 to 10: thin strokes are widened, thick strokes are narrowed, breaks are closed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import cv2
import numpy as np

from digitscope.preprocessing.closing import close_gaps
from digitscope.preprocessing.resizing import correct_stroke_width
from digitscope.types import TILE_PX, UInt8Array
from training.data.strokes import Line
from training.data.synthetic_strokes import draw_lines, to_tile

CANVAS_PX = 224  # drawn large, then shrunk, for smooth edges
LONGEST_PX = 128  # of the strokes on the canvas; leaves room for the broadest pen
SHEAR, ROTATION_DEG, STRETCH = 0.22, 6.0, 1.35  # added to the writer's own
TREMBLE = 0.012  # displacement of each point, as a fraction of the longest side
WARP, WARP_KNOTS = 0.035, 4  # smooth displacement field: its strength, its grid points a side
CURVE_POINTS = 24
PEN = (0.015, 0.22)  # stroke width over the longest side: fine liner to poster marker
FINE_PEN = (0.012, 0.07)  # for styles that draw several lines
GONE_OVER = (2, 6)  # how many times a stroke is drawn; the upper bound is exclusive
SHIFT = (0.008, 0.04)  # between these lines, as a fraction of the longest side
BODY = (0.15, 0.25)  # stroke width of an outlined digit, as a fraction of the longest side
FRAMED = 0.03  # fraction of the digits that have a piece of a box or circle beside them
FRAME_GAP = (0.03, 0.14)  # from the strokes' box to that piece, as a fraction of the longest side
FRAME_ARC = (25, 80)  # degrees of the circle or box that this piece covers
SPECK_PX = 12  # a smaller drawing gives an empty tile

Style = Callable[[Sequence[Line], np.random.Generator], UInt8Array]


def write_tile(strokes: Sequence[Line], rng: np.random.Generator) -> UInt8Array:
    """Draw strokes in a random slant and style, and apply the reader's steps 7 to 10.

    Args:
        strokes: lines, (P, 2) each, in any unit, y downwards.
        rng: random generator; the same state gives the same tile.

    Returns:
        (28, 28) uint8, light on black, longest side 20; all black if the drawing is tiny.
    """
    styles, often = zip(*STYLES, strict=True)
    style = styles[rng.choice(len(styles), p=np.array(often) / sum(often))]
    drawn = style(vary_hand(strokes, rng), rng)
    return finish(_with_rest_of_frame(drawn, rng) if rng.random() < FRAMED else drawn)


def vary_hand(strokes: Sequence[Line], rng: np.random.Generator) -> list[Line]:
    """Slant, rotate, stretch and bend strokes at random; the result is in canvas pixels."""
    points = fit([np.asarray(one, np.float64) for one in strokes], 1.0)
    angle, stretch = np.deg2rad(rng.normal(0, ROTATION_DEG)), STRETCH ** rng.uniform(-1, 1)
    cos, sin = np.cos(angle), np.sin(angle)
    slant = np.array([[1, -rng.uniform(-SHEAR, SHEAR)], [0, 1]])
    matrix = np.array([[cos, -sin], [sin, cos]]) @ slant @ np.diag([stretch, 1.0])
    bend = rng.normal(0, WARP, (WARP_KNOTS, WARP_KNOTS, 2))
    tremble = TREMBLE * rng.random()
    moved = [
        one @ matrix.T + _field_at(bend, one) + rng.normal(0, tremble, one.shape) for one in points
    ]
    return [one + CANVAS_PX / 2 for one in fit(moved, LONGEST_PX)]


def fit(strokes: Sequence[Line], longest: float) -> list[Line]:
    """Centre strokes at 0 and scale their longest side to `longest`."""
    points = np.concatenate(strokes)
    low, high = points.min(0), points.max(0)
    scale = longest / max(float((high - low).max()), 1e-6)
    return [(one - (low + high) / 2) * scale for one in strokes]


def _field_at(knots: Line, points: Line) -> Line:
    """Sample a field, (K, K, 2) on a grid from -.5 to .5, at (P, 2) points, bilinearly."""
    at = np.clip((points + 0.5) * (len(knots) - 1), 0, len(knots) - 1.001)
    low = at.astype(int)
    part = at - low
    (x, y), (u, v) = low.T, part.T[..., None]
    upper = (1 - u) * knots[y, x] + u * knots[y, x + 1]
    lower = (1 - u) * knots[y + 1, x] + u * knots[y + 1, x + 1]
    return (1 - v) * upper + v * lower


def plain(strokes: Sequence[Line], rng: np.random.Generator) -> UInt8Array:
    """One pen, from a fine liner to a poster marker."""
    return _drawn(strokes, _between(PEN, rng))


def brush(strokes: Sequence[Line], rng: np.random.Generator) -> UInt8Array:
    """A brush whose width changes with the pressure along a stroke."""
    width, pressure = _between((0.04, 0.16), rng), rng.uniform(0.2, 0.6)
    by_width: dict[int, list[Line]] = {}
    for one in strokes:
        phase, waves = rng.uniform(0, 2 * np.pi), rng.uniform(0.3, 1.5)
        press = 1 + pressure * np.sin(phase + waves * 2 * np.pi * np.linspace(0, 1, len(one)))
        for start, end, here in zip(one[:-1], one[1:], press[:-1], strict=True):
            width_px = max(1, round(width * LONGEST_PX * here))
            by_width.setdefault(width_px, []).append(np.stack([start, end]))
    layers = [draw_lines(lines, px, CANVAS_PX) for px, lines in by_width.items()]
    return np.maximum.reduce(layers).astype(np.uint8)


def gone_over(strokes: Sequence[Line], rng: np.random.Generator) -> UInt8Array:
    """Every stroke two to five times, each time slightly shifted."""
    shift_px = rng.uniform(*SHIFT) * LONGEST_PX
    lines = []
    for _ in range(int(rng.integers(*GONE_OVER))):
        for one in strokes:
            scaled = (one - one.mean(0)) * (1 + rng.normal(0, 0.03)) + one.mean(0)
            wander = np.linspace(0, 1, len(one))[:, None] * rng.normal(0, shift_px, 2)
            lines.append(scaled + rng.normal(0, shift_px, 2) + wander)
    return _drawn(lines, _between(FINE_PEN, rng))


def dashed(strokes: Sequence[Line], rng: np.random.Generator) -> UInt8Array:
    """Strokes in dashes or dots."""
    dash, gap = rng.uniform(0.03, 0.25), rng.uniform(0.04, 0.10)
    lines = []
    for one in strokes:
        even = resample(one, LONGEST_PX * 0.01)
        along = np.arange(len(even)) * 0.01 + rng.uniform(0, dash + gap)
        on = along % (dash + gap) < dash
        starts = np.flatnonzero(np.diff(np.concatenate([[0], on, [0]])))
        lines += [even[a:b] for a, b in starts.reshape(-1, 2) if b > a]
    width = min(_between((0.02, 0.09), rng), gap * 0.9)
    return _drawn(lines or strokes, width)


def outlined(strokes: Sequence[Line], rng: np.random.Generator) -> UInt8Array:
    """The outline of broad strokes, as on a poster; sometimes hatched."""
    body = _drawn(strokes, rng.uniform(*BODY))
    pen_px = max(1, round(_between(FINE_PEN, rng) * LONGEST_PX))
    found, _ = cv2.findContours(
        (body > 127).astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE
    )
    rings = [np.concatenate([one[:, 0], one[:1, 0]]).astype(np.float64) for one in found]
    canvas = draw_lines(rings, pen_px, CANVAS_PX)
    return np.maximum(canvas, _hatching(body, pen_px, rng)) if rng.random() < 0.5 else canvas


def _hatching(body: UInt8Array, pen_px: int, rng: np.random.Generator) -> UInt8Array:
    """Parallel lines inside broad strokes."""
    y, x = np.mgrid[:CANVAS_PX, :CANVAS_PX]
    angle = rng.uniform(0, np.pi)
    apart_px = pen_px * rng.uniform(1.6, 4)
    wave = (x * np.cos(angle) + y * np.sin(angle) + rng.uniform(0, apart_px)) % apart_px
    return np.where((wave < pen_px) & (body > 127), 255, 0).astype(np.uint8)


def _with_rest_of_frame(drawn: UInt8Array, rng: np.random.Generator) -> UInt8Array:
    """Add a piece of a box or circle around the strokes: a corner or an arc."""
    left, top, width, height = cv2.boundingRect((drawn > 127).astype(np.uint8))
    half = np.array([width, height]) / 2 + rng.uniform(*FRAME_GAP) * LONGEST_PX
    middle_deg = rng.choice((45, 135, 225, 315)) + rng.normal(0, 10)
    span_deg = rng.uniform(*FRAME_ARC)
    angles = np.deg2rad(middle_deg + np.linspace(-span_deg / 2, span_deg / 2, CURVE_POINTS))
    around = np.sqrt(2) * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    if rng.random() < 0.5:  # a box
        around = np.clip(around, -1, 1)
    line = np.array([left + width / 2, top + height / 2]) + around * half
    return np.maximum(drawn, _drawn([line], _between(FINE_PEN, rng)))


STYLES: tuple[tuple[Style, float], ...] = (  # with relative frequencies
    (plain, 0.60),
    (brush, 0.08),
    (gone_over, 0.16),
    (dashed, 0.08),
    (outlined, 0.08),
)


def resample(line: Line, step: float) -> Line:
    """Resample a line, (P, 2) to (Q, 2), at equal distances of `step`."""
    lengths = np.hypot(*np.diff(line, axis=0).T)
    along = np.concatenate([[0], np.cumsum(lengths)])
    at = np.arange(0, max(along[-1], step), step)
    return np.stack([np.interp(at, along, line[:, axis]) for axis in (0, 1)], axis=1)


def finish(drawn: UInt8Array) -> UInt8Array:
    """Convert a drawing to a tile as the reader's steps 7 to 10 do.

    Args:
        drawn: (H, W) uint8, light on black.

    Returns:
        (28, 28) uint8; all black if the drawing is tiny.
    """
    mask = drawn > 127
    left, top, width, height = cv2.boundingRect(mask.astype(np.uint8))
    longest = max(width, height)
    if longest < SPECK_PX:
        return np.zeros((TILE_PX, TILE_PX), np.uint8)
    near = np.s_[top : top + height, left : left + width]
    margin = longest // 8  # room for strokes that are widened
    ink = np.pad(drawn[near], margin).astype(np.float32) / np.float32(255)
    glyph = correct_stroke_width(ink, np.pad(mask[near], margin), longest)
    return close_gaps(to_tile(np.rint(glyph.ink * 255).astype(np.uint8)))


def _drawn(strokes: Sequence[Line], width: float) -> UInt8Array:
    """Draw lines; `width` is a fraction of the longest side. A line of one point is a dot."""
    width_px = max(1, round(width * LONGEST_PX))
    doubled = [one if len(one) > 1 else np.repeat(one, 2, axis=0) for one in strokes]
    return draw_lines(doubled, width_px, CANVAS_PX)


def _between(bounds: tuple[float, float], rng: np.random.Generator) -> float:
    """A log-uniform random number: thin pens are as common as thick ones."""
    return float(np.exp(rng.uniform(*np.log(bounds))))
