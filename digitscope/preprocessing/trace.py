"""What each step leaves for people to look at: a picture and a sentence."""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np

from digitscope.preprocessing.locating import Location
from digitscope.preprocessing.steps import STEPS
from digitscope.types import Float32Array, Step, UInt8Array

BOX_RGB = (255, 122, 26)


@dataclass
class Trace:
    """Collects the steps as they are taken."""

    steps: list[Step] = field(default_factory=list)

    def add(self, image: UInt8Array, template: str, **facts: object) -> None:
        """Record the next step in the table's order."""
        info = STEPS[len(self.steps)]
        self.steps.append(Step(info.number, info.key, image, template, facts))


def show_on_chequers(rgb: UInt8Array, keep: Float32Array) -> UInt8Array:
    """Show what was kept on the chequered pattern that stands for nothing."""
    height, width = keep.shape
    light, dark = np.full((8, 8, 3), 245, np.uint8), np.full((8, 8, 3), 225, np.uint8)
    pattern = np.block([[[light], [dark]], [[dark], [light]]])
    chequers = np.tile(pattern, (height // 16 + 1, width // 16 + 1, 1))[:height, :width]
    return cv2.blendLinear(rgb, np.ascontiguousarray(chequers), keep, 1 - keep).astype(np.uint8)


def show_location(levels: UInt8Array, location: Location) -> UInt8Array:
    """Draw the digit bright, everything left out dim, and the box."""
    dim = (levels * 0.3).astype(np.uint8)
    shown = np.repeat(np.where(location.mask, 255, dim)[..., None], 3, axis=2).astype(np.uint8)
    if location.box_xyxy is not None:
        left, top, right, bottom = location.box_xyxy
        cv2.rectangle(shown, (left - 2, top - 2), (right + 1, bottom + 1), BOX_RGB, 2)
    return shown
