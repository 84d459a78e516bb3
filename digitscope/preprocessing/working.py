"""The size that the steps work at: large enough for thin strokes, small enough to be quick."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from digitscope.types import BoxXYXY, UInt8Array

WORKING_PX = 640  # longest side; more gained nothing in locating or reading on the dev photos
SMALLEST_PX = 224  # tiles of 28x28 are enlarged eightfold: strokes become regions, not pixels


@dataclass(frozen=True, eq=False)
class Working:
    """A picture at working size.

    Attributes:
        rgb: (H, W, 3) uint8, longest side between SMALLEST_PX and WORKING_PX.
        scale: working pixels a given pixel.
        size_wh: of the picture that was given.
    """

    rgb: UInt8Array
    scale: float
    size_wh: tuple[int, int]

    def to_given(self, box_xyxy: BoxXYXY) -> BoxXYXY:
        """Turn a box in working pixels into one in the pixels of the picture that was given."""
        width, height = self.size_wh
        left, top, right, bottom = (edge / self.scale for edge in box_xyxy)
        return (
            int(np.clip(np.floor(left), 0, width - 1)),
            int(np.clip(np.floor(top), 0, height - 1)),
            int(np.clip(np.ceil(right), 1, width)),
            int(np.clip(np.ceil(bottom), 1, height)),
        )


def to_working_size(rgb: UInt8Array, given_size_wh: tuple[int, int] | None = None) -> Working:
    """Bring the longest side of a picture between SMALLEST_PX and WORKING_PX.

    Args:
        rgb: (H, W, 3) uint8.
        given_size_wh: the size of the picture as given, where opening it already reduced it.

    >>> to_working_size(np.zeros((960, 480, 3), np.uint8)).rgb.shape
    (640, 320, 3)
    >>> to_working_size(np.zeros((28, 28, 3), np.uint8)).rgb.shape
    (224, 224, 3)
    """
    height, width = rgb.shape[:2]
    factor, interpolation = _resize_plan(max(height, width))
    size_wh = (max(1, round(width * factor)), max(1, round(height * factor)))
    resized = rgb if factor == 1 else cv2.resize(rgb, size_wh, interpolation=interpolation)
    given = given_size_wh or (width, height)
    scale = max(resized.shape[:2]) / max(given)
    return Working(resized.astype(np.uint8, copy=False), scale, given)


def _resize_plan(longest: int) -> tuple[float, int]:
    """Choose the factor and the interpolation for a longest side."""
    if longest > WORKING_PX:
        return WORKING_PX / longest, cv2.INTER_AREA
    if longest < SMALLEST_PX:
        return float(-(-SMALLEST_PX // longest)), cv2.INTER_CUBIC  # a whole factor: no new edges
    return 1.0, cv2.INTER_NEAREST
