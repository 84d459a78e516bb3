"""The quality score: what each factor sees, weights, saturation, levels."""

from __future__ import annotations

import dataclasses

import cv2
import numpy as np
import pytest

from digitscope.preprocessing.quality import (
    WEIGHTS,
    distance_inside,
    level_of,
    measure_evenness,
    measure_quality,
    measure_wholeness,
    rate_factors,
    score_quality,
)
from digitscope.preprocessing.state import InkMap, Location
from digitscope.types import BoolArray, Level, Quality, Reason, UInt8Array
from tests.unit.drawn import Points, strokes_mask

FIGURES = {"contrast": 0.5, "size_px": 100, "aspect_ratio": 1.0}  # where each is just full
SEVEN: Points = [(110, 60), (210, 60), (150, 190)]


# --- The score -----------------------------------------------------------------------------------


def test_the_weights_are_shares_of_one() -> None:
    assert sum(WEIGHTS.values()) == pytest.approx(1)
    assert min(WEIGHTS.values()) > 0


@pytest.mark.parametrize(
    ("change", "lost"),
    [
        ({}, 0),
        ({"contrast": 1.0, "size_px": 1000}, 0),  # more than full is full
        ({"aspect_ratio": 0.02}, 0),  # a slim 1 is no fault
        ({"contrast": 0.25}, WEIGHTS["contrast"] / 2),
        ({"size_px": 50}, WEIGHTS["size"] / 2),
        ({"aspect_ratio": 1.5}, WEIGHTS["shape"] / 2),
        ({"aspect_ratio": 9.0}, WEIGHTS["shape"]),
        ({"evenness": 0.0}, WEIGHTS["evenness"]),
        ({"clearness": 0.5}, WEIGHTS["clearness"] / 2),
        ({"wholeness": 0.2}, WEIGHTS["wholeness"] * 0.8),
    ],
    ids=str,
)
def test_the_score_is_the_squared_weighted_sum(change: dict[str, float], lost: float) -> None:
    quality = score_quality(**(FIGURES | change))  # type: ignore[arg-type]
    assert quality.score == pytest.approx((1 - lost) ** 2, abs=1e-4)
    assert quality.level is level_of(quality.score)


def test_nothing_good_is_nothing() -> None:
    worst = {"contrast": 0.0, "size_px": 0, "aspect_ratio": 3.0}
    quality = score_quality(**worst, evenness=0, clearness=0, wholeness=0)  # type: ignore[arg-type]
    assert (quality.score, quality.level) == (0.0, Level.POOR)


def test_every_weight_has_its_factor() -> None:
    quality = score_quality(**FIGURES)  # type: ignore[arg-type]
    assert list(rate_factors(quality)) == list(WEIGHTS)
    assert set(rate_factors(quality).values()) == {1.0}
    assert rate_factors(dataclasses.replace(quality, wholeness=0.25))["wholeness"] == 0.25


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


# --- Evenness ------------------------------------------------------------------------------------


def _evenness(mask: BoolArray) -> float:
    return measure_evenness(distance_inside(mask))


@pytest.mark.parametrize("width_px", [4, 10, 24])
def test_a_stroke_of_one_width_is_even(width_px: int) -> None:
    assert _evenness(strokes_mask(SEVEN, width_px=width_px)) > 0.75


def test_what_hangs_on_a_stroke_makes_it_uneven() -> None:
    mask = strokes_mask(SEVEN)
    clean = _evenness(mask)
    mask[100:190, 150:230] = True  # a shadow beside the stem
    assert _evenness(mask) < clean - 0.4


def test_a_line_thinner_than_the_stroke_makes_it_uneven() -> None:
    mask = strokes_mask(SEVEN, width_px=14)
    clean = _evenness(mask)
    assert _evenness(mask | strokes_mask([(20, 150), (300, 150)], width_px=2)) < clean - 0.2


def test_no_ink_has_no_evenness() -> None:
    assert _evenness(np.zeros((20, 20), bool)) == 0


