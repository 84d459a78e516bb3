"""What each step leaves for people to look at: a picture and a sentence."""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np

from digitscope.preprocessing.locating import Location
from digitscope.preprocessing.steps import STEPS
from digitscope.types import Float32Array, Step, UInt8Array

BOX_RGB = (255, 122, 26)
CHEQUER_PX, CHEQUER_LEVELS = 8, (245, 225)
LEFT_OUT_SHARE = 0.3  # of its brightness: what is not the digit's is shown dim


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
    rows, columns = np.arange(height) // CHEQUER_PX % 2, np.arange(width) // CHEQUER_PX % 2
    grey = np.array(CHEQUER_LEVELS, np.uint8)[rows[:, None] ^ columns]
    chequers = cv2.merge([grey, grey, grey])
    return cv2.blendLinear(rgb, chequers, keep, 1 - keep).astype(np.uint8, copy=False)


def show_location(levels: UInt8Array, location: Location) -> UInt8Array:
    """Draw the digit bright, everything left out dim, and the box."""
    grey = cv2.convertScaleAbs(levels, alpha=LEFT_OUT_SHARE)
    grey[location.mask] = 255
    shown = cv2.merge([grey, grey, grey]).astype(np.uint8, copy=False)
    if location.box_xyxy is not None:
        left, top, right, bottom = location.box_xyxy
        cv2.rectangle(shown, (left - 2, top - 2), (right + 1, bottom + 1), BOX_RGB, 2)
    return shown
