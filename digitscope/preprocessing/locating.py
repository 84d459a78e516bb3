"""Step 6: finding the strokes that make up the digit, and refusing what cannot be one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce

import cv2
import numpy as np

from digitscope.preprocessing.parts import Part, find_parts, gather, union
from digitscope.types import BoolArray, BoxXYXY, Float32Array, Reason, UInt8Array

SMALLEST_DIGIT = 0.03  # a digit's longest side, as a share of the picture's; 19 px of 640
RIVAL_SIZE = 0.5  # another shape at least this large and dark beside the digit is another digit
SOLID_FILL = 0.93  # a wide box filled this much is a block, not a stroke
WIDEST_ASPECT = 3.0  # no digit is three times as wide as tall; the slimmest "1" has no limit
RING_SHARE = 0.008  # the surroundings looked at: this far round the shape
LEAST_STANDING_OUT = 0.6  # a stroke has page on both sides, the edge of a shadow only on one
MOST_PARTS = 200  # the best so many are looked at: a page of text has thousands
MOST_PIECES = 12  # the digits of the dev photos are in at most 6; text runs on and on
NOISE_PARTS = 150  # so many spots, none of which stands out, are noise


@dataclass(frozen=True, eq=False)
class Location:
    """Where the digit is, or why there is none.

    Attributes:
        mask: (H, W) bool, the digit's ink alone; empty where refused before anything was found.
        box_xyxy: of the digit in working pixels, or None.
        reason: why the picture is refused, or None.
        digits_seen: how many separate digits the picture seems to show.
        parts: how many pieces the digit is made of.
        dropped: how many other pieces were left out.
        clear: share of the digit's surroundings that is page, 0..1.
    """

    mask: BoolArray
    box_xyxy: BoxXYXY | None
    reason: Reason | None
    digits_seen: int = 0
    parts: int = 0
    dropped: int = 0
    clear: float = 0.0


def count_digits(digit: list[Part], others: list[Part]) -> int:
    """Count the shapes that look like digits of their own: the located one and its rivals."""
    main = digit[0]
    rivals = [
        part
        for part in others
        if not part.touches_border
        and part.height_px >= RIVAL_SIZE * main.size_px
        and part.width_px <= WIDEST_ASPECT * part.height_px
        and part.contrast >= RIVAL_SIZE * main.contrast
    ]
    return 1 + len(rivals)


def refuse_shape(mask: BoolArray, box: BoxXYXY, parts_seen: int) -> Reason | None:
    """Refuse shapes that no digit has; a slim "1" is none of them.

    Args:
        mask: (H, W) bool, the located ink.
        box: of that ink.
        parts_seen: pieces of ink in the whole picture.
    """
    left, top, right, bottom = box
    width, height = right - left, bottom - top
    if max(width, height) < SMALLEST_DIGIT * max(mask.shape):
        return Reason.NOT_A_DIGIT if parts_seen > NOISE_PARTS else Reason.TOO_SMALL
    fill = float(mask[top:bottom, left:right].mean())
    if width > WIDEST_ASPECT * height or (fill > SOLID_FILL and width > 0.6 * height):
        return Reason.NOT_A_DIGIT
    fills_frame = width >= mask.shape[1] - 2 and height >= mask.shape[0] - 2
    return Reason.NOT_A_DIGIT if fills_frame and parts_seen > 1 else None


def stands_out(own: BoolArray, ink: UInt8Array, raw: UInt8Array) -> float:
    """Measure how much of a shape's surroundings is page.

    A stroke has page on all sides. The edge of a shadow, a table or the picture leaves a band when
    the ground is taken away, but in the picture itself one side of that band is as dark as it is.
    Each pixel is compared with the ink next to it, since a stroke may run from light into shadow.

    Args:
        own: (H, W) bool, the shape.
        ink: (H, W) uint8, ink levels, the ground taken away.
        raw: (H, W) uint8, the same with the ground left in.

    Returns:
        Share of the surrounding pixels that are clearly lighter than the shape, 0..1.
    """
    reach = max(3, round(RING_SHARE * max(own.shape)))
    left, top, width, height = cv2.boundingRect(own.astype(np.uint8))
    near = np.s_[top : top + height + 6 * reach, left : left + width + 6 * reach]  # once padded
    shape = np.pad(own.astype(np.uint8), 3 * reach)[near]
    around = np.pad(raw, 3 * reach, constant_values=255)[near]  # no page beyond the border
    levels = np.pad(ink, 3 * reach)[near]
    inner = cv2.dilate(shape, np.ones((reach | 1,) * 2, np.uint8))
    outer = cv2.dilate(shape, np.ones((4 * reach + 1,) * 2, np.uint8))
    ring = (outer > 0) & (inner == 0)
    page = _mean_nearby(around - 0.5 * levels.astype(np.float32), shape, 4 * reach)
    return float((around[ring] < page[ring]).mean())


def _mean_nearby(values: Float32Array, shape: UInt8Array, reach_px: int) -> Float32Array:
    """The mean of (H, W) values over the pixels of a shape within reach of each pixel."""
    window = (2 * reach_px + 1,) * 2
    total = cv2.boxFilter(values * shape, cv2.CV_32F, window, normalize=False)
    count = cv2.boxFilter(shape, cv2.CV_32F, window, normalize=False)
    return np.asarray(total / np.maximum(count, 1), np.float32)


def locate(mask: BoolArray, ink: UInt8Array, raw: UInt8Array, *, pass_over: int = 0) -> Location:
    """Find the digit in an ink mask.

    Args:
        mask: (H, W) bool, ruled lines taken away.
        ink: (H, W) uint8, ink levels, light on black, the ground taken away.
        raw: (H, W) uint8, the same with the ground left in.
        pass_over: so many of the likeliest shapes are left out: they were no digit.
    """
    parts, labels = find_parts(mask, ink)
    parts, crumbs = parts[:MOST_PARTS], parts[MOST_PARTS:]
    for _ in range(pass_over):
        parts = gather(parts)[1] if parts else []
    if not parts:
        nothing = Reason.TOO_SMALL if mask.any() else Reason.BLANK
        return Location(np.zeros_like(mask), None, nothing)
    digit, others = gather(parts)
    own = np.isin(labels, [part.label for part in digit])
    box = reduce(union, (part.box_xyxy for part in digit))
    seen = count_digits(digit, others)
    reason = refuse_shape(own, box, len(parts))
    if len(digit) > MOST_PIECES:
        reason = Reason.NOT_A_DIGIT
    clear = stands_out(own, ink, raw)
    if reason is None and clear < LEAST_STANDING_OUT:
        reason = Reason.NOT_A_DIGIT
    dropped = len(others) + len(crumbs)
    return Location(own, box, reason, seen, len(digit), dropped, clear)
