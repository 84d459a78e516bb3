"""What writes: ballpoint, felt pen, pencil, chalk, brush; and the ink it leaves."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from digitscope.types import Float32Array
from training.synthetic_photos.grain import cloud, grain
from training.synthetic_photos.handwriting import Handwriting

RGB = tuple[float, float, float]

FINE = 2  # strokes are drawn twice as large: widths in half pixels
SUBPIXEL_BITS = 4  # cv2 draws at sixteenths of a pixel
LEAST_PX = 1.3  # a line thinner than this would fade instead of being thin
BLOT = 2.2  # how much wider than usual a stroke may be drawn where MNIST's has run together


@dataclass(frozen=True)
class Pen:
    """What a digit is written with.

    Attributes:
        rgb: 0..255, where it covers fully.
        width: of its line, as a share of the digit's longest side.
        cover: 0..1, how much of the ground its ink hides.
        pressure: 0..1, how much width and cover change along a stroke.
        roughness: 0..1, how much the ground's grain shows through (pencil, chalk).
    """

    rgb: RGB
    width: float
    cover: float = 0.9
    pressure: float = 0.15
    roughness: float = 0.0


def write(
    hand: Handwriting,
    points_px: Float32Array,
    digit_px: float,
    pen: Pen,
    size_wh: tuple[int, int],
    rng: np.random.Generator,
) -> Float32Array:
    """Draw a digit's lines with a pen.

    Args:
        hand: the lines.
        points_px: (N, 2), where their points lie in the photo, x and y.
        digit_px: longest side of the digit in the photo.
        pen: what writes.
        size_wh: of the photo.
        rng: where the chance comes from.

    Returns:
        (H, W) float32, 0..1: how much of the ground is hidden.
    """
    width, height = size_wh
    drawn = np.zeros((height * FINE, width * FINE), np.uint8)
    press = _pressure(hand, pen, rng)  # (N,)
    blots = np.clip(hand.weight, 1, BLOT) if pen.width < hand.stroke else 1.0
    widths = np.maximum(pen.width * digit_px, LEAST_PX) * press * blots * FINE
    fixed = np.rint((points_px + 0.5) * FINE * 2**SUBPIXEL_BITS).astype(np.int32)
    thickness = np.maximum(np.rint(widths[hand.edges].mean(axis=1)), 1).astype(int)
    ends = fixed[hand.edges]  # (M, 2, 2)
    for line, thick in zip(ends.tolist(), thickness.tolist(), strict=True):
        cv2.line(drawn, *line, 255, thick, cv2.LINE_AA, SUBPIXEL_BITS)
    ink = cv2.resize(drawn, size_wh, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    return _textured(ink, pen, rng)


def _pressure(hand: Handwriting, pen: Pen, rng: np.random.Generator) -> Float32Array:
    """(N,) about 1: how hard the pen is pressed at each point, changing slowly."""
    field = cloud((64, 64), 4, rng)
    at = np.clip(np.rint((hand.points_xy + 0.5) * 63), 0, 63).astype(int)
    return np.clip(1 + pen.pressure * field[at[:, 1], at[:, 0]], 0.5, 1.6)


def _textured(ink: Float32Array, pen: Pen, rng: np.random.Generator) -> Float32Array:
    """Let ink cover unevenly, as pressure and the ground's grain want it."""
    cover = pen.cover * (1 - 0.5 * pen.pressure * np.abs(cloud(ink.shape, 12, rng)))
    if pen.roughness:
        tooth = cv2.GaussianBlur(grain(ink.shape, rng), (0, 0), 0.9) * 2.5  # spread about 1
        cover = cover * np.clip(1 - pen.roughness * (0.4 + 0.6 * tooth), 0.05, 1)
    return ink * cover
