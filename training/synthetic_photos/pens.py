"""Pens, such as ballpoint, felt pen, pencil, chalk and brush, and the ink they leave."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from digitscope.types import BoxXYXY, Float32Array, UInt8Array
from training.synthetic_photos.grain import cloud, grain
from training.synthetic_photos.handwriting import Handwriting

RGB = tuple[float, float, float]

FINE = 2  # strokes are drawn twice as large, so widths are in half pixels
SUBPIXEL_BITS = 4  # cv2 takes coordinates in sixteenths of a pixel
LEAST_PX = 1.3  # minimum line width; a thinner line would look pale
THICK_SPOT = 2.0  # maximum widening of a stroke at a point where MNIST's stroke is thick
MARGIN_PX = 4
PRESSURE_PX = 32  # side of the random pressure field


@dataclass(frozen=True)
class Pen:
    """The pen that a digit is written with.

    Attributes:
        rgb: 0..255, the ink's colour at full cover.
        width: of its line, as a fraction of the digit's longest side.
        cover: 0..1, how much of the background its ink hides.
        pressure: 0..1, how much width and cover change along a stroke.
        roughness: 0..1, how much the paper's grain shows through (pencil, chalk).
    """

    rgb: RGB
    width: float
    cover: float = 0.9
    pressure: float = 0.15
    roughness: float = 0.0


@dataclass(frozen=True, eq=False)
class Ink:
    """Ink on a part of a photo.

    Attributes:
        cover: (h, w) float32, 0..1, how much of the background it hides.
        box_xyxy: where in the photo that part lies.
        rgb: 0..255.
    """

    cover: Float32Array
    box_xyxy: BoxXYXY
    rgb: RGB

    def lay_on(self, sheet: UInt8Array) -> None:
        """Blend the ink into a sheet, (H, W, 3) uint8, in place."""
        left, top, right, bottom = self.box_xyxy
        under = sheet[top:bottom, left:right]
        hidden = cv2.merge([self.cover] * 3)
        mixed = under + hidden * (np.array(self.rgb, np.float32) - under)
        under[:] = np.clip(mixed, 0, 255).astype(np.uint8)


def write(
    hand: Handwriting,
    points_px: Float32Array,
    pen: Pen,
    size_wh: tuple[int, int],
    rng: np.random.Generator,
) -> Ink:
    """Draw a digit's lines with a pen; outlines are filled, whatever the pen's width.

    Args:
        hand: the digit.
        points_px: (N, 2), x and y of its points in the photo.
        pen: the pen.
        size_wh: of the photo, px.
        rng: random generator.
    """
    digit_px = float(np.ptp(points_px, axis=0).max())
    press = _pressure(hand, pen, rng)  # (N,)
    spots = np.clip(hand.weight, 1, THICK_SPOT) if pen.width < THICK_SPOT * hand.stroke else 1.0
    widths_px = max(pen.width * digit_px, LEAST_PX) * press * spots
    reach_px = 0.0 if hand.outlines else float(widths_px.max()) / 2
    box = _box_px(points_px, reach_px + MARGIN_PX, size_wh)
    points_px = points_px - np.array(box[:2], np.float32)
    lines = _draw(points_px, hand, widths_px, (box[2] - box[0], box[3] - box[1]))
    return Ink(_textured(lines, pen, rng), box, pen.rgb)


def _box_px(points_px: Float32Array, margin_px: float, size_wh: tuple[int, int]) -> BoxXYXY:
    """The part of the photo that holds all points with a margin."""
    low = np.maximum(np.floor(points_px.min(axis=0) - margin_px), 0).astype(int)
    high = np.minimum(np.ceil(points_px.max(axis=0) + margin_px) + 1, size_wh).astype(int)
    return (int(low[0]), int(low[1]), int(high[0]), int(high[1]))


def _draw(
    points_px: Float32Array, hand: Handwriting, widths_px: Float32Array, size_wh: tuple[int, int]
) -> Float32Array:
    """Draw lines of changing width between points, or fill outlines: (h, w) float32, 0..1."""
    drawn = np.zeros((size_wh[1] * FINE, size_wh[0] * FINE), np.uint8)
    fixed = np.rint(((points_px + 0.5) * FINE - 0.5) * 2**SUBPIXEL_BITS).astype(np.int32)
    if hand.outlines:
        rings = [fixed[ring] for ring in hand.outlines]
        cv2.fillPoly(drawn, rings, 255, cv2.LINE_AA, SUBPIXEL_BITS)
    thickness = np.maximum(np.rint(FINE * widths_px[hand.edges].mean(axis=1)), 1).astype(int)
    for thick in np.unique(thickness).tolist():
        cv2.polylines(
            drawn,
            list(fixed[hand.edges[thickness == thick]]),  # each (2, 2)
            isClosed=False,
            color=255,
            thickness=thick,
            lineType=cv2.LINE_AA,
            shift=SUBPIXEL_BITS,
        )
    small = cv2.resize(drawn, size_wh, interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.float32) / np.float32(255)


def _pressure(hand: Handwriting, pen: Pen, rng: np.random.Generator) -> Float32Array:
    """(N,) about 1: how hard the pen is pressed at each point, changing slowly."""
    field = cloud((PRESSURE_PX, PRESSURE_PX), (4, 4), rng)
    at = np.rint((hand.points_xy + 0.5) * (PRESSURE_PX - 1)).astype(int).clip(0, PRESSURE_PX - 1)
    press = np.clip(1 + pen.pressure * field[at[:, 1], at[:, 0]], 0.5, 1.6)
    return press.astype(np.float32)


def _textured(lines: Float32Array, pen: Pen, rng: np.random.Generator) -> Float32Array:
    """Make the cover uneven, according to pressure and the paper's grain."""
    uneven = np.minimum(np.abs(cloud(lines.shape, (12, 12), rng)), np.float32(2))
    cover = lines * (pen.cover * (1 - np.float32(0.5 * pen.pressure) * uneven))
    if pen.roughness:
        tooth = cv2.GaussianBlur(grain(lines.shape, rng), (0, 0), 0.9) * np.float32(1.6)
        cover *= np.clip(1 - np.float32(pen.roughness) * (0.4 + 0.6 * tooth), 0.05, 1)
    return cover
