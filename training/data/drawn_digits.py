"""Pen strokes of digits as most of the world writes them, where MNIST has few or none.

"1" with a flag as long as its stem, with and without a foot; "2" with loops, or as a zigzag; flat
"3"; open and closed "4"; "5" with a separate bar; crossed "7", with a hook on its bar; "8" of two
rings; "9" with a straight stem. Lengths are fractions of the digit's height, y runs downwards.

A 1 differs from a 7: the longer its flag, the steeper it falls, at least 24 to 41 degrees below
horizontal; the 7's bar lies within 14 degrees of horizontal. An open 4 differs from a 6 or a 9: its
stem crosses the bar and continues below it.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np

from training.data.strokes import Line
from training.data.synthetic_strokes import cut_corners

Hand = Callable[[np.random.Generator], list[Line]]

FLAG_FALL_DEG = (20, 78)  # below horizontal; a steeper line is not a flag
FALL_BY_LENGTH_DEG = 20  # added to the minimum fall of a flag that is as long as the stem
FLAG_TO_STEM_DEG = 13  # minimum angle between them, or they merge into one stroke
FLAG_LENGTH = (0.2, 1.05)  # fraction of the stem; most of the world's schools teach more than half
FOOT_FRACTION = 0.35  # of the 1s with a flag
HOOK_FRACTION = 0.25  # fraction of the flags that begin with a small hook upwards
STEM_SLANT_DEG = (-8, 22)  # positive leans to the right
BAR_TILT_DEG = 14
CROSSED_FRACTION = 0.7  # of the 7s
BEND = 0.035  # typical distance of a stroke's middle from the straight line
CURVE_POINTS = 12


def one(rng: np.random.Generator) -> list[Line]:
    """A stem, a flag that falls away to the left, and sometimes a foot."""
    slant = np.deg2rad(rng.uniform(*STEM_SLANT_DEG))
    top, bottom = np.array([np.tan(slant), 0.0]), np.array([0.0, 1.0])
    steepest = 90 - np.rad2deg(slant) - FLAG_TO_STEM_DEG
    length = rng.uniform(*FLAG_LENGTH)
    least = FLAG_FALL_DEG[0] + FALL_BY_LENGTH_DEG * length
    fall = np.deg2rad(rng.uniform(least, min(FLAG_FALL_DEG[1], steepest)))
    flag = top + length * np.array([-np.cos(fall), np.sin(fall)])
    flag_line = curve(flag, top, rng.normal(0.06, 0.09), rng)
    if rng.random() < HOOK_FRACTION:
        hook = flag + rng.uniform(0.04, 0.12) * np.array([rng.uniform(-1, 0.2), -1])
        flag_line = np.concatenate([curve(hook, flag, 0.02, rng), flag_line])
    strokes = [flag_line, curve(top, bottom, rng.normal(0, BEND), rng)]
    if rng.random() < FOOT_FRACTION:
        strokes.append(level_line(bottom, rng.uniform(0.25, 0.7), 8, rng))
    return strokes


def two(rng: np.random.Generator) -> list[Line]:
    """An arch and a diagonal to the lower left, then a loop or a corner; or a zigzag."""
    width = rng.uniform(0.45, 0.75)
    start = [(rng.uniform(-0.05, 0.15), rng.uniform(0.12, 0.4))]
    ringed = rng.random()
    if ringed < 0.2:  # the arch begins at the neck and closes to a ring
        start = [(0.6 * width, rng.uniform(0.45, 0.6)), (0.05 * width, 0.3)]
    elif ringed < 0.45:  # the pen draws a small ring first
        x, y, r = rng.uniform(0.08, 0.2), rng.uniform(0.2, 0.4), rng.uniform(0.05, 0.14)
        start = [(x + r, y), (x, y + r), (x - r, y), (x - 0.2 * r, y - 1.3 * r)]
    arch = [(0.25 * width, 0.0), (0.8 * width, 0.0), (width, 0.22), (0.85 * width, 0.5)]
    low = rng.uniform(0.86, 1.0)
    end = (rng.uniform(0.9, 1.35) * width, rng.uniform(0.85, 1.02))
    kind = rng.random()
    if kind < 0.6:  # a loop at the lower left
        size = rng.uniform(0.06, 0.2)
        loop = [(0.2 * width, low), (-0.3 * size, low), (-0.3 * size, low - 1.4 * size)]
        tail = [*loop, (0.35 * width, low - size), (0.7 * width, 1.0), end]
        return [rounded(np.array([*start, *arch, *tail]), rng)]
    if kind < 0.85:
        return [rounded(np.array([*start, *arch, (0.0, 1.0), (0.0, 1.0), end]), rng)]
    corners = [(0.0, rng.uniform(0, 0.12)), (width, rng.uniform(0, 0.1)), (0.0, low), end]
    return [polyline(np.array(corners), rng)]  # a zigzag


def three(rng: np.random.Generator) -> list[Line]:
    """A horizontal bar, a line back to the left, and one curve."""
    width, waist = rng.uniform(0.45, 0.7), rng.uniform(0.32, 0.48)
    left = (rng.uniform(0.1, 0.3), waist)
    bow = [left, (width, waist), (width * 1.1, 0.75), (0.6 * width, 1.0), (0.2 * width, 1.0)]
    end = (rng.uniform(-0.05, 0.05), rng.uniform(0.78, 0.95))
    top = polyline(np.array([(0.0, rng.uniform(-0.03, 0.08)), (width, 0.0), left]), rng)
    return [np.concatenate([top, rounded(np.array([*bow, end]), rng)])]


def four(rng: np.random.Generator) -> list[Line]:
    """A left stroke down to a horizontal bar, and a stem across the bar; top open or closed."""
    bar_y, length = rng.uniform(0.45, 0.8), rng.uniform(0.5, 0.95)
    stem_x = length * rng.uniform(0.45, 0.8)
    slant = np.tan(np.deg2rad(rng.uniform(-8, 18)))
    left, right = np.array([0.0, bar_y]), np.array([length, bar_y + rng.uniform(-0.1, 0.06)])
    foot = np.array([stem_x - slant * (1 - bar_y), 1.0])
    if rng.random() < 0.65:
        top = np.array([rng.uniform(-0.05, 0.6) * stem_x, 0.0])
        stem_y = rng.uniform(-0.1, 0.92) * bar_y
    else:
        top, stem_y = np.array([stem_x + slant * bar_y, 0.0]), 0.0
    stem_top = np.array([stem_x + slant * (bar_y - stem_y), stem_y])
    down = curve(top, left, rng.normal(0, 0.05), rng)
    return [np.concatenate([down, curve(left, right, 0.02, rng)]), curve(stem_top, foot, 0.02, rng)]


def five(rng: np.random.Generator) -> list[Line]:
    """A short stem, a curve, and a bar on top that may be separate."""
    width, neck = rng.uniform(0.4, 0.65), rng.uniform(0.3, 0.5)
    bow = [(0.06, neck), (width, neck - 0.05), (1.1 * width, 0.75), (0.6 * width, 1.0)]
    end = (rng.uniform(-0.1, 0.05), rng.uniform(0.8, 1.0))
    lean = rng.uniform(-0.05, 0.12)
    body = rounded(np.array([(lean, 0.02), (0.0, neck), *bow, end]), rng)
    apart = np.array([rng.uniform(0, 0.15), rng.uniform(-0.1, 0.06)])
    bar = level_line(
        np.array([lean + width / 2, 0.02]) + apart, rng.uniform(0.7, 1.2) * width, 14, rng
    )
    return [body, bar]


def seven(rng: np.random.Generator) -> list[Line]:
    """A bar, a stem from its right end, often a line across the stem, sometimes a hook."""
    length = rng.uniform(0.4, 0.8)
    corner = np.array([length, rng.uniform(-0.03, 0.03)])
    tilt = np.deg2rad(rng.uniform(-BAR_TILT_DEG, BAR_TILT_DEG))
    left = corner - length * np.array([np.cos(tilt), np.sin(tilt)])
    foot = np.array([length * rng.uniform(-0.1, 0.8), 1.0])
    strokes = [curve(left, corner, rng.normal(0, 0.04), rng)]
    if rng.random() < 0.3:
        hook = left + np.array([rng.uniform(-0.06, 0.05), rng.uniform(0.08, 0.3)])
        strokes.append(curve(hook, left, 0.02, rng))
    strokes.append(curve(corner, foot, rng.normal(0, 0.05), rng))
    if rng.random() < CROSSED_FRACTION:
        crossing = corner + rng.uniform(0.3, 0.65) * (foot - corner)
        strokes.append(level_line(crossing, rng.uniform(0.25, 0.65), 22, rng))
    return strokes


def eight(rng: np.random.Generator) -> list[Line]:
    """Two rings, one above the other."""
    upper, lower = rng.uniform(0.19, 0.25), rng.uniform(0.22, 0.29)
    gap = rng.uniform(-0.05, 0.01)
    top = ring(np.array([0.0, upper]), upper * rng.uniform(0.75, 1.2), upper, rng)
    middle = np.array([rng.normal(0, 0.03), 2 * upper + gap + lower])
    return [top, ring(middle, lower * rng.uniform(0.8, 1.2), lower, rng)]


def nine(rng: np.random.Generator) -> list[Line]:
    """A ring and a stem: straight, or with a tail that turns to the left."""
    radius = rng.uniform(0.17, 0.28)
    wide = radius * rng.uniform(0.8, 1.25)
    head = ring(np.array([0.0, radius]), wide, radius, rng)
    top = np.array([wide * rng.uniform(0.85, 1.05), radius * rng.uniform(0.1, 0.9)])
    kind = rng.random()
    if kind < 0.55:
        return [head, curve(top, np.array([wide * rng.uniform(-0.6, 1.2), 1.0]), 0.03, rng)]
    tail = [
        top,
        (wide, 0.75),
        (0.5 * wide, 1.0),
        (-0.6 * wide, 1.0),
        (-wide, rng.uniform(0.75, 0.95)),
    ]
    return [head, rounded(np.array([np.asarray(one, float) for one in tail]), rng)]


HANDS: tuple[tuple[int, Hand, float], ...] = (  # digit, function that draws it, relative frequency
    (1, one, 0.36),
    (2, two, 0.14),
    (3, three, 0.05),
    (4, four, 0.15),
    (5, five, 0.05),
    (7, seven, 0.15),
    (8, eight, 0.04),
    (9, nine, 0.06),
)


def draw_strokes(rng: np.random.Generator) -> tuple[int, list[Line]]:
    """Draw a random digit of `HANDS`; returns its label and its strokes."""
    often = np.array([share for _, _, share in HANDS])
    digit, hand, _ = HANDS[rng.choice(len(HANDS), p=often / often.sum())]
    return digit, hand(rng)


def curve(start: Line, end: Line, bow: float, rng: np.random.Generator) -> Line:
    """(12, 2): a quadratic Bézier curve; `bow` offsets its control point, in line lengths."""
    start, end = start + rng.normal(0, BEND / 4, 2), end + rng.normal(0, BEND / 4, 2)
    along = end - start
    middle = (start + end) / 2 + bow * np.array([-along[1], along[0]]) + rng.normal(0, BEND / 2, 2)
    t = np.linspace(0, 1, CURVE_POINTS)[:, None]
    return (1 - t) ** 2 * start + 2 * t * (1 - t) * middle + t**2 * end


def polyline(corners: Line, rng: np.random.Generator) -> Line:
    """Nearly straight lines from corner to corner."""
    return np.concatenate([curve(start, end, 0.0, rng) for start, end in pairwise(corners)])


def level_line(middle: Line, length: float, tilt_deg: float, rng: np.random.Generator) -> Line:
    """A nearly horizontal line; `middle` lies on it, near its centre."""
    tilt = np.deg2rad(rng.uniform(-tilt_deg, tilt_deg))
    along = length * np.array([np.cos(tilt), np.sin(tilt)])
    before = rng.uniform(0.3, 0.7)
    return curve(middle - before * along, middle + (1 - before) * along, rng.normal(0, 0.04), rng)


def ring(centre: Line, wide: float, tall: float, rng: np.random.Generator) -> Line:
    """(28, 2): a ring that nearly closes, or overshoots a little; it begins near the top."""
    turn = np.deg2rad(-90 + rng.normal(0, 25) + np.linspace(0, -360 + rng.normal(0, 12), 28))
    return centre + np.stack([wide * np.cos(turn), tall * np.sin(turn)], axis=1)


def rounded(corners: Line, rng: np.random.Generator) -> Line:
    """Displace the corners of a polyline slightly, and smooth it; see `cut_corners`."""
    return cut_corners(corners + rng.normal(0, BEND / 2, corners.shape))
