"""Step 6, locating: find the strokes of the digit and refuse what cannot be a digit.

Ruled lines are removed, and the rest is split into connected components. A box or a circle around
a digit is left out. The likeliest components are grouped into one digit. This is the only step
before the network that refuses pictures.

Limits: a digit that touches its neighbour forms one shape with it. A digit whose parts lie too far
apart for its size loses a part.
"""

from __future__ import annotations

import dataclasses

import cv2
import numpy as np

from digitscope.messages import Message
from digitscope.preprocessing.connected_components import MAX_ASPECT, Group, find_digit
from digitscope.preprocessing.greyscale import to_grey
from digitscope.preprocessing.quality import measure_quality
from digitscope.preprocessing.ruled_lines import remove_ruled_lines
from digitscope.preprocessing.state import Attempt, InkMap, Location, State
from digitscope.types import BoolArray, BoxXYXY, Float32Array, Reason, UInt8Array

# Tuned on the dev photos.
MIN_DIGIT = 0.03  # longest side of a digit, as a fraction of the picture's; 19 px of 640
SOLID_FILL = 0.93  # a wide box filled this much is a block, not a stroke
RING_FRACTION = 0.008  # width of the examined surroundings, as a fraction of the longest side
MIN_CONFIDENCE = 0.6  # a stroke has page on both sides, the edge of a shadow only on one
MAX_DIGIT_COMPONENTS = 12  # the digits of the dev photos have at most 6; text has many
NOISE_COMPONENTS = 150  # with more components than this, a small shape is noise
MAX_GRAIN_LEVEL = 20  # of 255: stronger grain (a twelfth of the range) hides faint pencil
DIMMED = 0.3  # brightness of everything that is not the digit
BOX_RGB = (255, 122, 26)


def apply(state: State, attempt: Attempt) -> State:
    """Find the digit, or the reason why there is none, and measure the quality."""
    mask, has_lines = remove_ruled_lines(state.ink_map.mask, tilted=attempt.thorough)
    group = find_digit(mask, state.ink_map.levels, attempt.skip)
    if group is None:
        reason = _reason_for_nothing(mask, state.ink_map)
        location = Location(np.zeros_like(mask), None, reason, has_lines=has_lines)
        return dataclasses.replace(state, location=location)
    confidence = _page_around(group, state)
    location = Location(
        group.mask,
        group.box_xyxy,
        _reason_against(group, confidence),
        group.digits_seen,
        group.components,
        group.dropped,
        confidence,
        has_lines,
        state.picture.to_given(group.box_xyxy),
    )
    return dataclasses.replace(
        state, location=location, quality=measure_quality(state.ink_map, location)
    )


def explain(_: State, after: State) -> tuple[UInt8Array, Message]:
    """Show the digit bright, everything else dim, and the box."""
    location = after.location
    shown = show_location(after.ink_map.levels, location)
    if location.box_xyxy is None:
        return shown, Message("No stroke that could be a digit was found.")
    left, top, right, bottom = location.box_xyxy
    template = (
        "Ruled lines were taken away; a shape of {width} x {height} px was found. Pieces of ink in "
        "it: {parts}, left out: {dropped}."
        if location.has_lines
        else "A shape of {width} x {height} px was found. Pieces of ink in it: {parts}, "
        "left out: {dropped}."
    )
    return shown, Message(
        template,
        width=right - left,
        height=bottom - top,
        parts=location.components,
        dropped=location.dropped,
    )


def show_location(levels: UInt8Array, location: Location) -> UInt8Array:
    """Draw the digit bright, everything else dim, and the box: (H, W, 3) uint8."""
    grey = cv2.convertScaleAbs(levels, alpha=DIMMED)
    grey[location.mask] = 255
    shown = cv2.merge([grey, grey, grey]).astype(np.uint8, copy=False)
    if location.box_xyxy is not None:
        left, top, right, bottom = location.box_xyxy
        cv2.rectangle(shown, (left - 2, top - 2), (right + 1, bottom + 1), BOX_RGB, 2)
    return shown


