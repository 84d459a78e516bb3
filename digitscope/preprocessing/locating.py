"""Step 6: finding the strokes that make up the digit, and refusing what cannot be one."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from digitscope.preprocessing.ruled_lines import remove_ruled_lines
from digitscope.types import BoolArray, BoxXYXY, Reason, UInt8Array

# Sizes are shares of the longest side of the picture, areas shares of its area.
SPECK_AREA = 4e-5  # smaller spots are dust or grain
SMALLEST_DIGIT = 0.03  # a digit's longest side; 14 px of the working size
NEAR_GAP = 0.14  # a part nearer to the digit than this share of the digit's size belongs to it
STACKED_GAP = 0.22  # ... and so does a smaller part above or below it, like the bar of a 5
SMALLER_PART = 0.75  # smaller than this share of the other: rather a part of it than its equal
BREAK_GAP = 0.04  # ... and nearer than this it is the same stroke, broken, whatever its size
PART_AREA = 0.04  # a part smaller than this share of the main stroke's area is a speck beside it
PART_CONTRAST = 0.35  # a part fainter than this share of the main stroke is something else
BORDER_PART_CONTRAST = 0.7  # ... more so where it reaches the border: it may be a table edge
RIVAL_SIZE = 0.5  # another shape at least this large and dark beside the digit is another digit
BORDER_PENALTY = 0.35  # what touches the border is more often a table edge than a digit
EDGE_PENALTY = 0.4  # how much less a stroke at the picture's edge counts than one at its centre
SOLID_FILL = 0.93  # a wide box filled this much is a block, not a stroke
WIDEST_ASPECT = 3.0  # no digit is three times as wide as tall; the slimmest "1" has no limit
RING_SHARE = 0.008  # the surroundings looked at: this far round the shape
LEAST_STANDING_OUT = 0.6  # a stroke has page on both sides, the edge of a shadow only on one
MOST_PARTS = (
    200  # more than the best so many pieces are not looked at: a page of text has thousands
)
MOST_PIECES = 12  # the digits of the dev photos are in at most 6; text runs on and on
NOISE_PARTS = 150  # so many spots, none of which stands out, are noise


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
    def size_px(self) -> int:
        """Longest side of the box."""
        left, top, right, bottom = self.box_xyxy
        return max(right - left, bottom - top)


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
        lines_removed: whether ruled lines were taken away.
    """

    mask: BoolArray
    box_xyxy: BoxXYXY | None
    reason: Reason | None
    digits_seen: int = 0
    parts: int = 0
    dropped: int = 0
    lines_removed: bool = False


def _score(box: BoxXYXY, contrast: float, touches: bool, size_hw: tuple[int, int]) -> float:
    """Weigh how much a piece of ink looks like the main stroke: dark, large, central, whole."""
    height, width = size_hw
    left, top, right, bottom = box
    size = max(right - left, bottom - top)
    off_centre = 2 * np.hypot((left + right) / 2 / width - 0.5, (top + bottom) / 2 / height - 0.5)
    centred = 1 - EDGE_PENALTY * min(float(off_centre), 1.2)
    return contrast * size * centred * (BORDER_PENALTY if touches else 1.0)


def find_parts(mask: BoolArray, ink: UInt8Array) -> tuple[list[Part], np.ndarray]:
    """Split an ink mask into its connected pieces, specks left out.

    Args:
        mask: (H, W) bool.
        ink: (H, W) uint8, ink levels, light on black.

    Returns:
        The pieces, best first, and the (H, W) int32 map of their labels.
    """
    height, width = mask.shape
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    parts = []
    least = max(8, SPECK_AREA * mask.size)
    for label in range(1, count):
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


def _union(one: BoxXYXY, other: BoxXYXY) -> BoxXYXY:
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
        for part in joined:
            box = _union(box, part.box_xyxy)
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


def count_digits(digit: list[Part], others: list[Part]) -> int:
    """Count the shapes that look like digits of their own: the located one and its rivals."""
    main = digit[0]
    rivals = [
        part
        for part in others
        if not part.touches_border
        and part.size_px >= RIVAL_SIZE * main.size_px
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

    Args:
        own: (H, W) bool, the shape.
        ink: (H, W) uint8, ink levels, the ground taken away.
        raw: (H, W) uint8, the same with the ground left in.

    Returns:
        Share of the surrounding pixels that are clearly lighter than the shape, 0..1.
    """
    reach = max(3, round(RING_SHARE * max(own.shape)))
    shape = np.pad(own.astype(np.uint8), 3 * reach)
    around = np.pad(raw, 3 * reach, constant_values=255)  # beyond the border there is no page
    inner = cv2.dilate(shape, np.ones((reach | 1,) * 2, np.uint8))
    outer = cv2.dilate(shape, np.ones((4 * reach + 1,) * 2, np.uint8))
    ring = (outer > 0) & (inner == 0)
    page = float(np.median(raw[own])) - 0.5 * float(np.median(ink[own]))
    return float((around[ring] < page).mean())


def locate(mask: BoolArray, ink: UInt8Array, raw: UInt8Array) -> Location:
    """Find the digit in an ink mask.

    Args:
        mask: (H, W) bool.
        ink: (H, W) uint8, ink levels, light on black, the ground taken away.
        raw: (H, W) uint8, the same with the ground left in.
    """
    cleaned, lines_removed = remove_ruled_lines(mask)
    parts, labels = find_parts(cleaned, ink)
    parts, crumbs = parts[:MOST_PARTS], parts[MOST_PARTS:]
    if not parts:
        nothing = Reason.TOO_SMALL if cleaned.any() else Reason.BLANK
        return Location(np.zeros_like(mask), None, nothing, lines_removed=lines_removed)
    digit, others = gather(parts)
    own = np.isin(labels, [part.label for part in digit])
    box = digit[0].box_xyxy
    for part in digit[1:]:
        box = _union(box, part.box_xyxy)
    seen = count_digits(digit, others)
    reason = refuse_shape(own, box, len(parts))
    if len(digit) > MOST_PIECES:
        reason = Reason.NOT_A_DIGIT
    if reason is None and stands_out(own, ink, raw) < LEAST_STANDING_OUT:
        reason = Reason.NOT_A_DIGIT
    dropped = len(others) + len(crumbs)
    return Location(own, box, reason, seen, len(digit), dropped, lines_removed)
