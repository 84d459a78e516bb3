"""The ink of a picture of numbers: steps 1 to 5 at another working size, without ruled lines."""

from __future__ import annotations

import cv2
import numpy as np

from digitscope.preprocessing.pipeline import LOCATING, STEPS
from digitscope.preprocessing.ruled_lines import remove_ruled_lines
from digitscope.preprocessing.state import Attempt, State
from digitscope.preprocessing.working_picture import WorkingPicture
from digitscope.types import BoolArray, UInt8Array

MAX_AREA_PX, MIN_AREA_PX = 640 * 640, 300 * 300  # of the working picture
MAX_ENLARGEMENT = 6


def to_numbers_size(rgb: UInt8Array, given_size_wh: tuple[int, int]) -> WorkingPicture:
    """Bring a picture to the size for reading numbers, limited by area, not by the longest side.

    Args:
        rgb: (H, W, 3) uint8.
        given_size_wh: width and height of the given picture, px.
    """
    height, width = rgb.shape[:2]
    factor, interpolation = 1.0, cv2.INTER_AREA
    if height * width > MAX_AREA_PX:
        factor = float(np.sqrt(MAX_AREA_PX / (height * width)))
    elif height * width < MIN_AREA_PX:
        whole = np.ceil(np.sqrt(MIN_AREA_PX / (height * width)))
        factor, interpolation = float(min(whole, MAX_ENLARGEMENT)), cv2.INTER_CUBIC
    size_wh = (max(1, round(width * factor)), max(1, round(height * factor)))
    resized = rgb if factor == 1 else cv2.resize(rgb, size_wh, interpolation=interpolation)
    scale = max(size_wh) / max(given_size_wh)
    return WorkingPicture(resized.astype(np.uint8, copy=False), scale, given_size_wh)


def map_ink(picture: WorkingPicture, attempt: Attempt) -> tuple[UInt8Array, BoolArray, float]:
    """Run steps 1 to 5 and remove ruled lines: ink levels, mask, minimum ink level."""
    state = State(picture)
    for step in STEPS[: LOCATING - 1]:
        state = step.apply(state, attempt)
    mask, _ = remove_ruled_lines(state.ink_map.mask, tilted=attempt.thorough)
    return state.ink_map.levels, mask, state.ink_map.min_level
