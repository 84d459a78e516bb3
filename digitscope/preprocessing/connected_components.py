"""Connected components of an ink mask: their boxes, and which of them make up one digit.

All thresholds were tuned on the dev photos. Sizes are fractions of the longest side of the digit,
areas fractions of the area of its main stroke, unless stated otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from digitscope.preprocessing.dashed_strokes import find_dashes
from digitscope.preprocessing.frames import without_frames
from digitscope.preprocessing.resizing import measure_stroke
from digitscope.types import BoolArray, BoxXYXY, UInt8Array

Labels = NDArray[np.uint16] | NDArray[np.int32]

SPECK_AREA = 4e-5  # of the picture: smaller spots are dust or grain
NEAR_GAP = 0.14  # a component nearer to the digit than this belongs to it
STACKED_GAP = 0.22  # ... and so does a smaller one above or below it, like the bar of a 5
SMALLER_PART = 0.75  # smaller than this fraction of the other: a part of it, not another digit
BREAK_GAP = 0.04  # ... nearer than this, a component of any size belongs to a broken stroke
PART_AREA = 0.04  # a smaller component is a speck beside the digit
PART_CONTRAST = 0.35  # a component fainter than this fraction of the main stroke is something else
BORDER_PART_CONTRAST = 0.7  # ... at the border, where it may be a table edge
BORDER_PENALTY = 0.35  # at the border a component is more often a table edge than a digit
MAX_COMPONENTS = 200  # only the best ones are examined: a page of text has thousands
OTHER_DIGIT_SIZE = 0.5  # another shape at least this large and dark is another digit
MAX_ASPECT = 3.0  # no digit is three times as wide as tall; a slim "1" has no limit
EDGE_PENALTY = 0.4  # reduction of the score at the picture's edge, relative to its centre


@dataclass(frozen=True, eq=False)
class Component:
    """One connected component of ink.

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


@dataclass(frozen=True, eq=False)
class Group:
    """The components that make up one digit.

    Attributes:
        mask: (H, W) bool, their pixels.
        box_xyxy: around them, working pixels.
        components: their number.
        candidates: how many components of the picture could have been chosen.
        dropped: how many were left out.
        digits_seen: how many shapes look like separate digits, this one included.
    """

    mask: BoolArray
    box_xyxy: BoxXYXY
    components: int
    candidates: int
    dropped: int
    digits_seen: int


def _score(box: BoxXYXY, contrast: float, touches: bool, size_hw: tuple[int, int]) -> float:
    """Rate how much a component looks like the main stroke: dark, large, central, whole."""
    height, width = size_hw
    left, top, right, bottom = box
    size = max(right - left, bottom - top)
    off_centre = 2 * np.hypot((left + right) / 2 / width - 0.5, (top + bottom) / 2 / height - 0.5)
    centred = 1 - EDGE_PENALTY * min(float(off_centre), 1.2)
    return contrast * size * centred * (BORDER_PENALTY if touches else 1.0)


def label_components(mask: BoolArray, connectivity: int = 8) -> tuple[Labels, NDArray[np.int32]]:
    """Label the connected components of a mask from 1; label 0 is where the mask is False.

    With 16-bit labels OpenCV is three times as fast. Only noise has too many components for
    16 bits.

    Args:
        mask: (H, W) bool.
        connectivity: 8, or 4 if pixels that touch at a corner are not connected.

    Returns:
        (H, W) labels, and (N, 5) int32: for each label, 0 included: left, top, width,
        height and area, px. The CC_STAT_ constants of cv2 name the columns.
    """
    ink = mask.view(np.uint8)
    try:
        _, labels, stats, _ = cv2.connectedComponentsWithStats(
            ink, connectivity=connectivity, ltype=cv2.CV_16U
        )
    except cv2.error:  # too many for 16 bits
        _, labels, stats, _ = cv2.connectedComponentsWithStats(
            ink, connectivity=connectivity, ltype=cv2.CV_32S
        )
    return cast(Labels, labels), np.asarray(stats, np.int32)


def find_digit(mask: BoolArray, levels: UInt8Array, skip: int = 0) -> Group | None:
    """Find the components that make up the likeliest digit.

    Args:
        mask: (H, W) bool, True on ink.
        levels: (H, W) uint8, ink levels, light on black.
        skip: leave out this many of the likeliest shapes, which are known not to be digits.

    Returns:
        The digit; None if there are only specks.
    """
    components, labels = find_components(mask, levels)
    candidates = without_frames(components[:MAX_COMPONENTS], labels)
    for _ in range(skip):
        candidates = group_digit(candidates)[1] if candidates else []
    if not candidates:
        return None
    digit, others = group_digit(candidates)
    seen = count_digits(digit, others)
    if seen > 1 and (dashes := find_dashes(candidates, measure_stroke(mask))):
        digit, others, seen = dashes, [one for one in candidates if one not in dashes], 1
    box = reduce(union_box, (one.box_xyxy for one in digit))
    return Group(
        _mask_of(digit, labels, box),
        box,
        components=len(digit),
        candidates=len(candidates),
        dropped=len(components) - len(digit),
        digits_seen=seen,
    )


