"""Step 1, background removal: separate the digit from what it is written on.

The colour of the empty page is estimated at every pixel. Pixels that differ from it by more than
the grain (noise) of the paper are kept. If a saliency network is chosen, only its region is kept.

Limits: a printed pattern or a shadow with a sharp edge also differs from the page. Step 6 removes
it, or a thorough attempt does, which follows sharp edges.
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
    estimate_background_beside,
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
    found = first
    if attempt.thorough:
        found = _sharp_foreground(state.picture, attempt, is_dark=first.is_ink_dark)
    return dataclasses.replace(state, foreground=found)


def find_region(picture: WorkingPicture, route: Background) -> Float32Array | None:
    """Find the region of the digit, once per picture; see `BackgroundRemover.find_region`.

    Raises:
        BackgroundUnavailableError: the route cannot run here.
    """
    key = ("region", route)
    if key not in picture.shared:
        picture.shared[key] = REMOVERS[route].find_region(picture.rgb)
    region: Float32Array | None = picture.shared[key]
    return region


def _smooth_foreground(picture: WorkingPicture, route: Background) -> Foreground:
    """Foreground by a smooth background estimate, computed once per picture and route."""
    key = ("foreground", route)
    if key not in picture.shared:
        region = find_region(picture, route)
        difference, keep = _smooth_difference(picture, region if route is Background.INK else None)
        keep = keep if region is None else (region * keep).astype(np.float32)
        luma = to_luma(difference)
        is_dark = is_ink_dark(luma, keep)
        picture.shared[key] = Foreground(difference, keep, luma, is_dark, route)
    found: Foreground = picture.shared[key]
    return found


def _smooth_difference(
    picture: WorkingPicture, ink: Float32Array | None
) -> tuple[Float32Array, Float32Array]:
    """The difference from a smooth estimate of the page, and how much of each pixel to keep.

    If the ink is known, the page is estimated beside it, so that shadows do not count as ink.
    """
    if ink is not None:
        estimate = estimate_background_beside(picture.rgb, ink)
        difference = subtract_background(picture.rgb, estimate)
        return difference, keep_above_grain(difference)
    if "difference" not in picture.shared:
        difference = subtract_background(picture.rgb, estimate_background(picture.rgb))
        picture.shared["difference"] = difference, keep_above_grain(difference)
    found: tuple[Float32Array, Float32Array] = picture.shared["difference"]
    return found


def _sharp_foreground(picture: WorkingPicture, attempt: Attempt, *, is_dark: bool) -> Foreground:
    """Foreground by a background estimate with sharp edges, which needs the polarity."""
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
    """Draw the kept pixels on a chequered pattern, the usual sign for transparency.

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
