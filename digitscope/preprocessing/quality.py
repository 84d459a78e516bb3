"""The quality score: how well a picture can be read, measured before it is read.

Six factors, each from 0 (bad) to 1 (nothing to improve), are weighted, and the sum is squared.

The weights are the rounded, non-negative weights of a logistic regression. It separates simulated
photos answered right from those answered wrong or refused (MNIST's training digits in 28
conditions, no real photo). The development photos were only a check: they show the same order. An
earlier score, of contrast, size and aspect ratio alone, ranked wrong answers above right ones.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import cv2
import numpy as np

from digitscope.preprocessing.state import InkMap, Location
from digitscope.types import BoolArray, BoxXYXY, Float32Array, Level, Quality, UInt8Array

WEIGHTS: Mapping[str, float] = {
    "contrast": 0.10,
    "size": 0.05,  # the fit gave 0: small digits are read equally well; kept for the smallest
    "shape": 0.10,
    "evenness": 0.35,
    "clearness": 0.25,
    "wholeness": 0.15,
}
LEVELS = (  # minimum scores; on the development photos each higher level is right more often
    (0.75, Level.EXCELLENT),
    (0.5, Level.GOOD),
    (0.3, Level.FAIR),
    (0.0, Level.POOR),
)
FULL_CONTRAST = 0.5  # ink this fraction of the range darker than the page is rated 1
FULL_SIZE_PX = 100  # a digit this large loses nothing when shrunk to 20 px
MAX_USUAL_ASPECT = 1.0  # digits are taller than wide; a slim "1" is not rated lower
# Values rated 1 and 0: the best and the worst tenth of the simulated photos.
SPREAD_RANGE = (0.15, 0.60)  # deviation of the stroke's width along it, as a fraction of the mean
BULGE_RANGE = (0.30, 1.20)  # log of the largest over the median width
CLEAR_RANGE = (0.60, 1.00)  # fraction of page around the stroke; below it, step 6 refuses
LOST_FULL = 1.5  # log(1 + 10 * lost ink) that is rated 0; lost ink as a fraction of one stroke
FAINT_FRACTION = 0.6  # of the ink threshold: pixels above this may be ink, too
INK_CUT_FRACTION = 0.4  # of the ink's median level: about the threshold of the mask
COARSE_STROKE_PX = 4.0  # wider strokes are shrunk to this to search for faint ends
MARGIN_FRACTION, MARGIN_PX = 0.25, 6  # around the box; ink farther away is ignored


def level_of(score: float) -> Level:
    """The level of a score, 0..1.

    >>> level_of(0.8), level_of(0.1)
    (<Level.EXCELLENT: 'excellent'>, <Level.POOR: 'poor'>)
    """
    return next(level for min_score, level in LEVELS if score >= min_score)


def measure_contrast(levels: UInt8Array, mask: BoolArray) -> float:
    """Measure how far the digit's ink is from its background, 0..1.

    Args:
        levels: (H, W) uint8, ink light on black.
        mask: (H, W) bool, the digit's ink.
    """
    return float(np.median(levels[mask])) / 255


def _falling(value: float, best_worst: tuple[float, float]) -> float:
    """Rate a value that should be small: 1 up to the best, 0 from the worst on."""
    best, worst = best_worst
    return float(np.clip((worst - value) / (worst - best), 0, 1))


def cut_out(box: BoxXYXY, size_hw: tuple[int, int]) -> tuple[slice, slice]:
    """The rows and columns of a box with some margin, within the picture."""
    left, top, right, bottom = box
    margin = round(MARGIN_FRACTION * max(right - left, bottom - top)) + MARGIN_PX
    rows = slice(max(0, top - margin), min(size_hw[0], bottom + margin))
    return rows, slice(max(0, left - margin), min(size_hw[1], right + margin))


def distance_inside(mask: BoolArray) -> Float32Array:
    """How far each pixel of ink is from the page, (h, w) bool to (h, w) float32, px; 0 on page."""
    inside = cv2.distanceTransform(np.pad(mask, 1).astype(np.uint8), cv2.DIST_L2, 5)
    return np.asarray(inside[1:-1, 1:-1], np.float32)


def measure_evenness(inside: Float32Array) -> float:
    """Measure how even the stroke's width is; attached shadows, blots or lines lower it.

    Args:
        inside: (h, w) float32, from `distance_inside`.

    Returns:
        0..1.

    >>> strip = np.zeros((60, 40), bool)
    >>> strip[10:50, 15:23] = True
    >>> measure_evenness(distance_inside(strip)) > 0.9
    True
    >>> strip[30:50, 5:35] = True
    >>> measure_evenness(distance_inside(strip)) < 0.3
    True
    """
    on_ridge = (inside >= cv2.dilate(inside, np.ones((3, 3)))) & (inside > 0)
    half_widths = inside[on_ridge]
    if not half_widths.size:
        return 0.0
    spread = float(half_widths.std() / half_widths.mean())
    bulge = float(np.log(half_widths.max() / np.median(half_widths)))
    return (_falling(spread, SPREAD_RANGE) + _falling(bulge, BULGE_RANGE)) / 2


def _shrink(
    levels: UInt8Array, mask: BoolArray, stroke_px: float
) -> tuple[UInt8Array, BoolArray, float]:
    """Shrink thick strokes to COARSE_STROKE_PX: faint ends stay visible, and it is faster."""
    factor = COARSE_STROKE_PX / stroke_px
    if factor >= 1:
        return levels, mask, stroke_px
    coarse, coverage = (
        cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
        for image in (levels, mask.astype(np.uint8) * 255)
    )
    return coarse.astype(np.uint8), coverage > 127, COARSE_STROKE_PX


def measure_wholeness(
    levels: UInt8Array, mask: BoolArray, min_level: float, stroke_px: float
) -> float:
    """Measure how complete the digit is; faint ink that continues its strokes lowers it.

    Args:
        levels: (h, w) uint8, ink light on black.
        mask: (h, w) bool, the digit's ink.
        min_level: the level below which nothing was taken as ink.
        stroke_px: the stroke's mean width.

    Returns:
        0..1.
    """
    cut = max(min_level, INK_CUT_FRACTION * float(np.median(levels[mask])))
    levels, mask, stroke_px = _shrink(levels, mask, stroke_px)
    if not mask.any():
        return 0.0
    count, labels = cv2.connectedComponents(
        ((levels > FAINT_FRACTION * cut) | mask).astype(np.uint8)
    )
    is_of_digit = np.zeros(count, bool)
    is_of_digit[labels[mask]] = True
    reach = 2 * round(max(2.0, 0.75 * stroke_px)) + 1  # nearer than this it is the stroke's edge
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
    near = cv2.dilate(mask.astype(np.uint8), disc) > 0
    _, _, width, height = cv2.boundingRect(mask.astype(np.uint8))
    lost = np.count_nonzero(is_of_digit[labels] & ~near) / (stroke_px * max(width, height))
    return _falling(float(np.log1p(10 * lost)), (0.0, LOST_FULL))


def rate_factors(quality: Quality) -> dict[str, float]:
    """Rate each factor of a quality, 0 (bad) to 1 (nothing to improve), in the order of WEIGHTS."""
    return {
        "contrast": min(1.0, quality.contrast / FULL_CONTRAST),
        "size": min(1.0, quality.size_px / FULL_SIZE_PX),
        "shape": float(np.clip(2 - quality.aspect_ratio / MAX_USUAL_ASPECT, 0, 1)),
        "evenness": quality.evenness,
        "clearness": quality.clearness,
        "wholeness": quality.wholeness,
    }


def measure_quality(ink_map: InkMap, location: Location) -> Quality | None:
    """Score a located digit; None if nothing was located.

    Args:
        ink_map: of the picture.
        location: of the digit.
    """
    if location.given_xyxy is None:
        return None
    left, top, wide, tall = cv2.boundingRect(location.mask.view(np.uint8))
    near = cut_out((left, top, left + wide, top + tall), location.mask.shape)
    levels, own = ink_map.levels[near], location.mask[near]
    inside = distance_inside(own)
    stroke_px = max(4 * float(inside[own].mean()) - 1, 1.0)  # as `resizing.measure_stroke`
    given_left, given_top, given_right, given_bottom = location.given_xyxy
    width, height = given_right - given_left, given_bottom - given_top
    return score_quality(
        contrast=measure_contrast(levels, own),
        size_px=max(width, height),
        aspect_ratio=width / height,
        evenness=measure_evenness(inside),
        clearness=1 - _falling(location.confidence, CLEAR_RANGE),
        wholeness=measure_wholeness(levels, own, ink_map.min_level, stroke_px),
    )


def score_quality(
    *,
    contrast: float,
    size_px: int,
    aspect_ratio: float,
    evenness: float = 1.0,
    clearness: float = 1.0,
    wholeness: float = 1.0,
) -> Quality:
    """Compute the quality of a located digit from its factors; see `Quality`.

    >>> score_quality(contrast=0.6, size_px=200, aspect_ratio=0.6).score
    1.0
    """
    draft = Quality(
        0.0,
        Level.POOR,
        round(contrast, 4),
        size_px,
        round(aspect_ratio, 4),
        round(evenness, 4),
        round(clearness, 4),
        round(wholeness, 4),
    )
    rated = rate_factors(draft)
    score = round(sum(WEIGHTS[name] * value for name, value in rated.items()) ** 2, 4)
    return dataclasses.replace(draft, score=score, level=level_of(score))
