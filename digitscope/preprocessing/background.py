"""Step 1, background removal: tell the digit from what it is written on.

The colour of the empty page is estimated at every pixel. What differs from it by more than the
grain of the paper is kept. Where a saliency network is asked for, only its region is kept.

Limits: a printed pattern or a shadow with a sharp edge differs from the page too; step 6 sorts
them out, or a thorough attempt does, which follows sharp edges.
"""

from __future__ import annotations

import dataclasses

import cv2
import numpy as np

from digitscope.messages import Message
from digitscope.preprocessing.background_estimation import (
    BRUSH_STROKE,
    PEN_STROKE,
    estimate_background,
    estimate_background_between_strokes,
    keep_above_grain,
    subtract_background,
    to_luma,
)
from digitscope.preprocessing.background_removers import REMOVERS
from digitscope.preprocessing.denoising import denoise
from digitscope.preprocessing.greyscale import is_ink_dark
from digitscope.preprocessing.state import Attempt, Foreground, State
from digitscope.preprocessing.working_picture import WorkingPicture
from digitscope.types import Background, Float32Array, UInt8Array

CHEQUER_PX, CHEQUER_LEVELS = 8, (245, 225)


def apply(state: State, attempt: Attempt) -> State:
    """Find what differs from the background, and whether it is darker.

    Raises:
        BackgroundUnavailableError: the route cannot run here.
    """
    first = _smooth_foreground(state.picture, attempt.background)
    is_dark = first.is_ink_dark != attempt.weaker_ink
    if attempt.thorough:
        found = _sharp_foreground(state.picture, attempt, is_dark=is_dark)
    else:
        found = dataclasses.replace(first, is_ink_dark=is_dark)
    return dataclasses.replace(state, foreground=found)


def find_region(picture: WorkingPicture, route: Background) -> Float32Array | None:
    """Find the region of the digit, once a picture; see `BackgroundRemover.find_region`.

    Raises:
        BackgroundUnavailableError: the route cannot run here.
    """
    key = ("region", route)
    if key not in picture.shared:
        picture.shared[key] = REMOVERS[route].find_region(picture.rgb)
    region: Float32Array | None = picture.shared[key]
    return region


def _smooth_foreground(picture: WorkingPicture, route: Background) -> Foreground:
    """What differs from a smooth estimate of the background, found once a picture and route."""
    key = ("foreground", route)
    if key not in picture.shared and route is Background.INK:
        picture.shared[key] = _marked_foreground(picture)
    if key not in picture.shared:
        region = find_region(picture, route)
        if "difference" not in picture.shared:
            estimate = estimate_background(picture.rgb)
            difference = subtract_background(picture.rgb, estimate)
            picture.shared["difference"] = difference, keep_above_grain(difference)
        difference, keep = picture.shared["difference"]
        keep = keep if region is None else (region * keep).astype(np.float32)
        luma = to_luma(difference)
        is_dark = is_ink_dark(luma, keep)
        picture.shared[key] = Foreground(difference, keep, luma, is_dark, route)
    found: Foreground = picture.shared[key]
    return found


MODE = "A2"


def _marked_foreground(picture: WorkingPicture) -> Foreground:
    """What the ink network marks, against the page beside it."""
    marked = find_region(picture, Background.INK)
    rgb = picture.rgb
    side = max(rgb.shape[:2])
    near = 2 * round(side / 160) + 1
    window = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (near, near))
    if MODE == "A":
        difference = subtract_background(rgb, estimate_background(rgb))
    else:
        ink = cv2.dilate((marked > 0.2).astype(np.uint8), window)
        page = (1 - ink).astype(np.float32)
        box = (2 * round(0.05 * side) + 1,) * 2
        weight = cv2.boxFilter(page, cv2.CV_32F, box)[..., None]
        total = cv2.boxFilter(rgb * page[..., None], cv2.CV_32F, box)
        if page.any():
            mean = (rgb * page[..., None]).sum((0, 1)) / page.sum()
        else:
            mean = rgb.mean((0, 1))
        local = (total + 0.01 * mean) / (weight + 0.01)
        difference = subtract_background(rgb, local.astype(np.float32))
    if MODE == "B":
        w = marked**2
        strongest = (difference * w[..., None]).sum((0, 1)) / max(float(w.sum()), 1.0)
        difference = (marked[..., None] * strongest).astype(np.float32)
        keep = np.ones_like(marked)
    else:
        region = cv2.dilate((marked > 0.3).astype(np.float32), window)
        soft = cv2.GaussianBlur(region, (0, 0), near / 4)
        keep = (soft * keep_above_grain(difference)).astype(np.float32)
    luma = to_luma(difference)
    return Foreground(difference, keep, luma, is_ink_dark(luma, keep), Background.INK)


def _sharp_foreground(picture: WorkingPicture, attempt: Attempt, *, is_dark: bool) -> Foreground:
    """What differs from an estimate with sharp edges; this needs to know the polarity."""
    region = find_region(picture, attempt.background)
    if "calm" not in picture.shared:
        picture.shared["calm"] = denoise(picture.rgb)
    calm = picture.shared["calm"]
    widest = BRUSH_STROKE if attempt.broad else PEN_STROKE
    estimate = estimate_background_between_strokes(calm, widest, is_ink_dark=is_dark)
    difference = subtract_background(calm, estimate)
    keep = keep_above_grain(difference)
    keep = keep if region is None else (region * keep).astype(np.float32)
    return Foreground(difference, keep, to_luma(difference), is_dark, attempt.background)


def explain(_: State, after: State) -> tuple[UInt8Array, Message]:
    """Show what was kept on a chequered pattern."""
    found = after.foreground
    return show_on_chequers(after.picture.rgb, found.keep), Message(
        "{fraction:.1%} of the picture differs from the page and is kept (route: {route}).",
        fraction=float(found.keep.mean()),
        route=str(found.route),
    )


def show_on_chequers(rgb: UInt8Array, keep: Float32Array) -> UInt8Array:
    """Lay what was kept on the chequered pattern that stands for transparent.

    Args:
        rgb: (H, W, 3) uint8.
        keep: (H, W) float32, 0..1.

    Returns:
        (H, W, 3) uint8.
    """
    height, width = keep.shape
    rows, columns = np.arange(height) // CHEQUER_PX % 2, np.arange(width) // CHEQUER_PX % 2
    grey = np.array(CHEQUER_LEVELS, np.uint8)[rows[:, None] ^ columns]
    chequers = cv2.merge([grey, grey, grey])
    return cv2.blendLinear(rgb, chequers, keep, 1 - keep).astype(np.uint8, copy=False)
