"""What the digit is written on: an estimate of the empty page under the ink."""

from __future__ import annotations

import cv2
import numpy as np

from digitscope.types import BoolArray, Float32Array, UInt8Array

COARSE_PX = 64  # longest side of the picture the ground is estimated on: ink is no detail there
MEDIAN_SHARE = 0.55  # window of the median, as a share of the longest side
BORDER_AGREES = 0.9  # so much of the border on one side of Otsu's threshold shows which is page
MOST_INK = 0.55  # no digit covers more of a picture
SHARP_EDGE = 0.12  # slope a coarse pixel, as a share of the step from ink to page
PEN_STROKE = 0.08  # of the longest side, at most: what is narrower than this is no page
BRUSH_STROKE = 0.22  # ... of a brush that fills the picture; shadows are followed less closely
REFINE_SHARE = 0.10  # blur of the second estimate: narrow, so that it follows shadows
INK_SIGMAS = 3.0  # a coarse pixel this far from the first estimate may be ink
INK_SHARE = 0.3  # ... if it is this far on the way to the strongest ink: shadows are not


def _shrink(rgb: UInt8Array) -> UInt8Array:
    """Shrink to COARSE_PX on the longest side, by area mean."""
    height, width = rgb.shape[:2]
    scale = min(1.0, COARSE_PX / max(height, width))
    size_wh = (max(1, round(width * scale)), max(1, round(height * scale)))
    return cv2.resize(rgb, size_wh, interpolation=cv2.INTER_AREA).astype(np.uint8)


def _wide_median(coarse: UInt8Array) -> UInt8Array:
    """Take the median of half the picture round each pixel: right while strokes are thin."""
    side = round(MEDIAN_SHARE * max(coarse.shape[:2])) // 2 * 2 + 1
    return cv2.medianBlur(coarse, max(3, side)).astype(np.uint8)


def _split_by_otsu(coarse: UInt8Array) -> BoolArray | None:
    """Split ink from page at Otsu's threshold, where that is beyond doubt.

    It is where the whole border lies on one side (that is the page) and the edges between the two
    are sharp (a vignette's are not). Then even strokes that fill most of the picture are found.

    Returns:
        (h, w) bool, True on ink, or None.
    """
    luma = cv2.cvtColor(coarse, cv2.COLOR_RGB2GRAY)
    _, split = cv2.threshold(luma, 0, 1, cv2.THRESH_OTSU)
    ring = np.concatenate([split[0], split[-1], split[:, 0], split[:, -1]])
    if 1 - BORDER_AGREES < float(ring.mean()) < BORDER_AGREES:
        return None
    ink = split != round(float(ring.mean()))
    if not 0 < float(ink.mean()) < MOST_INK:
        return None
    step = abs(float(luma[ink].mean()) - float(luma[~ink].mean()))
    slopes = [cv2.Sobel(luma, cv2.CV_32F, *axes, ksize=3, scale=1 / 8) for axes in ((1, 0), (0, 1))]
    edge = cv2.morphologyEx(ink.astype(np.uint8), cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) > 0
    sharpness = float(np.median(np.hypot(*slopes)[edge])) / max(step, 1.0)
    return ink if sharpness >= SHARP_EDGE else None


def _mark_ink(coarse: UInt8Array, first: UInt8Array) -> BoolArray:
    """Mark the pixels that differ too much from the first estimate to be page."""
    difference = np.abs(coarse.astype(np.float32) - first).max(axis=2)
    sigma = 1.4826 * float(np.median(difference)) + 1.0
    strongest = float(np.percentile(difference, 99.5))
    ink = difference > max(INK_SIGMAS * sigma, INK_SHARE * strongest)
    return cv2.dilate(ink.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0


def _blur_around_ink(coarse: UInt8Array, ink: BoolArray, first: UInt8Array) -> Float32Array:
    """Blur the page alone; where ink leaves no page to blur, trust the first estimate."""
    sigma = REFINE_SHARE * max(coarse.shape[:2])
    page = (~ink).astype(np.float32)
    weight = cv2.GaussianBlur(page, (0, 0), sigma)[..., None]
    total = cv2.GaussianBlur(coarse.astype(np.float32) * page[..., None], (0, 0), sigma)
    trust = np.clip(weight * 4, 0, 1)
    ground = trust * total / np.maximum(weight, 1e-4) + (1 - trust) * first
    return np.asarray(ground, np.float32)


def ground_between_strokes(rgb: UInt8Array, dark: bool, widest: float) -> Float32Array:
    """Estimate the page by what lies beside each stroke: the edges of shadows stay as sharp.

    A closing (for light ink an opening) fills whatever is narrower than its window from both
    sides. Strokes vanish; the two sides of a shadow's edge are each wider and stay.

    Args:
        rgb: (H, W, 3) uint8.
        dark: whether the ink is darker than the page.
        widest: the widest stroke, as a share of the longest side.

    Returns:
        (H, W, 3) float32, 0..255; its mean distance to the page, which grain brings, is taken off.

    Source: Serra, "Image Analysis and Mathematical Morphology" (1982).
    """
    side = round(widest * max(rgb.shape[:2])) | 1
    window = cv2.getStructuringElement(cv2.MORPH_RECT, (side, side))
    filled = cv2.morphologyEx(rgb, cv2.MORPH_CLOSE if dark else cv2.MORPH_OPEN, window)
    ground = cv2.GaussianBlur(filled, (0, 0), 1.0).astype(np.float32)
    grain = np.median((rgb - ground)[::3, ::3], axis=(0, 1))
    return np.asarray(ground + grain, np.float32)


def estimate_background(rgb: UInt8Array) -> Float32Array:
    """Estimate the colour of the page at every pixel, ink ignored.

    First, roughly, what is ink: by Otsu's threshold where that is clear, else as what differs from
    a wide median. Then, with the ink left out, a narrow blur follows shadows and gradients.

    Args:
        rgb: (H, W, 3) uint8.

    Returns:
        (H, W, 3) float32, 0..255.

    Source: normalised convolution, Knutsson and Westin (1993).
    """
    height, width = rgb.shape[:2]
    coarse = _shrink(rgb)
    ink = _split_by_otsu(coarse)
    if ink is None:
        first = _wide_median(coarse)
        ink = _mark_ink(coarse, first)
    else:
        first = np.broadcast_to(np.median(coarse[~ink], axis=0), coarse.shape).astype(np.uint8)
        ink = cv2.dilate(ink.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    ground = _blur_around_ink(coarse, ink, first)
    large = cv2.resize(ground, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(large, np.float32)
