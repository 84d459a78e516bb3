"""A digit written in dashes: short strokes of one pen that follow each other.

Taken one by one, dashes look like several digits. They are one digit if nearly all ink of the
picture is such strokes and together they are upright; a row of numbers is wider than tall.

Tuned on the dev2 photos: five digits of one hand, and 135 pictures of several digits in dev and
dev2, none of which is mistaken for dashes. The training data has dashed digits, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from digitscope.preprocessing.connected_components import Component

MIN_DASHES = 4  # three strokes may be one digit in separate parts
MIN_INK = 0.85  # of the clearly visible ink: hardly anything else is on the page
MIN_CONTRAST = 0.5  # of the darkest dash's contrast: the same pen
MAX_LENGTH_RATIO = 3.0  # longest over median dash: no dash is itself a digit
MAX_GAP = 1.1  # between two dashes, in median dash lengths
MAX_FOLD = 1.5  # length of the stroke over the diagonal of its box; a 2, 3 or 5 folds back more
MAX_ASPECT = 1.1  # width over height of all dashes together


def find_dashes(components: Sequence[Component], stroke_px: float) -> list[Component]:
    """Find the dashes that make up one digit.

    Args:
        components: of the picture.
        stroke_px: the pen's width.

    Returns:
        The dashes, in the order of `components`; empty if there is no dashed digit.
    """
    dashes = [one for one in components if _is_dash(one, stroke_px)]
    if len(dashes) < MIN_DASHES:
        return []
    dark = max(one.contrast for one in dashes)
    dashes = [one for one in dashes if one.contrast >= MIN_CONTRAST * dark]
    ink_px = sum(one.area_px for one in components if one.contrast >= MIN_CONTRAST * dark)
    if len(dashes) < MIN_DASHES or sum(one.area_px for one in dashes) < MIN_INK * ink_px:
        return []
    return dashes if _are_one_digit(dashes) else []


def _is_dash(one: Component, stroke_px: float) -> bool:
    """Whether a component is one stroke that does not fold back."""
    length_px = one.area_px / stroke_px
    diagonal_px = float(np.hypot(one.width_px, one.height_px))
    return not one.touches_border and length_px <= MAX_FOLD * diagonal_px


def _are_one_digit(dashes: Sequence[Component]) -> bool:
    """Whether dashes have similar lengths, lie close together and are upright as a whole."""
    sizes = np.array([one.size_px for one in dashes])
    if sizes.max() > MAX_LENGTH_RATIO * np.median(sizes):
        return False
    reach_px = MAX_GAP * float(np.median(sizes))
    chain, rest = [dashes[0]], list(dashes[1:])
    while joined := [one for one in rest if any(_gap_px(one, link) <= reach_px for link in chain)]:
        chain += joined
        rest = [one for one in rest if one not in joined]
    boxes = np.array([one.box_xyxy for one in dashes])
    width_px, height_px = boxes[:, 2:].max(0) - boxes[:, :2].min(0)
    return not rest and bool(width_px <= MAX_ASPECT * height_px)


def _gap_px(one: Component, other: Component) -> float:
    """The distance between two boxes, px; 0 if they touch or overlap."""
    left, top, right, bottom = one.box_xyxy
    gap_x = max(0, left - other.box_xyxy[2], other.box_xyxy[0] - right)
    gap_y = max(0, top - other.box_xyxy[3], other.box_xyxy[1] - bottom)
    return float(np.hypot(gap_x, gap_y))
