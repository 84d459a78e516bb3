"""Step 7: the digit is cut out and its ink stretched to the full range."""

from __future__ import annotations

import numpy as np
import pytest

from digitscope.preprocessing import contrast
from digitscope.preprocessing.contrast import LEVEL_PERCENTILE, stretch_contrast
from digitscope.preprocessing.state import Attempt, Location, State
from digitscope.preprocessing.working_picture import to_working_size
from digitscope.types import BoolArray, BoxXYXY, Reason
from tests.unit.drawn import Points, sheet, strokes_mask

SEVEN: Points = [(130, 40), (270, 40), (180, 260)]
PAGE_WH = (400, 300)


def _mask(points: Points, width_px: int) -> BoolArray:
    return strokes_mask(points, size_wh=PAGE_WH, width_px=width_px)


def _box(mask: BoolArray) -> BoxXYXY:
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


@pytest.mark.parametrize("level", [12, 40, 120, 255])
def test_ink_of_any_strength_is_stretched_to_the_full_range(level: int) -> None:
    mask = _mask(SEVEN, 12)
    stretched, own = stretch_contrast(mask * np.uint8(level), mask, _box(mask))
    assert (stretched.dtype, own.dtype) == (np.float32, np.bool_)
    assert stretched.shape == own.shape
    assert stretched[own].min() > 0.95
    assert (stretched.min(), stretched.max()) == (0, 1)
    assert own.sum() == mask.sum()


def test_ink_that_is_not_the_digits_own_is_left_out() -> None:
    mask, levels = _mask(SEVEN, 12), np.zeros(PAGE_WH[::-1], np.uint8)
    levels[mask] = 200
    levels[200:240, 240:260] = 255  # inside the box, far from the stroke
    stretched, _ = stretch_contrast(levels, mask, _box(mask))
    ink, _ = stretch_contrast(mask * np.uint8(200), mask, _box(mask))
    np.testing.assert_array_equal(stretched, ink)


def test_a_digit_at_the_pictures_edge_gets_its_margin() -> None:
    mask = np.zeros((100, 50), bool)
    mask[:, :10] = True
    stretched, own = stretch_contrast(mask * np.uint8(200), mask, (0, 0, 10, 100))
    assert own.shape == stretched.shape == (110, 20)
    assert own[5:-5, 5:-5].all() and own.sum() == 1000


def test_uneven_faint_ink_is_evened_out() -> None:
    mask = _mask([(200, 40), (200, 260)], 14)
    fading = np.broadcast_to(np.linspace(15, 45, 300)[:, None], mask.shape) * mask
    stretched, own = stretch_contrast(fading.astype(np.uint8), mask, _box(mask))
    plain = np.clip(fading[mask] / np.percentile(fading[mask], LEVEL_PERCENTILE), 0, 1)
    assert stretched[own].mean() > plain.mean()
    assert stretched[own].min() > plain.min()


def test_a_picture_without_a_digit_cannot_be_cut_out() -> None:
    nothing = Location(np.zeros((240, 320), bool), None, Reason.BLANK)
    with pytest.raises(ValueError, match=r"needs a located digit\. Received"):
        contrast.apply(State(to_working_size(sheet()), location=nothing), Attempt())
