"""Step 3, greyscale: one value for each pixel, along the colour of the ink.

A fixed formula makes red ink pale and yellow ink invisible. So grey is measured along the direction
in RGB in which this ink differs from its background. The ink keeps its full contrast.
"""

from __future__ import annotations

import dataclasses

import cv2
import numpy as np

from digitscope.messages import Message
from digitscope.preprocessing.state import Attempt, Grey, State
from digitscope.types import Float32Array, UInt8Array

STRONGEST_FRACTION = 0.005  # polarity and colour are measured on this fraction of pixels
MIN_STRONGEST_PX = 16  # ... but on at least this many


def apply(state: State, _: Attempt) -> State:
    """Convert the composed picture to grey."""
    is_dark = state.foreground.is_ink_dark
    weights = measure_colour_weights(state.composed_rgb, is_ink_dark=is_dark)
    grey = to_grey(state.composed_rgb, weights, is_ink_dark=is_dark)
    return dataclasses.replace(state, grey=Grey(grey, weights))


def explain(_: State, after: State) -> tuple[UInt8Array, Message]:
    """Show the grey picture."""
    red, green, blue = after.grey.colour_weights.tolist()
    return after.grey.levels, Message(
        "Colours were weighed {red:.0%} red, {green:.0%} green, {blue:.0%} blue, as this ink asks.",
        red=red,
        green=green,
        blue=blue,
    )


def measure_colour_weights(composed_rgb: UInt8Array, *, is_ink_dark: bool) -> Float32Array:
    """Measure how much the ink differs from the even background in red, green and blue.

    Args:
        composed_rgb: (H, W, 3) uint8, from step 2.
        is_ink_dark: whether the background is white.

    Returns:
        (3,) float32, 0..1, their sum is 1: a third each for black or white ink, mostly green and
        blue for a red pen on white.
    """
    distance = (255 - composed_rgb if is_ink_dark else composed_rgb).astype(np.uint8)
    strength = cv2.cvtColor(distance, cv2.COLOR_RGB2GRAY).astype(np.uint8, copy=False)
    strongest = (strength >= max(1, strongest_level(strength))).astype(np.uint8)
    colour = np.array(cv2.mean(distance, strongest)[:3], np.float32)
    length = float(np.linalg.norm(colour))
    direction = colour / length if length > 0 else np.full(3, 3**-0.5, np.float32)
    return np.asarray(direction / direction.sum(), np.float32)


def to_grey(rgb: UInt8Array, weights: Float32Array, *, is_ink_dark: bool) -> UInt8Array:
    """Convert a picture to grey by weighting its colours.

    Args:
        rgb: (H, W, 3) uint8.
        weights: (3,) float32, from `measure_colour_weights`.
        is_ink_dark: whether the background is light.

    Returns:
        (H, W) uint8, of the same polarity as `rgb`.
    """
    distance = (255 - rgb if is_ink_dark else rgb).astype(np.uint8)
    grey = cv2.transform(distance, weights[np.newaxis])
    return np.asarray(255 - grey if is_ink_dark else grey, np.uint8)


def is_ink_dark(luma: Float32Array, keep: Float32Array) -> bool:
    """Tell dark ink on a light background (True) from light ink on a dark one.

    Args:
        luma: (H, W) float32, of the picture minus the background estimate.
        keep: (H, W) float32, 0..1, how much of each pixel is kept.
    """
    darker, lighter = (
        cv2.multiply(luma, keep, scale=sign, dtype=cv2.CV_8U).astype(np.uint8, copy=False)
        for sign in (-1, 1)
    )
    return strongest_level(darker) >= strongest_level(lighter)


def strongest_level(strength: UInt8Array) -> int:
    """Find the level, 0..255, that only STRONGEST_FRACTION of the (H, W) uint8 pixels reach."""
    counts = cv2.calcHist([strength], [0], None, [256], [0, 256]).ravel()
    wanted = max(MIN_STRONGEST_PX, strength.size * STRONGEST_FRACTION)
    from_top = np.cumsum(counts[::-1])
    return 255 - int(np.searchsorted(from_top, wanted))
