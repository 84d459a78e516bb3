"""Step 8, proportional resize: the longest side to 20 px, the strokes to MNIST's width.

The width of a pen line on a photo is a hundredth of the digit's height. Simply shrunk, the line
nearly vanishes. So strokes that are too thin or too thick are first redrawn at an MNIST-like width.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import cv2
import numpy as np

from digitscope.messages import Message
from digitscope.preprocessing.state import Attempt, Glyph, State
from digitscope.types import DIGIT_PX, BoolArray, Float32Array, UInt8Array

GLYPH_PX = 160  # longest side while the width is corrected: 8 px per tile pixel
VISIBLE = 0.15  # the digit's box holds all ink above this (MNIST: any non-zero pixel)
STROKE_RANGE_PX = (2.0, 4.6)  # nine in ten MNIST training digits lie within 1.9 and 4.3
THIN_TARGETS_PX = (2.4, 1.9, 1.5)  # thin strokes are widened to this; less if loops fill
THICK_TARGET_PX = 4.2  # thick ones are narrowed to this
LOOP_PX = 24  # area in px; a smaller hole in a glyph is a pinhole, not a loop
THIN_COVERAGE = 0.1  # a shrunk thin line fills no whole pixel: this fraction is enough


def apply(state: State, _: Attempt) -> State:
    """Correct the stroke width and shrink the digit."""
    cut_out, longest_px = state.cut_out, _longest_px(state)
    glyph = correct_stroke_width(cut_out.ink, cut_out.mask, longest_px)
    return dataclasses.replace(state, glyph=glyph, digit=shrink_to_digit(glyph.ink))


def explain(_: State, after: State) -> tuple[UInt8Array, Message]:
    """Show the digit at 20 px."""
    template = (
        "Shrunk from {longest} px to 20 px; strokes {stroke:.1f} px wide were brought to "
        "MNIST's width."
        if after.glyph.is_corrected
        else "Shrunk from {longest} px to 20 px; strokes {stroke:.1f} px wide suit MNIST."
    )
    facts = {"longest": _longest_px(after), "stroke": after.glyph.stroke_px}
    return after.digit, Message(template, **facts)


def _longest_px(state: State) -> int:
    left, top, right, bottom = state.location.box_xyxy or (0, 0, 0, 0)
    return max(right - left, bottom - top)


def measure_stroke(mask: BoolArray) -> float:
    """Measure the mean width of the strokes of a mask, px.

    For a strip of width w the mean distance to the edge is w/4.

    >>> strip = np.zeros((60, 40), bool)
    >>> strip[10:50, 15:25] = True
    >>> 8 < measure_stroke(strip) < 11
    True
    """
    distance = cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5)
    inside = distance[mask]
    return 4 * max(float(inside.mean()) - 0.25, 0.25) if inside.size else 0.0


def _enlarge(image: Float32Array, factor: float) -> Float32Array:
    interpolation = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    resized = cv2.resize(image, None, fx=factor, fy=factor, interpolation=interpolation)
    return np.clip(resized, 0, 1).astype(np.float32)


def _redraw(mask: BoolArray, change_px: float) -> Float32Array:
    """Widen every stroke of a mask by `change_px` on each side (below 0: narrow it); soft edges."""
    if change_px >= 0:
        outside = cv2.distanceTransform((~mask).astype(np.uint8), cv2.DIST_L2, 5)
        return np.clip(change_px - outside + 1, 0, 1).astype(np.float32)
    inside = cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, 5)
    return np.where(mask, np.clip(inside + change_px + 0.5, 0, 1), 0).astype(np.float32)


def _redraw_with_loops(mask: BoolArray, changes: Sequence[float]) -> Float32Array:
    """Redraw by the first of `changes`, in tile px, that fills no loop; if all do, by the first."""
    loops = _count_loops(mask)
    first, *others = (change * GLYPH_PX / DIGIT_PX for change in changes)
    redrawn = _redraw(mask, first)
    if _count_loops(redrawn > 0.5) >= loops:
        return redrawn
    tried = (_redraw(mask, change) for change in others)
    return next((one for one in tried if _count_loops(one > 0.5) >= loops), redrawn)


def _count_loops(mask: BoolArray) -> int:
    """Count the loops of a digit: holes enclosed by its strokes, without pinholes."""
    page = np.pad(~mask, 1, constant_values=True)  # outside the digit it is one region
    _, _, stats, _ = cv2.connectedComponentsWithStats(
        page.view(np.uint8), connectivity=4, ltype=cv2.CV_16U
    )
    return int(np.count_nonzero(stats[1:, cv2.CC_STAT_AREA] >= LOOP_PX)) - 1


def correct_stroke_width(ink: Float32Array, mask: BoolArray, longest_px: int) -> Glyph:
    """Bring the width of the strokes into MNIST's range, if it lies outside.

    Args:
        ink: (h, w) float32, 0..1.
        mask: (h, w) bool.
        longest_px: the digit's longest side in these pixels.
    """
    stroke_px = measure_stroke(mask) / longest_px * DIGIT_PX
    factor = GLYPH_PX / longest_px
    large = _enlarge(ink, factor)
    coverage = _enlarge(mask.astype(np.float32), factor)
    large_mask = coverage > (0.5 if factor > 1 else THIN_COVERAGE)
    if STROKE_RANGE_PX[0] <= stroke_px <= STROKE_RANGE_PX[1]:
        return Glyph(large, large_mask, stroke_px)
    targets = THIN_TARGETS_PX if stroke_px < STROKE_RANGE_PX[0] else (THICK_TARGET_PX,)
    redrawn = _redraw_with_loops(large_mask, [(px - stroke_px) / 2 for px in targets])
    if redrawn.max() <= VISIBLE:  # only specks, removed by thinning
        return Glyph(large, large_mask, stroke_px)
    return Glyph(redrawn, large_mask, stroke_px, is_corrected=True)


def shrink_to_digit(ink: Float32Array) -> UInt8Array:
    """Shrink by area mean until the longest side is exactly 20 px.

    Args:
        ink: (h, w) float32, 0..1, some of it above VISIBLE.

    Returns:
        (h', w') uint8 with max(h', w') == 20.
    """
    rows, columns = (
        np.flatnonzero((ink > VISIBLE).any(1)),
        np.flatnonzero((ink > VISIBLE).any(0)),
    )
    tight = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    scale = DIGIT_PX / max(tight.shape)
    size_wh = (
        max(1, round(tight.shape[1] * scale)),
        max(1, round(tight.shape[0] * scale)),
    )
    small = cv2.resize(tight, size_wh, interpolation=cv2.INTER_AREA)
    return np.round(np.clip(small / max(float(small.max()), 0.01), 0, 1) * 255).astype(np.uint8)