def find_components(mask: BoolArray, ink: UInt8Array) -> tuple[list[Component], Labels]:
    """Split an ink mask into its connected components, without specks.

    Args:
        mask: (H, W) bool.
        ink: (H, W) uint8, ink levels, light on black.

    Returns:
        The components, best first, and the (H, W) map of their labels.
    """
    height, width = mask.shape
    labels, stats = label_components(mask)
    components = []
    min_area = max(8, SPECK_AREA * mask.size)
    for label in range(1, len(stats)):
        left, top, wide, tall, area = (int(value) for value in stats[label])
        if area < min_area:
            continue
        window = np.s_[top : top + tall, left : left + wide]
        contrast = float(ink[window][labels[window] == label].mean())
        box = (left, top, left + wide, top + tall)
        touches = left <= 1 or top <= 1 or box[2] >= width - 1 or box[3] >= height - 1
        score = _score(box, contrast, touches, (height, width))
        components.append(Component(label, box, area, contrast, touches, score))
    return sorted(components, key=lambda one: -one.score), labels


def union_box(one: BoxXYXY, other: BoxXYXY) -> BoxXYXY:
    """The smallest box around two boxes."""
    return (
        min(one[0], other[0]),
        min(one[1], other[1]),
        max(one[2], other[2]),
        max(one[3], other[3]),
    )


def _belongs(one: Component, main: Component, box: BoxXYXY) -> bool:
    """Tell whether a component is part of the digit whose box is known so far."""
    min_contrast = PART_CONTRAST if not one.touches_border else BORDER_PART_CONTRAST
    if one.area_px < PART_AREA * main.area_px or one.contrast < min_contrast * main.contrast:
        return False
    left, top, right, bottom = one.box_xyxy
    gap_x = max(0, left - box[2], box[0] - right)
    gap_y = max(0, top - box[3], box[1] - bottom)
    so_far = max(box[2] - box[0], box[3] - box[1])
    size = max(so_far, one.size_px)
    gap = max(gap_x, gap_y)
    if one.touches_border and (gap > 0 or main.touches_border):
        return False
    overlap_x = min(right, box[2]) - max(left, box[0])
    stacked = overlap_x > 0.5 * min(right - left, box[2] - box[0])
    smaller = min(so_far, one.size_px) < SMALLER_PART * size
    if stacked and smaller:
        return gap <= STACKED_GAP * size
    return gap <= (NEAR_GAP if stacked or smaller else BREAK_GAP) * size


def _collect_around(main: Component, components: list[Component]) -> list[Component]:
    """Collect the components that belong to `main`; repeat with the grown box."""
    digit, others, box = [main], [one for one in components if one is not main], main.box_xyxy
    while joined := [one for one in others if _belongs(one, main, box)]:
        digit += joined
        others = [one for one in others if one not in joined]
        box = reduce(union_box, (one.box_xyxy for one in joined), box)
    return digit


def group_digit(
    components: list[Component],
) -> tuple[list[Component], list[Component]]:
    """Collect the components of the digit that contains the best component, the first.

    They are collected around that component and around each larger one; the largest group is taken.
    The bar of a 5 may be the darkest component, but its size is too small a scale for the gaps.

    Returns:
        The components of the digit, main stroke first, and the others.
    """
    best = components[0]
    larger = [one for one in components if one.area_px > best.area_px and not one.touches_border]
    collected = [_collect_around(main, components) for main in (best, *larger)]
    digit = max(
        (group for group in collected if best in group),
        key=lambda group: sum(one.area_px for one in group),
    )
    return digit, [one for one in components if one not in digit]


def count_digits(digit: list[Component], others: list[Component]) -> int:
    """Count the shapes that look like separate digits: the located one and others like it."""
    main = digit[0]
    others_alike = [
        one
        for one in others
        if not one.touches_border
        and one.height_px >= OTHER_DIGIT_SIZE * main.size_px
        and one.width_px <= MAX_ASPECT * one.height_px
        and one.contrast >= OTHER_DIGIT_SIZE * main.contrast
    ]
    return 1 + len(others_alike)


def _mask_of(digit: list[Component], labels: Labels, box: BoxXYXY) -> BoolArray:
    """Mark the pixels of some components, all inside one box: (H, W) bool."""
    left, top, right, bottom = box
    own = np.zeros(labels.shape, bool)
    inside = np.s_[top:bottom, left:right]
    own[inside] = np.isin(labels[inside], [one.label for one in digit])
    return own
