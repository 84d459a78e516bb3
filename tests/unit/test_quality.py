"""The quality score: weights, saturation, levels."""

from __future__ import annotations

import pytest

from digitscope.preprocessing.quality import level_of, measure_quality
from digitscope.types import Level


@pytest.mark.parametrize(
    ("contrast", "size_px", "aspect_ratio", "score"),
    [
        (1.0, 1000, 0.6, 1.0),
        (0.5, 100, 1.0, 1.0),  # where each part is just full
        (0.25, 100, 0.5, 0.75),  # contrast weighs a half
        (0.5, 50, 0.5, 0.85),  # size three tenths
        (0.5, 100, 1.5, 0.9),  # the aspect ratio two tenths
        (0.5, 100, 2.0, 0.8),
        (0.5, 100, 9.0, 0.8),
        (0.5, 100, 0.02, 1.0),  # a slim 1 is no fault
        (0.0, 0, 3.0, 0.0),
    ],
)
def test_the_score_is_the_weighted_sum(
    contrast: float, size_px: int, aspect_ratio: float, score: float
) -> None:
    quality = measure_quality(contrast, size_px, aspect_ratio)
    assert quality.score == pytest.approx(score, abs=1e-4)
    assert quality.level is level_of(quality.score)


def test_what_was_measured_is_passed_on() -> None:
    quality = measure_quality(0.123456, 77, 0.333333)
    assert (quality.contrast, quality.size_px, quality.aspect_ratio) == (0.1235, 77, 0.3333)


@pytest.mark.parametrize(
    ("score", "level"),
    [
        (1.0, Level.EXCELLENT),
        (0.75, Level.EXCELLENT),
        (0.7499, Level.GOOD),
        (0.5, Level.GOOD),
        (0.4999, Level.FAIR),
        (0.3, Level.FAIR),
        (0.2999, Level.POOR),
        (0.0, Level.POOR),
    ],
)
def test_each_level_starts_at_its_bound(score: float, level: Level) -> None:
    assert level_of(score) is level
