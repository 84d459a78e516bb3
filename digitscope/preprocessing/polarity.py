"""Step 5, polarity and mask: make the digit light on dark, as in MNIST, and mark its ink.

Otsu's threshold is computed for each connected component, not once for the picture. Pixels that do
not stand out from the grain of the page are never ink.
"""

from __future__ import annotations

import dataclasses

import cv2
import numpy as np

from digitscope.messages import Message
from digitscope.preprocessing.connected_components import label_components
from digitscope.preprocessing.state import Attempt, InkMap, State
from digitscope.types import BoolArray, UInt8Array

# Tuned on the dev photos.
INK_SIGMAS = 3.5  # ink stands out from the grain of the page by this many deviations
MIN_INK_LEVEL = 7.0  # ... and by this many of 255 levels: less is a compression artefact
CONTRAST_PERCENTILE = 75  # of a stroke's levels: above the soft edges, below blots
BLOCK_FILL = 0.45  # a component that fills this fraction of its box is not a stroke
SPECK_PX, SPECK_AREA = 8, 2e-5  # fewer pixels, or a smaller fraction of the picture, are dust
OTSU_RANGE = (0.30, 0.50)  # Otsu's threshold is clipped to this fraction of the contrast


def apply(state: State, _: Attempt) -> State:
    """Map the ink, light on black."""
    levels = 255 - state.grey.levels if state.foreground.is_ink_dark else state.grey.levels
    min_level = choose_min_level(state.grey.grain)
    ink_map = InkMap(levels, mark_ink(levels, min_level), min_level)
    return dataclasses.replace(state, ink_map=ink_map)


def explain(_: State, after: State) -> tuple[UInt8Array, Message]:
    """Show the mask."""
    template = (
        "Turned light on dark; Otsu's threshold marks {fraction:.1%} as ink, "
        "nothing fainter than {min_level:.0f} of 255."
        if after.foreground.is_ink_dark
        else "Light on dark already; Otsu's threshold marks {fraction:.1%} as ink, "
        "nothing fainter than {min_level:.0f} of 255."
    )
    mask = after.ink_map.mask
    facts = {"fraction": float(mask.mean()), "min_level": after.ink_map.min_level}
    return mask.astype(np.uint8) * 255, Message(template, **facts)


def choose_min_level(grain: float) -> float:
    """The level, 0..255, below which nothing is ink, from the deviation of the page's grain."""
    return max(INK_SIGMAS * grain, MIN_INK_LEVEL)


def otsu_threshold(values: UInt8Array) -> float:
    """Otsu's threshold of grey values, (N,) uint8: the level that splits them best.

    Source: Otsu (1979).
    """
    threshold, _ = cv2.threshold(values.reshape(1, -1), 0, 255, cv2.THRESH_OTSU)
    return float(threshold)


def _cut_level(values: UInt8Array, box_area: int) -> float:
    """Choose the level, 0..255, that separates ink from page within one connected component.

    It is Otsu's threshold, clipped to OTSU_RANGE times the component's contrast, so that a blot
    does not hide the pen line that it touches. If that marks a block and not a stroke (a grey
    patch with writing on it), the upper limit is not applied.
    """
    rank = CONTRAST_PERCENTILE * (values.size - 1) // 100
    contrast = float(np.partition(values, rank)[rank])
    otsu = otsu_threshold(values)
    cut = min(max(otsu, OTSU_RANGE[0] * contrast), OTSU_RANGE[1] * contrast)
    is_block = np.count_nonzero(values > cut) > BLOCK_FILL * box_area
    return max(otsu, cut) if is_block else cut


def mark_ink(levels: UInt8Array, min_level: float) -> BoolArray:
    """Mark ink: each connected component gets its own threshold.

    One threshold for the whole picture would lose a faint digit beside a dark table edge.

    Args:
        levels: (H, W) uint8, ink light on black.
        min_level: levels below this are page, from `choose_min_level`.

    Returns:
        (H, W) bool.
    """
    labels, stats = label_components(levels > min_level)
    mask = np.zeros(levels.shape, bool)
    for label in range(1, len(stats)):
        left, top, width, height, area = stats[label].tolist()
        if area < max(SPECK_PX, SPECK_AREA * levels.size):
            continue
        window = np.s_[top : top + height, left : left + width]
        own = labels[window] == label
        cut = max(min_level, _cut_level(levels[window][own], width * height))
        mask[window] |= own & (levels[window] > int(cut))  # levels are whole numbers
    return mask
