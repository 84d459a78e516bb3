"""Steps 2 to 5: from a picture and its ground to a map of ink, light on dark, and a mask."""

from __future__ import annotations

from statistics import NormalDist
from typing import cast

import cv2
import numpy as np

from digitscope.preprocessing.connected_components import label_components
from digitscope.types import BoolArray, Float32Array, UInt8Array

LUMA = np.array([0.299, 0.587, 0.114], np.float32)  # ITU-R BT.601
STRONGEST_SHARE = 0.005  # polarity and colour of the ink are read from this share of the pixels
STRONGEST_LEAST = 16  # ... but from no fewer pixels than this
CALM_SHARE = 0.3  # the page's grain is read from this share of the pixels
DENOISE_SHARE = 1 / 600  # deviation of the denoising kernel as a share of the longest side
INK_SIGMAS = 3.5  # ink stands out from the page's grain by this many deviations
INK_LEAST = 7.0  # ... and by this many of 255 levels: less is compression, not ink
CONTRAST_PERCENTILE = 75  # of a stroke's levels: above the soft edges, below blots
BLOCK_FILL = 0.45  # a piece that fills this share of its box is no stroke
SPECK_PX, SPECK_AREA = 8, 2e-5  # a spot of fewer pixels, or a smaller share of the picture, is dust
ROUNDED_DOWN = 0.499  # cv2 rounds to the nearest level; the next darker one keeps faint dark ink
OTSU_RANGE = (
    0.30,
    0.50,
)  # Otsu's threshold is kept in this share of a stroke's own contrast


def page_sigma(difference: Float32Array) -> float:
    """Estimate the page's grain: a robust standard deviation, in levels of 255.

    From the narrowest range of levels that holds a third of the picture, so that it holds where
    ink covers half of it and where grid lines have shifted the estimated ground.

    Args:
        difference: (H, W, 3) float32, picture minus ground.

    Source: the shorth, Rousseeuw and Leroy (1988).
    """
    return _deviation(np.ascontiguousarray(difference[::3, ::3]) @ LUMA)


def denoised_sigma(difference: Float32Array) -> float:
    """Estimate what is left of the page's grain after denoising: as `page_sigma`, less of it."""
    luma = cv2.transform(difference, LUMA[np.newaxis])
    calm = cv2.GaussianBlur(luma, (0, 0), denoise_sigma_px(luma.shape[:2]))
    return _deviation(calm[::3, ::3].astype(np.float32, copy=False))


def _deviation(levels: Float32Array) -> float:
    """The deviation of a normal distribution of which a third lies as close as here."""
    ordered = np.sort(levels, axis=None)
    held = max(1, int(CALM_SHARE * ordered.size))
    width = float((ordered[held:] - ordered[:-held]).min()) if ordered.size > held else 0.0
    return width / 2 / NormalDist().inv_cdf(0.5 + CALM_SHARE / 2)


def _strongest_level(strength: UInt8Array) -> int:
    """Find the level, 0..255, that only the strongest STRONGEST_SHARE of the pixels reach."""
    counts = cv2.calcHist([strength], [0], None, [256], [0, 256]).ravel()
    wanted = max(STRONGEST_LEAST, strength.size * STRONGEST_SHARE)
    from_top = np.cumsum(counts[::-1])
    return 255 - int(np.searchsorted(from_top, wanted))


def is_ink_dark(difference: Float32Array, keep: Float32Array) -> bool:
    """Tell dark ink on a light ground (True) from light ink on a dark one.

    Args:
        difference: (H, W, 3) float32, picture minus ground.
        keep: (H, W) float32, 0..1, how much of each pixel is kept.
    """
    luma = cv2.transform(difference, LUMA[np.newaxis])
    darker, lighter = (
        cv2.multiply(luma, keep, scale=side, dtype=cv2.CV_8U).astype(np.uint8, copy=False)
        for side in (-1, 1)
    )
    return _strongest_level(darker) >= _strongest_level(lighter)


def compose(difference: Float32Array, keep: Float32Array, dark: bool) -> UInt8Array:
    """Put what was kept on an even ground: white under dark ink, black under light ink.

    Args:
        difference: (H, W, 3) float32, picture minus ground.
        keep: (H, W) float32, 0..1.
        dark: whether the ink is darker than its ground.

    Returns:
        (H, W, 3) uint8.
    """
    plain = np.array([255.0 if dark else 0.0] * 3 + [0.0]) - ROUNDED_DOWN  # a scalar of cv2's
    kept = cv2.multiply(difference, cv2.merge([keep, keep, keep]))
    return cv2.add(kept, plain, dtype=cv2.CV_8U).astype(np.uint8, copy=False)


