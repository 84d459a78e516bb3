"""Estimates of the empty page under the ink, and of its grain (the noise of the page).

All fractions below were tuned on the dev photos; lengths are fractions of the longest side.
"""

from __future__ import annotations

from statistics import NormalDist

import cv2
import numpy as np

from digitscope.types import BoolArray, Float32Array, UInt8Array

COARSE_PX = 64  # longest side of the reduced picture that the page is estimated on
MEDIAN_WINDOW = 0.55  # side of the median filter's window
BORDER_AGREES = 0.9  # the side of Otsu's threshold that holds this fraction of the border is page
MAX_INK = 0.55  # no digit covers a larger fraction of a picture
SHARP_EDGE = 0.12  # slope per coarse pixel, as a fraction of the difference of ink and page
PEN_STROKE = 0.08  # the widest stroke of a pen: anything narrower is not page
BRUSH_STROKE = 0.22  # the widest stroke of a brush that fills the picture
REFINE_BLUR = 0.10  # blur of the second estimate: narrow, so that it follows shadows
INK_SIGMAS = 3.0  # a coarse pixel this many deviations from the first estimate may be ink
INK_FRACTION = 0.3  # ... if it has this fraction of the strongest difference: shadows have less
BESIDE = 0.05  # the page beside known ink is averaged this far on each side
MIN_PAGE = 0.01  # weight of the whole page's mean, which matters where little page is near
GRAIN_SIGMAS = 1.5  # mean differences below this many deviations are paper grain
CALM_FRACTION = 0.3  # the grain is measured on the densest range with this fraction of pixels
LUMA = np.array([0.299, 0.587, 0.114], np.float32)  # ITU-R BT.601


def _shrink(rgb: UInt8Array) -> UInt8Array:
    """Shrink to COARSE_PX on the longest side, by area mean."""
    height, width = rgb.shape[:2]
    scale = min(1.0, COARSE_PX / max(height, width))
    size_wh = (max(1, round(width * scale)), max(1, round(height * scale)))
    return cv2.resize(rgb, size_wh, interpolation=cv2.INTER_AREA).astype(np.uint8)


def _wide_median(coarse: UInt8Array) -> UInt8Array:
    """Take the median over about half the picture. If strokes are thin, this is the page."""
    side = round(MEDIAN_WINDOW * max(coarse.shape[:2])) // 2 * 2 + 1
    return cv2.medianBlur(coarse, max(3, side)).astype(np.uint8)


