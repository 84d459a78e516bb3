"""Steps 7 to 10: from a located digit to a tile in MNIST's form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from digitscope.preprocessing.connected_components import label_components
from digitscope.types import (
    DIGIT_PX,
    TILE_PX,
    BoolArray,
    BoxXYXY,
    Float32Array,
    UInt8Array,
)

GLYPH_PX = (
    160  # longest side of the digit while its strokes are brought to width: 8 px a tile pixel
)
LEVEL_PERCENTILE = 60  # of the ink's levels: what counts as full black
FAINT_CONTRAST = 0.25  # below this share of the range, CLAHE evens the strokes out
CLAHE_CLIP, CLAHE_GRID = (
    2.0,
    (4, 4),
)  # Zuiderveld (1994); mild, as the strokes are known by now
VISIBLE = 0.15  # the box is drawn round what is at least this dark (MNIST: any non-zero pixel)
STROKE_RANGE_PX = (2.0, 4.6)  # nine in ten MNIST training digits lie within 1.9 and 4.3
THIN_TARGETS_PX = (2.4, 1.9, 1.5)  # too thin strokes are widened to this; less where loops fill
THICK_TARGET_PX = 4.2  # too thick ones are narrowed to this
LOOP_PX = 24  # a smaller patch of page inside a glyph is a pinhole, no loop
THIN_SHARE = 0.1  # a thin line fills no pixel once shrunk: this share of one is enough
LINES_3PX = tuple(  # directions in which breaks are closed; a cross erodes thin bridges again
    np.array(line, np.uint8)
    for line in (
        ((0, 0, 0), (1, 1, 1), (0, 0, 0)),
        ((0, 1, 0), (0, 1, 0), (0, 1, 0)),
        ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
        ((0, 0, 1), (0, 1, 0), (1, 0, 0)),
    )
)


@dataclass(frozen=True, eq=False)
class Glyph:
    """A digit cut out, its strokes not yet on the tile.

    Attributes:
        ink: (h, w) float32, 0..1, longest side of the digit about GLYPH_PX.
        mask: (h, w) bool, where ink is more than half there.
        stroke_px: the stroke's width in tile pixels (the digit's longest side being 20).
        corrected: whether the width was changed to come into MNIST's range.
    """

    ink: Float32Array
    mask: BoolArray
    stroke_px: float
    corrected: bool = False


def _crop(image: np.ndarray, box: BoxXYXY, margin: int) -> np.ndarray:
    """Cut a box with a margin; black where the margin leaves the picture."""
    left, top, right, bottom = box
    padded = cv2.copyMakeBorder(image, margin, margin, margin, margin, cv2.BORDER_CONSTANT)
    return padded[top : bottom + 2 * margin, left : right + 2 * margin]


def stretch_contrast(
    ink: UInt8Array, mask: BoolArray, box: BoxXYXY
) -> tuple[Float32Array, BoolArray]:
    """Step 7. Cut the digit out and stretch its ink to the full range; faint ink gets CLAHE.

    Args:
        ink: (H, W) uint8, light on black.
        mask: (H, W) bool, the digit's ink.
        box: of the digit.

    Returns:
        (h, w) float32 0..1 and (h, w) bool: ink and mask of the cut-out, with a small margin.
    """
    longest = max(box[2] - box[0], box[3] - box[1])
    margin = max(2, round(longest / DIGIT_PX))
    cut = _crop(ink, box, margin)
    own = _crop(mask.astype(np.uint8), box, margin)
    near = cv2.distanceTransform(1 - own, cv2.DIST_L2, cv2.DIST_MASK_5) <= margin
    full = max(float(np.percentile(cut[own > 0], LEVEL_PERCENTILE)), 1.0)
    stretched = np.clip(cut / full, 0, 1)
    if full < FAINT_CONTRAST * 255:
        even = cv2.createCLAHE(CLAHE_CLIP, CLAHE_GRID).apply((stretched * 255).astype(np.uint8))
        stretched = np.where(own > 0, np.maximum(stretched, even / 255.0), stretched)
    return (stretched * near).astype(np.float32), own > 0


def measure_stroke(mask: BoolArray) -> float:
    """Measure the mean stroke width of a mask, in its own pixels.

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
    """Widen (or narrow, below 0) every stroke of a mask by `change_px` on each side, edges soft."""
    if change_px >= 0:
        outside = cv2.distanceTransform((~mask).astype(np.uint8), cv2.DIST_L2, 5)
        return np.clip(change_px - outside + 1, 0, 1).astype(np.float32)
    inside = cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, 5)
    return np.where(mask, np.clip(inside + change_px + 0.5, 0, 1), 0).astype(np.float32)


