"""Marks between digits: points, commas, slashes, hyphens, signs; drawn with the same pen."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from digitscope.types import Float32Array

SUBPIXEL_BITS = 4
Points = NDArray[np.float64]  # (N, 2) x, y in heights of a digit, y downwards from its top

STROKES: dict[str, tuple[tuple[tuple[float, float], ...], ...]] = {
    ".": (((0.0, 0.97), (0.02, 0.99)),),
    ",": (((0.05, 0.9), (0.05, 1.0), (-0.03, 1.16)),),
    "/": (((0.42, -0.15), (-0.02, 1.12)),),
    "-": (((0.0, 0.52), (0.32, 0.5)),),
    "_": (((0.0, 0.8), (0.25, 0.78)),),
    "+": (((0.0, 0.52), (0.5, 0.5)), ((0.25, 0.27), (0.25, 0.77))),
    "=": (((0.0, 0.4), (0.45, 0.39)), ((0.0, 0.62), (0.45, 0.61))),
    "x": (((0.0, 0.25), (0.5, 0.78)), ((0.48, 0.25), (0.02, 0.78))),
    ":": (((0.0, 0.4), (0.01, 0.42)), ((0.0, 0.85), (0.01, 0.87))),
    "(": (((0.22, -0.08), (0.06, 0.25), (0.04, 0.7), (0.2, 1.1)),),
    ")": (((0.0, -0.08), (0.16, 0.25), (0.18, 0.7), (0.02, 1.1)),),
    "$": (
        (
            (0.5, 0.15),
            (0.25, 0.05),
            (0.05, 0.25),
            (0.25, 0.48),
            (0.48, 0.7),
            (0.25, 0.95),
            (0.0, 0.82),
        ),
        ((0.26, -0.12), (0.25, 1.1)),
    ),
    "€": (
        ((0.6, 0.15), (0.4, 0.04), (0.18, 0.25), (0.15, 0.7), (0.4, 0.96), (0.6, 0.85)),
        ((0.0, 0.4), (0.45, 0.38)),
        ((0.0, 0.6), (0.42, 0.58)),
    ),
}


def write_mark(
    mark: str, height_px: float, pen_px: float, lean: float, rng: np.random.Generator
) -> tuple[Float32Array, float]:
    """Draw a mark.

    Args:
        mark: a key of STROKES.
        height_px: of the digits beside it.
        pen_px: width of the pen.
        lean: slant of the handwriting, columns a row.
        rng: random generator of the variation.

    Returns:
        (h, w) float32 ink, 0..1, and where its top is, px below the top of the digits.
    """
    lines = [_wobbled(np.array(stroke), lean, rng) * height_px for stroke in STROKES[mark]]
    every = np.concatenate(lines)
    room = pen_px + 2
    origin = every.min(axis=0) - room
    size = np.ceil(every.max(axis=0) + room - origin).astype(int)
    canvas = np.zeros((size[1], size[0]), np.uint8)
    points = [
        np.rint((line - origin) * 2**SUBPIXEL_BITS).astype(np.int32)[:, None] for line in lines
    ]
    width = max(1, round(pen_px * rng.uniform(0.9, 1.2)))
    cv2.polylines(canvas, points, False, 255, width, cv2.LINE_AA, SUBPIXEL_BITS)  # noqa: FBT003
    return (canvas / np.float32(255)).astype(np.float32), float(origin[1])


def _wobbled(stroke: Points, lean: float, rng: np.random.Generator) -> Points:
    """Vary a stroke as handwriting does: slant, size and small displacements."""
    size = rng.uniform(0.85, 1.15)
    middle = np.array([0.0, 0.5])
    moved = (stroke - middle) * size + middle + rng.normal(0, 0.025, stroke.shape)
    moved[:, 0] += lean * (0.5 - moved[:, 1])
    moved[:, 1] += rng.normal(0, 0.04)
    return moved