def refuse_shape(mask: BoolArray, box: BoxXYXY, components_seen: int) -> Reason | None:
    """Refuse shapes that no digit has. A slim "1" is not refused.

    Args:
        mask: (H, W) bool, the located ink.
        box: of that ink.
        components_seen: connected components in the whole picture.
    """
    left, top, right, bottom = box
    width, height = right - left, bottom - top
    if max(width, height) < MIN_DIGIT * max(mask.shape):
        return Reason.NOT_A_DIGIT if components_seen > NOISE_COMPONENTS else Reason.TOO_SMALL
    fill = np.count_nonzero(mask[top:bottom, left:right]) / (width * height)
    if width > MAX_ASPECT * height or (fill > SOLID_FILL and width > 0.6 * height):
        return Reason.NOT_A_DIGIT
    fills_frame = width >= mask.shape[1] - 2 and height >= mask.shape[0] - 2
    return Reason.NOT_A_DIGIT if fills_frame and components_seen > 1 else None


def measure_page_around(
    own: BoolArray, levels: UInt8Array, raw: UInt8Array, reach_px: int
) -> float:
    """Measure which fraction of a shape's surroundings is page.

    A stroke has page on all sides. The edge of a shadow, a table or the picture leaves a band when
    the background is removed, but in the picture itself one side of that band is as dark as the
    band. Each pixel is compared with the ink next to it, since a stroke may run into a shadow.

    Args:
        own: (H, W) bool, the shape.
        levels: (H, W) uint8, ink levels, the background removed.
        raw: (H, W) uint8, the same with the background not removed.
        reach_px: width of the surroundings, px.

    Returns:
        Fraction of the surrounding pixels that are clearly lighter than the shape, 0..1.
    """
    left, top, width, height = cv2.boundingRect(own.astype(np.uint8))
    margin = 3 * reach_px
    near = np.s_[top : top + height + 2 * margin, left : left + width + 2 * margin]  # in padded px
    shape = np.pad(own.astype(np.uint8), margin)[near]
    around = np.pad(raw, margin, constant_values=255)[near]  # outside is no page
    ink = np.pad(levels, margin)[near]
    inner = cv2.dilate(shape, np.ones((reach_px | 1,) * 2, np.uint8))
    outer = cv2.dilate(shape, np.ones((4 * reach_px + 1,) * 2, np.uint8))
    ring = (outer > 0) & (inner == 0)
    page = _mean_nearby(around - 0.5 * ink.astype(np.float32), shape, 4 * reach_px)
    return float((around[ring] < page[ring]).mean())


def _mean_nearby(values: Float32Array, shape: UInt8Array, reach_px: int) -> Float32Array:
    """The mean of (H, W) values over the pixels of a shape within reach of each pixel."""
    window = (2 * reach_px + 1,) * 2
    total = cv2.boxFilter(values * shape, cv2.CV_32F, window, normalize=False)
    count = cv2.boxFilter(shape, cv2.CV_32F, window, normalize=False)
    return np.asarray(total / np.maximum(count, 1), np.float32)


def _page_around(group: Group, state: State) -> float:
    """`measure_page_around` of a shape in the picture; only its surroundings are made grey."""
    reach_px = max(3, round(RING_FRACTION * max(group.mask.shape)))
    left, top, right, bottom = group.box_xyxy
    margin = 3 * reach_px
    near = np.s_[max(0, top - margin) : bottom + margin, max(0, left - margin) : right + margin]
    is_dark = state.foreground.is_ink_dark
    raw = to_grey(state.picture.rgb[near], state.grey.colour_weights, is_ink_dark=is_dark)
    raw = 255 - raw if is_dark else raw
    return measure_page_around(group.mask[near], state.ink_map.levels[near], raw, reach_px)


def _reason_for_nothing(mask: BoolArray, ink_map: InkMap) -> Reason:
    """Why nothing was located."""
    if mask.any():
        return Reason.TOO_SMALL
    return Reason.NO_CONTRAST if ink_map.min_level > MAX_GRAIN_LEVEL else Reason.BLANK


def _reason_against(group: Group, confidence: float) -> Reason | None:
    """The reason to refuse a located shape, or None."""
    if group.components > MAX_DIGIT_COMPONENTS:
        return Reason.NOT_A_DIGIT
    reason = refuse_shape(group.mask, group.box_xyxy, group.candidates)
    return Reason.NOT_A_DIGIT if reason is None and confidence < MIN_CONFIDENCE else reason
