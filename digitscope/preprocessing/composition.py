"""Step 2, composition: put what was kept on an even background.

Dark ink is put on white, light ink on black. So the later steps see ink on one plain colour,
whatever the paper, the wood or the board.
"""

from __future__ import annotations

import dataclasses

import cv2
import numpy as np

from digitscope.messages import Message
from digitscope.preprocessing.state import Attempt, State
from digitscope.types import Float32Array, UInt8Array

ROUNDING = 0.499  # cv2 rounds to the nearest level; rounding down keeps faint dark ink


def apply(state: State, _: Attempt) -> State:
    """Put what step 1 kept on an even background."""
    found = state.foreground
    composed = compose(found.difference, found.keep, is_ink_dark=found.is_ink_dark)
    return dataclasses.replace(state, composed_rgb=composed)


def explain(_: State, after: State) -> tuple[UInt8Array, Message]:
    """Show the composed picture."""
    if after.foreground.is_ink_dark:
        return after.composed_rgb, Message(
            "The ink is dark on a light ground: it was put on even white."
        )
    return after.composed_rgb, Message(
        "The ink is light on a dark ground: it was put on even black."
    )


def compose(difference: Float32Array, keep: Float32Array, *, is_ink_dark: bool) -> UInt8Array:
    """Put what was kept on even white under dark ink, on even black under light ink.

    Args:
        difference: (H, W, 3) float32, the picture minus the background estimate.
        keep: (H, W) float32, 0..1.
        is_ink_dark: whether the ink is darker than its background.

    Returns:
        (H, W, 3) uint8.
    """
    plain = np.array([255.0 if is_ink_dark else 0.0] * 3 + [0.0]) - ROUNDING  # a cv2 scalar
    kept = cv2.multiply(difference, cv2.merge([keep, keep, keep]))
    return cv2.add(kept, plain, dtype=cv2.CV_8U).astype(np.uint8, copy=False)
