"""The quality score: how good a picture was to read from, before anything was read."""

from __future__ import annotations

import numpy as np

from digitscope.types import Level, Quality

# The weights and levels are those of the application that this one succeeds.
CONTRAST_WEIGHT, SIZE_WEIGHT, ASPECT_WEIGHT = 0.5, 0.3, 0.2
LEVELS = (
    (0.75, Level.EXCELLENT),
    (0.5, Level.GOOD),
    (0.3, Level.FAIR),
    (0.0, Level.POOR),
)
FULL_CONTRAST = 0.5  # ink half the range darker than the page is as good as it gets
FULL_SIZE_PX = 100  # a digit this large loses nothing on the way to 20 px
WIDEST_USUAL_ASPECT = 1.0  # digits are taller than wide; a slim "1" is no fault


def level_of(score: float) -> Level:
    """Name a score, 0..1.

    >>> level_of(0.8), level_of(0.1)
    (<Level.EXCELLENT: 'excellent'>, <Level.POOR: 'poor'>)
    """
    return next(level for least, level in LEVELS if score >= least)


def measure_quality(contrast: float, size_px: int, aspect_ratio: float) -> Quality:
    """Score a located digit.

    Args:
        contrast: ink against ground, 0..1.
        size_px: longest side in the picture that was given.
        aspect_ratio: width divided by height.

    >>> measure_quality(0.6, 200, 0.6).score
    1.0
    """
    contrast_score = min(1.0, contrast / FULL_CONTRAST)
    size_score = min(1.0, size_px / FULL_SIZE_PX)
    aspect_score = float(np.clip(2 - aspect_ratio / WIDEST_USUAL_ASPECT, 0, 1))
    score = (
        CONTRAST_WEIGHT * contrast_score + SIZE_WEIGHT * size_score + ASPECT_WEIGHT * aspect_score
    )
    score = round(score, 4)
    return Quality(score, level_of(score), round(contrast, 4), size_px, round(aspect_ratio, 4))