def _split_by_otsu(coarse: UInt8Array) -> BoolArray | None:
    """Split ink from page at Otsu's threshold, if that split is clear.

    It is clear if nearly the whole border lies on one side (the page) and the edges between the
    two sides are sharp. This also finds strokes that fill most of the picture.

    Returns:
        (h, w) bool, True on ink, or None.
    """
    luma = cv2.cvtColor(coarse, cv2.COLOR_RGB2GRAY)
    _, split = cv2.threshold(luma, 0, 1, cv2.THRESH_OTSU)
    ring = np.concatenate([split[0], split[-1], split[:, 0], split[:, -1]])
    if 1 - BORDER_AGREES < float(ring.mean()) < BORDER_AGREES:
        return None
    ink = split != round(float(ring.mean()))
    if not 0 < float(ink.mean()) < MAX_INK:
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
    ink = difference > max(INK_SIGMAS * sigma, INK_FRACTION * strongest)
    return cv2.dilate(ink.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0


def _blur_around_ink(coarse: UInt8Array, ink: BoolArray, first: UInt8Array) -> Float32Array:
    """Blur the page without the ink; where too little page is near, use the first estimate."""
    sigma = REFINE_BLUR * max(coarse.shape[:2])
    page = (~ink).astype(np.float32)
    weight = cv2.GaussianBlur(page, (0, 0), sigma)[..., None]
    total = cv2.GaussianBlur(coarse.astype(np.float32) * page[..., None], (0, 0), sigma)
    trust = np.clip(weight * 4, 0, 1)
    background = trust * total / np.maximum(weight, 1e-4) + (1 - trust) * first
    return np.asarray(background, np.float32)


def estimate_background_between_strokes(
    rgb: UInt8Array, widest: float, *, is_ink_dark: bool
) -> Float32Array:
    """Estimate the page from both sides of each stroke, so that edges of shadows stay sharp.

    A closing (for light ink an opening) fills everything narrower than its window, so strokes
    vanish. Both sides of a shadow's edge are wider than the window, so they stay.

    Args:
        rgb: (H, W, 3) uint8, denoised, because grain would distort the estimate.
        widest: the widest stroke, as a fraction of the longest side.
        is_ink_dark: whether the ink is darker than the page.

    Returns:
        (H, W, 3) float32, 0..255; the median offset from the page, caused by grain, is removed.

    Source: Serra, "Image Analysis and Mathematical Morphology" (1982).
    """
    side = round(widest * max(rgb.shape[:2])) | 1
    window = cv2.getStructuringElement(cv2.MORPH_RECT, (side, side))
    filled = cv2.morphologyEx(rgb, cv2.MORPH_CLOSE if is_ink_dark else cv2.MORPH_OPEN, window)
    background = cv2.GaussianBlur(filled, (0, 0), 1.0).astype(np.float32)
    grain = np.median((rgb - background)[::3, ::3], axis=(0, 1))
    return np.asarray(background + grain, np.float32)


def estimate_background(rgb: UInt8Array) -> Float32Array:
    """Estimate the colour of the page at every pixel, without the ink.

    First the ink is found roughly: by Otsu's threshold if that is clear, else by the difference
    from a wide median. Then a narrow blur without the ink follows shadows and gradients.

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
    background = _blur_around_ink(coarse, ink, first)
    large = cv2.resize(background, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(large, np.float32)


def estimate_background_beside(rgb: UInt8Array, ink: Float32Array) -> Float32Array:
    """Estimate the page at every pixel by the mean of the page nearby; the ink is known.

    Args:
        rgb: (H, W, 3) uint8.
        ink: (H, W) float32; pixels above 0 may be ink.

    Returns:
        (H, W, 3) float32, 0..255; where no page is near, the mean of the whole page.
    """
    page = (ink <= 0).astype(np.float32)
    window = (2 * round(BESIDE * max(rgb.shape[:2])) + 1,) * 2
    weight = cv2.boxFilter(page, cv2.CV_32F, window)[..., None]
    total = cv2.boxFilter(rgb * page[..., None], cv2.CV_32F, window)
    everywhere = np.average(rgb, axis=(0, 1), weights=page) if page.any() else rgb.mean((0, 1))
    estimate = (total + MIN_PAGE * everywhere) / (weight + MIN_PAGE)
    return np.asarray(estimate, np.float32)


def subtract_background(rgb: UInt8Array, background: Float32Array) -> Float32Array:
    """The picture minus its background, (H, W, 3) float32, -255..255."""
    return np.asarray(cv2.subtract(rgb, background, dtype=cv2.CV_32F), np.float32)


def to_luma(difference: Float32Array) -> Float32Array:
    """The luma of a difference, (H, W, 3) float32 to (H, W) float32."""
    return cv2.transform(difference, LUMA[np.newaxis]).astype(np.float32, copy=False)


def keep_above_grain(difference: Float32Array) -> Float32Array:
    """Keep what differs from the background by more than the grain of the paper.

    Args:
        difference: (H, W, 3) float32, the picture minus the background estimate.

    Returns:
        (H, W) float32, 0..1: 0 is background, 1 is kept.
    """
    red, green, blue = cv2.split(cv2.convertScaleAbs(difference))
    strongest = cv2.max(cv2.max(red, green), blue)
    distance = np.asarray(cv2.boxFilter(strongest, cv2.CV_32F, (3, 3)), np.float32)
    distance /= max(page_sigma(difference), 1.0)
    distance -= GRAIN_SIGMAS
    return np.clip(distance, 0, 1, out=distance).astype(np.float32, copy=False)


def page_sigma(difference: Float32Array) -> float:
    """Estimate the grain of the page: a robust standard deviation, in levels of 255.

    It is computed from the narrowest range of levels that holds a third of the picture. So it is
    right even if ink covers half of the picture, or if grid lines have shifted the estimate.

    Args:
        difference: (H, W, 3) float32, the picture minus the background estimate.

    Source: the shorth, Rousseeuw and Leroy (1988).
    """
    return deviation(np.ascontiguousarray(difference[::3, ::3]) @ LUMA)


def deviation(levels: Float32Array) -> float:
    """The standard deviation of the normal distribution whose densest third is equally wide."""
    ordered = np.sort(levels, axis=None)
    held = max(1, int(CALM_FRACTION * ordered.size))
    width = float((ordered[held:] - ordered[:-held]).min()) if ordered.size > held else 0.0
    return width / 2 / NormalDist().inv_cdf(0.5 + CALM_FRACTION / 2)
