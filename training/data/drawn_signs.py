"""Hand-drawn non-digits: shapes, letters, arrows, small pictures, signatures.

They are strokes, drawn with the same pens and styles as digits. So dashes or a broad marker do not
tell the network that a sign is no digit. Shapes that some people write as a digit are left out:
rings, ovals, b, q, z, a caret (a 1 with a flag as long as its stem), nearly vertical lines.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np

from digitscope.types import UInt8Array
from training.data.drawn_digits import BEND, curve, polyline, ring, rounded
from training.data.pen_styles import CANVAS_PX, finish, vary_hand, write_tile
from training.data.strokes import Line

Sign = Callable[[np.random.Generator], list[Line]]

LISTED: dict[str, dict[str, list[list[list[float]]]]] = json.loads(  # way, name, strokes, points
    Path(__file__).with_name("drawn_signs.json").read_text(encoding="utf-8")
)  # "cornered" signs have straight lines from point to point, "curved" signs are smoothed
SLASH_DEG = (50, 75)  # from vertical, leaning as a 1 does, but more than anyone's slant
BACKSLASH_DEG = (33, 70)  # from vertical; nobody writes a 1 that leans this far to the left


def listed(rng: np.random.Generator) -> list[Line]:
    """A random letter, shape or small picture of `LISTED`, its points slightly displaced."""
    names = [(way, name) for way, signs in LISTED.items() for name in signs]
    way, name = names[rng.integers(len(names))]
    join = polyline if way == "cornered" else rounded
    strokes = [np.array(one, float) for one in LISTED[way][name]]
    return [join(one + rng.normal(0, BEND, one.shape), rng) for one in strokes]


def polygon(rng: np.random.Generator) -> list[Line]:
    """A triangle, rectangle, diamond or another polygon; sharp corners; its ends nearly meet."""
    corners = int(rng.choice([3, 3, 4, 4, 4, 4, 4, 4, 5]))
    turned = {3: 0.0, 4: rng.choice([0.0, np.pi / 4])}.get(corners, rng.uniform(0, 1))
    angles = (
        -np.pi / 2
        + turned
        + 2 * np.pi * np.arange(corners) / corners
        + rng.normal(0, 0.08, corners)
    )
    flip = rng.choice([-1, 1]) if corners == 3 else 1
    points = np.stack([np.cos(angles), flip * np.sin(angles)], axis=1) * [rng.uniform(0.5, 1.3), 1]
    closed = np.concatenate([points, points[:1] + rng.normal(0, 0.05, (1, 2))])
    return [polyline(closed / 2, rng)]


def ringed(rng: np.random.Generator) -> list[Line]:
    """A ring with something in it or on it: a face, a cross, a second ring, rays."""
    outer = ring(np.zeros(2), rng.uniform(0.4, 0.55), 0.5, rng)
    kind = int(rng.integers(5))
    if kind == 0:  # a face
        eyes = [np.array([[x, -0.15], [x, -0.1]]) for x in (-0.18, 0.18)]
        mouth = rounded(np.array([(-0.25, 0.1), (-0.1, 0.3), (0.1, 0.3), (0.25, 0.1)]), rng)
        return [outer, *eyes, mouth]
    if kind == 1:  # a cross
        return [
            outer,
            curve(np.array([-0.35, -0.35]), np.array([0.35, 0.35]), 0, rng),
            curve(np.array([0.35, -0.35]), np.array([-0.35, 0.35]), 0, rng),
        ]
    if kind == 2:  # a second ring
        return [outer, ring(np.zeros(2), 0.22, 0.24, rng)]
    if kind == 3:  # a sun
        angles = np.linspace(0, 2 * np.pi, int(rng.integers(6, 11)))[:-1] + rng.uniform(0, 1)
        rays = [
            np.array([[np.cos(a), np.sin(a)]]) * [[0.6], [rng.uniform(0.75, 1)]] for a in angles
        ]
        return [outer, *rays]
    return [outer, ring(np.array([rng.uniform(0.7, 1.0), 0.0]), 0.45, 0.5, rng)]  # two rings


def star(rng: np.random.Generator) -> list[Line]:
    """The outline of a star or of a flower."""
    points = int(rng.integers(4, 9))
    inner = rng.uniform(0.35, 0.6)
    angles = -np.pi / 2 + np.pi * np.arange(2 * points + 1) / points
    reach = np.where(np.arange(2 * points + 1) % 2, inner, 1.0)
    corners = np.stack([reach * np.cos(angles), reach * np.sin(angles)], axis=1) / 2
    return [polyline(corners, rng) if rng.random() < 0.7 else rounded(corners, rng)]


def signature(rng: np.random.Generator) -> list[Line]:
    """A row of loops and waves, like a signature."""
    t = np.linspace(0, 1, 120)
    waves, loop = rng.uniform(2, 6), rng.uniform(0.02, 0.14)
    phase = rng.uniform(0, 2 * np.pi, 3)
    swell = 0.5 + 0.5 * np.sin(2 * np.pi * rng.uniform(0.5, 1.5) * t + phase[0])
    x = t + loop * np.cos(2 * np.pi * waves * t + phase[1])
    y = (0.05 + 0.3 * swell) * np.sin(2 * np.pi * waves * t + phase[1]) + 0.1 * np.sin(
        5 * t + phase[2]
    )
    return [np.stack([x, y], axis=1)]


def spiral(rng: np.random.Generator) -> list[Line]:
    """A spiral of one and a half to four turns."""
    turns = rng.uniform(1.6, 4)
    angle = 2 * np.pi * turns * np.linspace(0, 1, 80)
    reach = np.linspace(0.05, 0.5, 80)
    side = rng.choice([-1, 1])
    return [np.stack([reach * np.cos(angle), side * reach * np.sin(angle)], axis=1)]


def leaning_line(rng: np.random.Generator) -> list[Line]:
    """A line that leans too far to be a 1; sometimes two of them."""
    lean = rng.uniform(*BACKSLASH_DEG) if rng.random() < 0.5 else -rng.uniform(*SLASH_DEG)
    along = np.array([np.sin(np.deg2rad(lean)), np.cos(np.deg2rad(lean))])
    apart = np.array([rng.uniform(0.2, 0.4), 0])
    lines = [curve(-along / 2, along / 2, rng.normal(0, 0.05), rng)]
    return lines if rng.random() < 0.6 else [*lines, lines[0] + apart]


def word(rng: np.random.Generator) -> list[Line]:
    """Two or three signs side by side."""
    strokes: list[Line] = []
    left = 0.0
    for _ in range(int(rng.integers(2, 4))):
        sign = listed(rng)
        points = np.concatenate(sign)
        low, high = points.min(0), points.max(0)
        scale = 1 / max(float(high[1] - low[1]), 0.4)
        strokes += [(one - low) * scale + [left, 0] for one in sign]
        left += float(high[0] - low[0]) * scale + rng.uniform(-0.05, 0.2)
    return strokes


SIGNS: tuple[tuple[Sign, float], ...] = (  # with relative frequencies
    (listed, 0.60),
    (polygon, 0.13),
    (ringed, 0.06),
    (star, 0.05),
    (signature, 0.05),
    (spiral, 0.02),
    (leaning_line, 0.03),
    (word, 0.06),
)


def draw_sign_tile(rng: np.random.Generator) -> UInt8Array:
    """Draw a random sign with a random pen and style: (28, 28) uint8, light on black."""
    return write_tile(_some_sign(SIGNS, rng)(rng), rng)


def silhouette(rng: np.random.Generator) -> UInt8Array:
    """A filled shape like an object's, wider than any pen's stroke: (28, 28) uint8."""
    if rng.random() < 0.5:
        outline = _some_sign(((polygon, 0.6), (star, 0.4)), rng)(rng)
    else:
        outline = [_ragged_outline(rng)]
    points = [np.rint(one * 16).astype(np.int32) for one in vary_hand(outline, rng)]
    canvas = np.zeros((CANVAS_PX, CANVAS_PX), np.uint8)
    cv2.fillPoly(canvas, points, 255, cv2.LINE_AA, 4)
    return finish(canvas)


def _ragged_outline(rng: np.random.Generator) -> Line:
    """(64, 2): an irregular closed outline, like that of an animal, a bag or a shirt."""
    angle = np.linspace(0, 2 * np.pi, 64)
    reach = np.ones(64)
    for wave in range(1, 7):
        reach += rng.normal(0, 0.5 / wave) * np.cos(wave * angle + rng.uniform(0, 2 * np.pi))
    reach = np.maximum(reach, 0.15)
    return np.stack([reach * np.cos(angle), reach * np.sin(angle)], axis=1)


def _some_sign(signs: Sequence[tuple[Sign, float]], rng: np.random.Generator) -> Sign:
    """Choose one kind of sign at random, weighted by frequency."""
    often = np.array([share for _, share in signs])
    return signs[rng.choice(len(signs), p=often / often.sum())][0]
