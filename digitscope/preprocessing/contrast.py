"""Step 7, contrast: cut out the digit and stretch its ink to the full range.

MNIST's digits are white on black. Faint pencil is stretched until its own strongest levels are
white. If it is very faint, CLAHE evens out the strokes, too.

Source: CLAHE, Zuiderveld, "Contrast Limited Adaptive Histogram Equalization" (1994).
"""

from __future__ import annotations

import dataclasses

import cv2
import numpy as np

from digitscope.messages import Message
from digitscope.preprocessing.quality import measure_contrast
from digitscope.preprocessing.state import Attempt, CutOut, State
from digitscope.types import DIGIT_PX, BoolArray, BoxXYXY, Float32Array, UInt8Array

# Tuned on the dev photos.
LEVEL_PERCENTILE = 60  # of the ink's levels: this level becomes full ink
FAINT_CONTRAST = 0.25  # below this fraction of the range, CLAHE evens out the strokes
CLAHE_CLIP, CLAHE_GRID = 2.0, (4, 4)  # mild: the strokes are already known


def apply(state: State, _: Attempt) -> State:
    """Cut out the digit and stretch its contrast."""
    location = state.location
    if location.box_xyxy is None:
        raise ValueError("Step 7 needs a located digit. Received: a picture without one.")
    ink, mask = stretch_contrast(state.ink_map.levels, location.mask, location.box_xyxy)
    return dataclasses.replace(state, cut_out=CutOut(ink, mask))


def explain(_: State, after: State) -> tuple[UInt8Array, Message]:
    """Show the cut-out digit."""
    return (after.cut_out.ink * 255).astype(np.uint8), Message(
        "Ink of about {contrast:.0%} of the range was stretched to all of it.",
        contrast=measure_contrast(after.ink_map.levels, after.location.mask),
    )


def stretch_contrast(
    levels: UInt8Array, mask: BoolArray, box: BoxXYXY
) -> tuple[Float32Array, BoolArray]:
    """Cut out a digit and stretch its ink to the full range.

    Args:
        levels: (H, W) uint8, ink light on black.
        mask: (H, W) bool, the digit's ink.
        box: left, top, right, bottom (exclusive) of the digit, px.

    Returns:
        (h, w) float32 0..1 and (h, w) bool: ink and mask of the cut-out, with a small margin.
    """
    longest = max(box[2] - box[0], box[3] - box[1])
    margin = max(2, round(longest / DIGIT_PX))
    cut = _crop(levels, box, margin)
    own = _crop(mask.view(np.uint8), box, margin)
    near = cv2.distanceTransform(1 - own, cv2.DIST_L2, cv2.DIST_MASK_5) <= margin
    full = max(float(np.percentile(cut[own > 0], LEVEL_PERCENTILE)), 1.0)
    scale = np.clip(np.arange(256) / full, 0, 1)  # (256,), what each level is stretched to
    stretched = cv2.LUT(cut, scale.astype(np.float32))
    if full < FAINT_CONTRAST * 255:
        grey = cv2.LUT(cut, (scale * 255).astype(np.uint8))
        even = cv2.createCLAHE(CLAHE_CLIP, CLAHE_GRID).apply(grey) / np.float64(255)
        stretched = np.where(own > 0, np.maximum(stretched, even.astype(np.float32)), stretched)
    return (stretched * near).astype(np.float32), own > 0


def _crop(image: UInt8Array, box: BoxXYXY, margin: int) -> UInt8Array:
    """Cut out a box with a margin; black where the margin is outside the picture."""
    left, top, right, bottom = box
    inside = image[max(0, top - margin) : bottom + margin, max(0, left - margin) : right + margin]
    height, width = image.shape
    return cv2.copyMakeBorder(
        inside,
        max(0, margin - top),
        max(0, bottom + margin - height),
        max(0, margin - left),
        max(0, right + margin - width),
        cv2.BORDER_CONSTANT,
    ).astype(np.uint8, copy=False)
