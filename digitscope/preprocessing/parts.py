"""Part of step 6: the connected pieces of ink, and which of them belong together."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce

import numpy as np

from digitscope.preprocessing.connected_components import Labels, label_components
from digitscope.types import BoolArray, BoxXYXY, UInt8Array

# Sizes are shares of the longest side of the picture, areas shares of its area.
SPECK_AREA = 4e-5  # smaller spots are dust or grain
NEAR_GAP = 0.14  # a part nearer to the digit than this share of the digit's size belongs to it
STACKED_GAP = 0.22  # ... and so does a smaller part above or below it, like the bar of a 5
SMALLER_PART = 0.75  # smaller than this share of the other: rather a part of it than its equal
BREAK_GAP = 0.04  # ... and nearer than this it is the same stroke, broken, whatever its size
PART_AREA = 0.04  # a part smaller than this share of the main stroke's area is a speck beside it
PART_CONTRAST = 0.35  # a part fainter than this share of the main stroke is something else
BORDER_PART_CONTRAST = 0.7  # ... more so where it reaches the border: it may be a table edge
BORDER_PENALTY = 0.35  # what touches the border is more often a table edge than a digit
EDGE_PENALTY = 0.4  # how much less a stroke at the picture's edge counts than one at its centre


@dataclass(frozen=True, eq=False)
class Part:
    """One connected piece of ink.

    Attributes:
        label: its number in the label map.
        box_xyxy: working pixels, right and bottom exclusive.
        area_px: number of pixels.
        contrast: mean ink level, 0..255.
        touches_border: whether it reaches the picture's border.
        score: how much it looks like the main stroke of the digit.
    """

    label: int
    box_xyxy: BoxXYXY
    area_px: int
    contrast: float
    touches_border: bool
    score: float

    @property
    def width_px(self) -> int:
        """Width of the box."""
        return self.box_xyxy[2] - self.box_xyxy[0]

    @property
    def height_px(self) -> int:
        """Height of the box."""
        return self.box_xyxy[3] - self.box_xyxy[1]

    @property
    def size_px(self) -> int:
        """Longest side of the box."""
        return max(self.width_px, self.height_px)


def _score(box: BoxXYXY, contrast: float, touches: bool, size_hw: tuple[int, int]) -> float:
    """Weigh how much a piece of ink looks like the main stroke: dark, large, central, whole."""
    height, width = size_hw
    left, top, right, bottom = box
    size = max(right - left, bottom - top)
    off_centre = 2 * np.hypot((left + right) / 2 / width - 0.5, (top + bottom) / 2 / height - 0.5)
    centred = 1 - EDGE_PENALTY * min(float(off_centre), 1.2)
    return contrast * size * centred * (BORDER_PENALTY if touches else 1.0)


def find_parts(mask: BoolArray, ink: UInt8Array) -> tuple[list[Part], Labels]:
    """Split an ink mask into its connected pieces, specks left out.

    Args:
        mask: (H, W) bool.
        ink: (H, W) uint8, ink levels, light on black.

    Returns:
        The pieces, best first, and the (H, W) map of their labels.
    """
    height, width = mask.shape
    labels, stats = label_components(mask)
    parts = []
    least = max(8, SPECK_AREA * mask.size)
    for label in range(1, len(stats)):
        left, top, wide, tall, area = (int(value) for value in stats[label])
        if area < least:
            continue
        window = np.s_[top : top + tall, left : left + wide]
        contrast = float(ink[window][labels[window] == label].mean())
        box = (left, top, left + wide, top + tall)
        touches = left <= 1 or top <= 1 or box[2] >= width - 1 or box[3] >= height - 1
        score = _score(box, contrast, touches, (height, width))
        parts.append(Part(label, box, area, contrast, touches, score))
    return sorted(parts, key=lambda part: -part.score), labels


def union(one: BoxXYXY, other: BoxXYXY) -> BoxXYXY:
    """The smallest box round two boxes."""
    return (
        min(one[0], other[0]),
        min(one[1], other[1]),
        max(one[2], other[2]),
        max(one[3], other[3]),
    )


def _belongs(part: Part, main: Part, box: BoxXYXY) -> bool:
    """Tell whether a piece is part of the digit whose box is known so far."""
    least_contrast = PART_CONTRAST if not part.touches_border else BORDER_PART_CONTRAST
    if part.area_px < PART_AREA * main.area_px or part.contrast < least_contrast * main.contrast:
        return False
    left, top, right, bottom = part.box_xyxy
    gap_x = max(0, left - box[2], box[0] - right)
    gap_y = max(0, top - box[3], box[1] - bottom)
    so_far = max(box[2] - box[0], box[3] - box[1])
    size = max(so_far, part.size_px)
    gap = max(gap_x, gap_y)
    if part.touches_border and (gap > 0 or main.touches_border):
        return False
    overlap_x = min(right, box[2]) - max(left, box[0])
    stacked = overlap_x > 0.5 * min(right - left, box[2] - box[0])
    smaller = min(so_far, part.size_px) < SMALLER_PART * size
    if stacked and smaller:
        return gap <= STACKED_GAP * size
    return gap <= (NEAR_GAP if stacked or smaller else BREAK_GAP) * size


def _gather_round(main: Part, parts: list[Part]) -> list[Part]:
    """Gather the pieces that belong to one piece, and those that belong to these, and so on."""
    digit, others, box = [main], [part for part in parts if part is not main], main.box_xyxy
    while joined := [part for part in others if _belongs(part, main, box)]:
        digit += joined
        others = [part for part in others if part not in joined]
        box = reduce(union, (part.box_xyxy for part in joined), box)
    return digit


def gather(parts: list[Part]) -> tuple[list[Part], list[Part]]:
    """Gather the pieces that make up the digit that the best piece, parts[0], is part of.

    They are gathered round that piece and round each larger one: the bar of a 5 may be its darkest
    piece and yet too small to tell from it how far apart the pieces of this digit may lie.

    Returns:
        The digit's pieces, main stroke first, and the others.
    """
    best = parts[0]
    larger = [part for part in parts if part.area_px > best.area_px and not part.touches_border]
    gathered = [_gather_round(main, parts) for main in (best, *larger)]
    digit = max(
        (one for one in gathered if best in one),
        key=lambda one: sum(part.area_px for part in one),
    )
    return digit, [part for part in parts if part not in digit]
