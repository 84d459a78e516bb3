"""Step 2: what is kept lies on even white or black."""

from __future__ import annotations

import numpy as np
import pytest

from digitscope.preprocessing.composition import compose


@pytest.mark.parametrize(("dark", "plain", "shifted"), [(True, 255, 55), (False, 0, 200)])
def test_what_is_kept_lies_on_white_or_black(dark: bool, plain: int, shifted: int) -> None:
    difference = np.zeros((4, 6, 3), np.float32)
    difference[1] = -200 if dark else 200
    difference[2] = difference[1]
    keep = np.ones((4, 6), np.float32)
    keep[2] = 0
    composed = compose(difference, keep, is_ink_dark=dark)
    assert composed.dtype == np.uint8
    assert composed[:, 0, 0].tolist() == [plain, shifted, plain, plain]


def test_levels_beyond_the_range_are_clipped() -> None:
    difference = np.full((2, 2, 3), 90, np.float32)
    assert (compose(difference, np.ones((2, 2), np.float32), is_ink_dark=True) == 255).all()


@pytest.mark.parametrize(("dark", "expected"), [(True, 205), (False, 50)])
def test_what_is_half_kept_is_half_as_far_from_the_background(dark: bool, expected: int) -> None:
    difference = np.full((2, 2, 3), -100 if dark else 100, np.float32)
    composed = compose(difference, np.full((2, 2), 0.5, np.float32), is_ink_dark=dark)
    assert np.abs(composed.astype(int) - expected).max() <= 1


def test_faint_dark_ink_is_not_rounded_away() -> None:
    difference = np.full((2, 2, 3), -0.5, np.float32)
    assert (compose(difference, np.ones((2, 2), np.float32), is_ink_dark=True) == 254).all()