def test_a_cut_out_that_is_all_stroke_is_even() -> None:
    assert _evenness(np.ones((100, 8), bool)) > 0.9


# --- Wholeness -----------------------------------------------------------------------------------


def _levels(mask: BoolArray, level: int, faint: BoolArray | None = None) -> UInt8Array:
    """Ink of one level, fainter where `faint`, with soft edges."""
    levels = np.where(mask, level, 0)
    if faint is not None:
        levels = np.maximum(levels, np.where(faint, level * 0.3, 0))
    return cv2.GaussianBlur(levels.astype(np.uint8), (0, 0), 1.2)


@pytest.mark.parametrize("width_px", [3, 8, 20])
@pytest.mark.parametrize("level", [60, 200])
def test_a_stroke_that_ends_where_its_ink_ends_is_whole(width_px: int, level: int) -> None:
    mask = strokes_mask(SEVEN, width_px=width_px)
    assert measure_wholeness(_levels(mask, level), mask, 10, width_px) > 0.9


@pytest.mark.parametrize("width_px", [4, 8, 20])
def test_a_stroke_that_fades_away_is_not(width_px: int) -> None:
    found = strokes_mask(SEVEN[:2], width_px=width_px)
    faint = strokes_mask(SEVEN[1:], width_px=width_px)
    assert measure_wholeness(_levels(found, 200, faint), found, 10, width_px) < 0.3


def test_faint_ink_that_does_not_touch_is_something_else() -> None:
    found = strokes_mask([(100, 40), (100, 200)])
    faint = strokes_mask([(180, 40), (180, 200)])
    assert measure_wholeness(_levels(found, 200, faint), found, 10, 8) > 0.9


def test_ink_that_thins_out_to_nothing_is_not_whole() -> None:
    dots = np.zeros((80, 80), bool)
    dots[::4, ::4] = True
    assert measure_wholeness(dots * np.uint8(200), dots, 10, stroke_px=40) == 0


def test_grain_below_what_may_be_ink_is_no_ink() -> None:
    mask = strokes_mask(SEVEN)
    grain = np.random.default_rng(0).integers(0, 11, mask.shape).astype(np.uint8)
    levels = np.maximum(_levels(mask, 120), grain)
    assert measure_wholeness(levels, mask, 30, 8) > 0.9


# --- All of it -----------------------------------------------------------------------------------


def _measured(levels: UInt8Array, mask: BoolArray, confidence: float = 1.0) -> Quality:
    box = (106, 56, 214, 194)
    location = Location(mask, box, None, confidence=confidence, given_xyxy=box)
    quality = measure_quality(InkMap(levels, mask, min_level=10), location)
    assert quality is not None
    return quality


def test_a_clean_stroke_is_excellent_and_its_figures_are_told() -> None:
    mask = strokes_mask(SEVEN)
    quality = _measured(_levels(mask, 200), mask)
    assert quality.level is Level.EXCELLENT
    assert quality.contrast == pytest.approx(200 / 255, abs=0.02)
    assert (quality.size_px, quality.aspect_ratio) == (138, round(108 / 138, 4))
    assert quality.clearness == 1


@pytest.mark.parametrize(("clear", "clearness"), [(1.0, 1), (0.8, 0.5), (0.6, 0), (0.1, 0)])
def test_page_all_round_is_clear(clear: float, clearness: float) -> None:
    mask = strokes_mask(SEVEN)
    quality = _measured(_levels(mask, 200), mask, clear)
    assert quality.clearness == pytest.approx(clearness, abs=1e-4)


def test_only_the_surroundings_of_the_digit_count() -> None:
    mask = strokes_mask(SEVEN, size_wh=(640, 480))
    levels = _levels(mask, 200)
    scribbled = levels.copy()
    scribbled[300:460, 400:620] = 90
    assert _measured(levels, mask) == _measured(scribbled, mask)


def test_what_was_not_located_has_no_quality() -> None:
    nothing = np.zeros((20, 20), bool)
    location = Location(nothing, None, Reason.BLANK)
    assert measure_quality(InkMap(nothing * np.uint8(1), nothing, 10), location) is None
