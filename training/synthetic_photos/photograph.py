"""One photo: a tile's digit is written on a surface, lit, and seen by a camera."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from digitscope.types import UInt8Array
from training.synthetic_photos.camera import expose, place
from training.synthetic_photos.conditions import Condition
from training.synthetic_photos.handwriting import trace_strokes
from training.synthetic_photos.light import shine
from training.synthetic_photos.pens import Ink, write
from training.synthetic_photos.surfaces import paint


@dataclass(frozen=True, eq=False)
class Photo:
    """A photo and the ink of its digit.

    Attributes:
        pixels: (H, W, 3) uint8 RGB, or (H, W, 4) RGBA of a transparent drawing.
        ink: the digit's ink alone, and its place in the photo.
    """

    pixels: UInt8Array
    ink: Ink


def photograph(tile: UInt8Array, condition: Condition, rng: np.random.Generator) -> UInt8Array:
    """Simulate a photo of an MNIST digit as if someone had written it.

    Args:
        tile: (28, 28) uint8, light digit on black.
        condition: the kind of photo.
        rng: random generator; the same state gives the same photo.

    Returns:
        (H, W, 3) uint8 RGB, or (H, W, 4) RGBA where the condition is a transparent drawing;
        longest side 176 to 900 px.

    Raises:
        ValueError: not a tile, or an empty one.
    """
    return take_photo(tile, condition, rng).pixels


def take_photo(tile: UInt8Array, condition: Condition, rng: np.random.Generator) -> Photo:
    """Simulate a photo as `photograph` does, and return its ink as well."""
    hand = trace_strokes(tile)
    scene = condition.arrange(rng)
    camera = scene.camera
    stroke = 0.0 if hand.outlines else scene.pen.width
    points_px, to_photo = place(hand.points_xy, stroke, camera)
    ink = write(hand, points_px, scene.pen, camera.size_wh, rng)
    if scene.transparent:
        return Photo(_cut_out(ink, camera.size_wh), ink)
    left, top = points_px.min(axis=0).tolist()
    right, bottom = points_px.max(axis=0).tolist()
    sheet = paint(scene.surface, camera.size_wh, to_photo, (left, top, right, bottom), rng)
    ink.lay_on(sheet)
    lit = shine(sheet, scene.light, ((left + right) / 2, (top + bottom) / 2), rng)
    return Photo(expose(lit, camera, rng), ink)


def _cut_out(ink: Ink, size_wh: tuple[int, int]) -> UInt8Array:
    """Ink on a transparent background: (H, W, 4) uint8 RGBA."""
    drawing = np.zeros((*size_wh[::-1], 4), np.uint8)
    drawing[..., :3] = np.clip(ink.rgb, 0, 255).astype(np.uint8)
    left, top, right, bottom = ink.box_xyxy
    drawing[top:bottom, left:right, 3] = np.rint(ink.cover * 255)
    return drawing