def ink_colour(composed: UInt8Array, dark: bool) -> Float32Array:
    """Find the direction in RGB in which the ink differs from the even ground.

    Returns:
        (3,) float32 of length 1, components at or above 0: (.58, .58, .58) for black or white ink,
        mostly green and blue for a red pen on white.
    """
    distance = (255 - composed if dark else composed).astype(np.uint8)
    strength = cv2.cvtColor(distance, cv2.COLOR_RGB2GRAY).astype(np.uint8, copy=False)
    strongest = (strength >= max(1, _strongest_level(strength))).astype(np.uint8)
    colour = np.array(cv2.mean(distance, strongest)[:3], np.float32)
    length = float(np.linalg.norm(colour))
    return colour / length if length > 0 else np.full(3, 3**-0.5, np.float32)


def to_grey(composed: UInt8Array, dark: bool, colour: Float32Array) -> UInt8Array:
    """Turn colour into grey along the ink's own colour, so that no pen turns out pale.

    Args:
        composed: (H, W, 3) uint8 on an even ground.
        dark: whether that ground is white.
        colour: (3,) float32 from `ink_colour`.

    Returns:
        (H, W) uint8, of the same polarity as `composed`.
    """
    weights = (colour / colour.sum())[np.newaxis]
    distance = (255 - composed if dark else composed).astype(np.uint8)
    grey = cv2.transform(distance, weights).astype(np.uint8)
    return cast(UInt8Array, 255 - grey if dark else grey)


def denoise_sigma_px(size_hw: tuple[int, int]) -> float:
    """Choose the denoising kernel's deviation, in pixels, for a picture's size."""
    return max(0.6, max(size_hw) * DENOISE_SHARE)


def denoise(grey: UInt8Array) -> UInt8Array:
    """Calm grain with a Gaussian whose width follows the image size: (H, W) uint8 to the same."""
    sigma = denoise_sigma_px(grey.shape[:2])
    return cv2.GaussianBlur(grey, (0, 0), sigma).astype(np.uint8, copy=False)


def ink_threshold(sigma: float) -> float:
    """The level, of 255, below which nothing is ink on a page with this much grain."""
    return max(INK_SIGMAS * sigma, INK_LEAST)


def otsu_threshold(values: UInt8Array) -> float:
    """Otsu's threshold of a set of grey values (N,) uint8: the cut that splits them best.

    Source: Otsu (1979).
    """
    threshold, _ = cv2.threshold(values.reshape(1, -1), 0, 255, cv2.THRESH_OTSU)
    return float(threshold)


def _cut_level(values: UInt8Array, box_area: int) -> float:
    """Choose the level, 0..255, that parts ink from page within one connected piece.

    Otsu's threshold, kept within OTSU_RANGE of the piece's own contrast so that a blot does not
    outshine the pen line it sits on. Where that leaves a block rather than a stroke (a grey patch
    with writing on it), Otsu's threshold as it is.
    """
    rank = CONTRAST_PERCENTILE * (values.size - 1) // 100
    contrast = float(np.partition(values, rank)[rank])
    otsu = otsu_threshold(values)
    cut = min(max(otsu, OTSU_RANGE[0] * contrast), OTSU_RANGE[1] * contrast)
    is_block = np.count_nonzero(values > cut) > BLOCK_FILL * box_area
    return max(otsu, cut) if is_block else cut


def mark_ink(ink: UInt8Array, least: float) -> BoolArray:
    """Mark ink: each connected piece is cut at a level of its own.

    One threshold for the whole picture would lose a faint digit beside a dark table edge.

    Args:
        ink: (H, W) uint8, light on black.
        least: levels below this are page, from `ink_threshold`.

    Returns:
        (H, W) bool.
    """
    labels, stats = label_components(ink > least)
    cuts = np.full(len(stats), 255, np.uint8)  # no pixel is above
    for label in range(1, len(stats)):
        left, top, width, height, area = (int(value) for value in stats[label])
        if area < max(SPECK_PX, SPECK_AREA * ink.size):
            continue
        window = np.s_[top : top + height, left : left + width]
        values = ink[window][labels[window] == label]
        cuts[label] = int(max(least, _cut_level(values, width * height)))  # levels are whole
    return np.asarray(ink > cuts[labels])
