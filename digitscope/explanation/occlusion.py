"""Which strokes support the answer: spots of the tile are changed, and it is classified again.

Erasing ink shows which strokes the answer depends on. It cannot show that a gap supports a 4 and
not a 9. So the empty page between the strokes is inked in the same way.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from digitscope.types import (
    TILE_PX,
    BoolArray,
    Explanation,
    Float32Array,
    Prediction,
    UInt8Array,
)

SPOT_SIGMA_PX = 2.0  # soft spots 5 px wide break a stroke of 3 px; narrower ones only dent it
SPOT_STEP_PX = 3  # less than a spot's width: spots overlap, and a tile takes about 50
INK_LEVEL = 64  # of 255; MNIST's soft edges lie below
MIN_COVER = 0.15  # a spot on a smaller fraction of ink (or page) changes nothing
MIN_PROBABILITY = 1e-7  # below it, a float32 softmax is only rounding errors: limits the odds

Classify = Callable[[UInt8Array], Float32Array]


@functools.cache
def _spots() -> Float32Array:
    """All spots, (N, 28, 28) float32, each a Gaussian that is 1 at its centre."""
    across = np.arange(SPOT_STEP_PX // 2, TILE_PX, SPOT_STEP_PX)
    rows, columns = np.mgrid[:TILE_PX, :TILE_PX]
    distances = [(rows - y) ** 2 + (columns - x) ** 2 for y in across for x in across]
    return np.exp(-np.stack(distances) / (2 * SPOT_SIGMA_PX**2)).astype(np.float32)


def _covering(weight: NDArray[Any]) -> Float32Array:
    """Choose the spots that lie on `weight`, (28, 28) 0..1: (n, 28, 28) float32."""
    spots = _spots()
    cover = np.tensordot(spots, weight, 2) / spots.sum(axis=(1, 2))
    return np.asarray(spots[cover > MIN_COVER])


def find_gaps(pixels: UInt8Array) -> BoolArray:
    """Find the empty page between the strokes: inside their convex hull, not ink.

    Args:
        pixels: (28, 28) uint8, light on black.

    Returns:
        (28, 28) bool.
    """
    ink = pixels >= INK_LEVEL
    hull = np.zeros(pixels.shape, np.uint8)
    if ink.any():
        points = np.argwhere(ink)[:, ::-1].astype(np.int32)  # (n, 2), x before y
        cv2.fillConvexPoly(hull, cv2.convexHull(points), 1)
    return (hull > 0) & ~ink


def _spread(spots: Float32Array, falls: Float32Array) -> Float32Array:
    """Average the falls of the spots on each pixel, (n, 28, 28) and (n,) -> (28, 28)."""
    total = np.tensordot(falls, spots, 1)
    return np.asarray(total / np.maximum(spots.sum(axis=0), 1e-3), np.float32)


def explain_tile(
    classify: Classify, pixels: UInt8Array, contrast_class: int | None = None
) -> Explanation:
    """Measure how far each spot of a tile supports the most probable digit or contradicts it.

    Args:
        classify: the network, called once: (N, 28, 28) uint8 tiles to (N, 10) probabilities.
        pixels: (28, 28) uint8, light on black.
        contrast_class: the digit to compare with; by default the second most probable.

    Returns:
        The signed heat map, 0 outside the ink and the gaps between its strokes.

    Source: occlusion, Zeiler and Fergus, "Visualizing and Understanding Convolutional Networks",
        ECCV 2014; soft spots and the inking of gaps are ours.
    """
    ink = pixels / np.float32(255)
    gaps = find_gaps(pixels)
    erased, inked = _covering(ink), _covering(gaps)
    changed = np.concatenate([ink[np.newaxis], ink * (1 - erased), ink + (1 - ink) * inked])
    rows = classify(np.round(changed * 255).astype(np.uint8))  # (1 + n + m, 10)
    (answer, _), (second, _) = Prediction(rows[0]).ranked[:2]
    contrast_class = second if contrast_class is None else contrast_class
    logs = np.log(np.maximum(rows, MIN_PROBABILITY))
    odds = logs[:, answer] - logs[:, contrast_class]
    falls = odds[0] - odds[1:]
    of_ink = _spread(erased, falls[: len(erased)]) * (pixels >= INK_LEVEL)
    of_gaps = _spread(inked, falls[len(erased) :]) * gaps
    return Explanation(answer, contrast_class, of_ink + of_gaps)
