"""The picture at working size, the size that the steps use, and what its attempts share."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np

from digitscope.types import BoxXYXY, UInt8Array

WORKING_PX = 640  # longest side; more did not help locating or reading on the dev photos
MIN_WORKING_PX = 224  # tiles of 28x28 are enlarged eightfold: strokes become regions, not pixels


@dataclass(frozen=True, eq=False)
class WorkingPicture:
    """A picture at working size.

    Attributes:
        rgb: (H, W, 3) uint8, longest side between MIN_WORKING_PX and WORKING_PX.
        scale: working pixels for each pixel of the given picture.
        given_size_wh: width and height of the given picture, px.
        shared: results that several attempts at this picture need, by key; computed once.
    """

    rgb: UInt8Array
    scale: float
    given_size_wh: tuple[int, int]
    shared: dict[Hashable, Any] = field(default_factory=dict, repr=False)

    def to_given(self, box_xyxy: BoxXYXY) -> BoxXYXY:
        """Turn a box in working pixels into one in the pixels of the given picture."""
        width, height = self.given_size_wh
        left, top, right, bottom = (edge / self.scale for edge in box_xyxy)
        return (
            int(np.clip(np.floor(left), 0, width - 1)),
            int(np.clip(np.floor(top), 0, height - 1)),
            int(np.clip(np.ceil(right), 1, width)),
            int(np.clip(np.ceil(bottom), 1, height)),
        )


def to_working_size(
    rgb: UInt8Array, given_size_wh: tuple[int, int] | None = None
) -> WorkingPicture:
    """Bring the longest side of a picture between MIN_WORKING_PX and WORKING_PX.

    Args:
        rgb: (H, W, 3) uint8.
        given_size_wh: width and height of the given picture, px, if opening it reduced it.

    >>> to_working_size(np.zeros((960, 480, 3), np.uint8)).rgb.shape
    (640, 320, 3)
    >>> to_working_size(np.zeros((28, 28, 3), np.uint8)).rgb.shape
    (224, 224, 3)
    """
    height, width = rgb.shape[:2]
    factor, interpolation = _resize_plan(max(height, width))
    size_wh = (max(1, round(width * factor)), max(1, round(height * factor)))
    resized = rgb if factor == 1 else cv2.resize(rgb, size_wh, interpolation=interpolation)
    given_wh = given_size_wh or (width, height)
    scale = max(resized.shape[:2]) / max(given_wh)
    return WorkingPicture(resized.astype(np.uint8, copy=False), scale, given_wh)


def _resize_plan(longest_px: int) -> tuple[float, int]:
    """Choose the factor and the interpolation for a longest side."""
    if longest_px > WORKING_PX:
        return WORKING_PX / longest_px, cv2.INTER_AREA
    if longest_px < MIN_WORKING_PX:
        return float(-(-MIN_WORKING_PX // longest_px)), cv2.INTER_CUBIC  # whole: no artefacts
    return 1.0, cv2.INTER_NEAREST
