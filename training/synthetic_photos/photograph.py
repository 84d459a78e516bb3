"""One photo: a tile's digit is written on a surface, lit, and seen by a camera."""

from __future__ import annotations

import numpy as np

from digitscope.types import Float32Array, UInt8Array
from training.synthetic_photos.camera import expose, place
from training.synthetic_photos.conditions import Condition
from training.synthetic_photos.handwriting import trace_strokes
from training.synthetic_photos.light import shine
from training.synthetic_photos.pens import RGB, write
from training.synthetic_photos.surfaces import paint


def photograph(tile: UInt8Array, condition: Condition, rng: np.random.Generator) -> UInt8Array:
    """Photograph an MNIST digit as if someone had written it.

    Args:
        tile: (28, 28) uint8, light digit on black.
        condition: the kind of photo.
        rng: where the chance comes from; the same state gives the same photo.

    Returns:
        (H, W, 3) uint8 RGB, or (H, W, 4) RGBA where the condition is a transparent drawing;
        longest side 176 to 900 px.

    Raises:
        ValueError: no tile, or nothing on it.
    """
    hand = trace_strokes(tile)
    scene = condition.arrange(rng)
    camera = scene.camera
    points_px, to_photo = place(hand.points_xy, camera)
    low, high = points_px.min(axis=0), points_px.max(axis=0)
    box_px = (float(low[0]), float(low[1]), float(high[0]), float(high[1]))
    digit_px = max(float((high - low).max()), 1.0)
    ink = write(hand, points_px, digit_px, scene.pen, camera.size_wh, rng)
    if scene.transparent:
        return _cut_out(ink, scene.pen.rgb)
    page = paint(scene.surface, camera.size_wh, to_photo, box_px, rng)
    page += ink[..., None] * (np.float32(scene.pen.rgb) - page)
    middle_xy = ((box_px[0] + box_px[2]) / 2, (box_px[1] + box_px[3]) / 2)
    return expose(shine(page, scene.light, middle_xy, rng), camera, rng)


def _cut_out(ink: Float32Array, rgb: RGB) -> UInt8Array:
    """Ink on nothing: (H, W, 4) uint8 RGBA."""
    drawing = np.empty((*ink.shape, 4), np.uint8)
    drawing[..., :3] = np.clip(rgb, 0, 255).astype(np.uint8)
    drawing[..., 3] = np.rint(ink * 255)
    return drawing
