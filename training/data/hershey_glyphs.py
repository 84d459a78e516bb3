"""Letters and signs as pen strokes, not as outlines like those of a printer's font.

Source: the Hershey Fonts, created by A. V. Hershey at the U.S. National Bureau of Standards
("Calligraphy for Computers", 1967), in the format of James Hurt, Cognition, Inc.
``hershey_glyphs.json`` holds the signs that nobody writes as a digit. (The packages that contain
all signs install a module named ``tests``, which hides ours.)
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import numpy as np

from digitscope.types import UInt8Array
from training.data.strokes import Line
from training.data.synthetic_strokes import cut_corners, draw_lines

GLYPHS: dict[str, dict[str, list[list[list[int]]]]] = json.loads(  # alphabet, key, strokes, points
    Path(__file__).with_name("hershey_glyphs.json").read_text(encoding="utf-8")
)  # the keys of "greeks" stand for Greek letters
FAVOURED = "Xackjlmwx"  # of "greeks", drawn three times as often: Ω α γ λ κ μ ν ψ ω resemble digits
HEIGHT_PX = 96  # of the longer side, before it is stretched
STRETCH = 1.5  # maximum change of the aspect ratio, as a factor
STRAY = 0.02  # displacement of each point, as a fraction of the longer side
PEN_PX = (4, 12)


def draw_glyph(canvas_px: int, rng: np.random.Generator) -> UInt8Array:
    """Draw a random sign in the middle of a canvas, its points displaced and its width varied.

    Returns:
        (canvas_px, canvas_px) uint8, 255 where the pen was.
    """
    signs = hershey_glyphs()
    strokes = signs[rng.integers(len(signs))]
    every = np.concatenate(strokes)
    low, high = every.min(0), every.max(0)
    stretch = STRETCH ** (rng.uniform(-1, 1) / 2)
    scale = HEIGHT_PX / max(high - low) * np.array([stretch, 1 / stretch])
    width_px = int(rng.integers(*PEN_PX))
    lines = []
    for stroke in strokes:
        points = (stroke - (low + high) / 2) * scale + canvas_px / 2
        points += rng.normal(0, STRAY * HEIGHT_PX, points.shape)
        lines.append(cut_corners(points))
    return draw_lines(lines, width_px, canvas_px)


@cache
def hershey_glyphs() -> tuple[tuple[Line, ...], ...]:
    """The strokes of every sign; those of `FAVOURED` occur three times."""
    return tuple(
        tuple(np.array(stroke, np.float64) for stroke in strokes_of[key])
        for alphabet, strokes_of in GLYPHS.items()
        for key in [*strokes_of, *2 * (FAVOURED if alphabet == "greeks" else "")]
    )