def _redraw_with_loops(mask: BoolArray, changes: Sequence[float]) -> Float32Array:
    """Redraw by the first change, in tile pixels, that fills no loop; by the first if all do."""
    loops = _count_loops(mask)
    first, *others = (change * GLYPH_PX / DIGIT_PX for change in changes)
    redrawn = _redraw(mask, first)
    if _count_loops(redrawn > 0.5) >= loops:
        return redrawn
    tried = (_redraw(mask, change) for change in others)
    return next((one for one in tried if _count_loops(one > 0.5) >= loops), redrawn)


def _count_loops(mask: BoolArray) -> int:
    """Count the patches of page that a digit's strokes enclose, pinholes left out."""
    page = np.pad(~mask, 1, constant_values=True)  # all round the digit it is one patch
    _, stats = label_components(page, connectivity=4)
    return int(np.count_nonzero(stats[1:, cv2.CC_STAT_AREA] >= LOOP_PX)) - 1


def bring_stroke_to_width(ink: Float32Array, mask: BoolArray, longest_px: int) -> Glyph:
    """Step 8, first half. Bring the stroke's width into MNIST's range, if it lies outside.

    A pen line on a photo is a hundredth of the digit's height; shrunk as it is, it would vanish.

    Args:
        ink: (h, w) float32, 0..1.
        mask: (h, w) bool.
        longest_px: the digit's longest side in these pixels.
    """
    stroke_px = measure_stroke(mask) / longest_px * DIGIT_PX
    factor = GLYPH_PX / longest_px
    large = _enlarge(ink, factor)
    share = _enlarge(mask.astype(np.float32), factor)
    large_mask = share > (0.5 if factor > 1 else THIN_SHARE)
    if STROKE_RANGE_PX[0] <= stroke_px <= STROKE_RANGE_PX[1]:
        return Glyph(large, large_mask, stroke_px)
    targets = THIN_TARGETS_PX if stroke_px < STROKE_RANGE_PX[0] else (THICK_TARGET_PX,)
    redrawn = _redraw_with_loops(large_mask, [(px - stroke_px) / 2 for px in targets])
    if redrawn.max() <= VISIBLE:  # nothing but specks, thinned away
        return Glyph(large, large_mask, stroke_px)
    return Glyph(redrawn, large_mask, stroke_px, corrected=True)


def shrink_to_digit(ink: Float32Array) -> UInt8Array:
    """Step 8, second half. Shrink so that the longest side is exactly 20 px, by area mean.

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


def centre_by_mass(digit: UInt8Array) -> UInt8Array:
    """Step 9. Lay a digit into 28x28 px, its centre of mass at 14.0 to the nearest whole pixel.

    Whole pixels, as MNIST's makers did it: nothing is interpolated twice.

    Args:
        digit: (h, w) uint8, at most 20 px a side.

    Returns:
        (28, 28) uint8.

    Source: LeCun, Cortes and Burges, the MNIST database.
    """
    height, width = digit.shape
    mass = max(float(digit.sum()), 1.0)
    centre_y = float(digit.sum(axis=1) @ np.arange(height)) / mass
    centre_x = float(digit.sum(axis=0) @ np.arange(width)) / mass
    top = int(np.clip(round(TILE_PX / 2 - centre_y), 0, TILE_PX - height))
    left = int(np.clip(round(TILE_PX / 2 - centre_x), 0, TILE_PX - width))
    tile = np.zeros((TILE_PX, TILE_PX), np.uint8)
    tile[top : top + height, left : left + width] = digit
    return tile


def _topology(tile: UInt8Array) -> tuple[int, int]:
    """Count the pieces and the holes of a tile's ink."""
    ink = (tile > 127).astype(np.uint8)
    pieces, _ = cv2.connectedComponents(ink, connectivity=8)
    grounds, _ = cv2.connectedComponents(np.pad(1 - ink, 1, constant_values=1), connectivity=4)
    return pieces - 1, grounds - 2


def close_gaps(tile: UInt8Array) -> tuple[UInt8Array, bool]:
    """Step 10. Close one-pixel breaks, but only where that joins pieces and fills no loop.

    A closing done blindly fills the loops of small 6s, 8s and 9s.

    Args:
        tile: (28, 28) uint8.

    Returns:
        The tile, and whether anything was closed.
    """
    pieces, holes = _topology(tile)
    if pieces < 2:
        return tile, False
    directional = [cv2.morphologyEx(tile, cv2.MORPH_CLOSE, line) for line in LINES_3PX]
    closed = np.maximum.reduce(directional).astype(np.uint8)
    closed_pieces, closed_holes = _topology(closed)
    helps = closed_pieces < pieces and closed_holes >= holes
    return (closed, True) if helps else (tile, False)
