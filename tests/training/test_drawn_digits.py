"""Digits drawn by rule: a 1 cannot be taken for a 7, nor a 4 for a 6 or a 9."""

from __future__ import annotations

import numpy as np
import pytest

from training.data.drawn_digits import (
    BAR_TILT_DEG,
    CURVE_POINTS,
    HANDS,
    Hand,
    draw_strokes,
    four,
    one,
    seven,
)

SLACK_DEG = 8  # ends tremble, and a curve's chord is not its rule


def _fall_deg(line: np.ndarray) -> float:
    x, y = line[-1] - line[0]
    return float(np.degrees(np.arctan2(abs(y), abs(x))))


@pytest.mark.parametrize("hand", [hand for _, hand, _ in HANDS])
def test_a_digit_is_a_few_lines_about_as_tall_as_one(hand: Hand) -> None:
    rng = np.random.default_rng(0)
    for _ in range(50):
        points = np.concatenate(hand(rng))
        assert points.shape[1] == 2 and np.isfinite(points).all()
        assert 0.8 < np.ptp(points[:, 1]) < 1.4 and np.ptp(points[:, 0]) < 1.4


def test_a_long_flag_falls_and_a_bar_is_level() -> None:
    rng = np.random.default_rng(0)
    for _ in range(300):
        flag, stem = one(rng)[:2]
        flag = flag[-CURVE_POINTS:]  # without the hook that it may begin with
        length = np.linalg.norm(flag[-1] - flag[0]) / np.linalg.norm(stem[-1] - stem[0])
        assert flag[0][0] < flag[-1][0]  # it begins on the left
        if length > 0.4:
            assert _fall_deg(flag) > BAR_TILT_DEG + SLACK_DEG
        assert _fall_deg(seven(rng)[0]) < BAR_TILT_DEG + SLACK_DEG


def test_some_flags_are_as_long_as_the_stem() -> None:
    rng = np.random.default_rng(0)
    lengths = [np.ptp(one(rng)[0][:, 1]) for _ in range(300)]
    assert max(lengths) > 0.7 and min(lengths) < 0.25


def test_a_fours_stem_goes_on_below_its_bar() -> None:
    rng = np.random.default_rng(0)
    for _ in range(300):
        left, stem = four(rng)
        assert stem[-1][1] > left[-1][1] + 0.1


def test_the_same_chance_draws_the_same() -> None:
    first, second = (draw_strokes(np.random.default_rng(4)) for _ in range(2))
    assert first[0] == second[0]
    assert all(np.array_equal(a, b) for a, b in zip(first[1], second[1], strict=True))
