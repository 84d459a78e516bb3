"""The eleven steps together: their record, the box, what they leave of refused pictures."""

from __future__ import annotations

import numpy as np
import pytest

from digitscope.preprocessing.pipeline import Attempt
from digitscope.preprocessing.pipeline import preprocess as preprocess_working
from digitscope.preprocessing.steps import STEPS
from digitscope.preprocessing.working import to_working_size
from digitscope.types import BoxXYXY, Preprocessed, Reason, UInt8Array
from tests.unit.drawn import INK_RGB, PAPER_RGB, Points, sheet, write

SEVEN: Points = [(110, 60), (210, 60), (150, 190)]
STEPS_BEFORE_REFUSAL = 6


def _block(page: UInt8Array, box_xyxy: BoxXYXY) -> UInt8Array:
    left, top, right, bottom = box_xyxy
    page[top:bottom, left:right] = INK_RGB
    return page


PICTURES: dict[str, tuple[UInt8Array, Reason | None]] = {
    "dark on light": (write(sheet(), SEVEN), None),
    "light on dark": (write(255 - sheet(), SEVEN, ink_rgb=(250, 250, 250)), None),
    "thin": (write(sheet(), SEVEN, width_px=1), None),
    "thick": (write(sheet(), SEVEN, width_px=40), None),
    "slim 1": (write(sheet(), [(160, 30), (160, 210)]), None),
    "broken": (write(sheet(), [(160, 30), (160, 110)], [(160, 118), (160, 210)]), None),
    "faint": (write(sheet(), SEVEN, ink_rgb=tuple(c - 20 for c in PAPER_RGB)), None),
    "28 x 28": (write(sheet((28, 28)), [(8, 6), (20, 6), (13, 22)], width_px=2), None),
    "blank": (sheet(), Reason.BLANK),
    "speck": (write(sheet(), [(160, 120), (162, 120)], width_px=3), Reason.TOO_SMALL),
    "dash": (write(sheet(), [(60, 120), (260, 120)], width_px=10), Reason.NOT_A_DIGIT),
    "block": (_block(sheet(), (90, 70, 220, 170)), Reason.NOT_A_DIGIT),
}


def preprocess(
    rgb: UInt8Array, given_size_wh: tuple[int, int] | None = None, *, force: bool = False
) -> Preprocessed:
    return preprocess_working(to_working_size(rgb, given_size_wh), Attempt(), force=force)


def _grainy(deviation: float) -> UInt8Array:
    """An empty sheet photographed in the dark."""
    grain = np.random.default_rng(0).normal(0, deviation, (240, 320, 1))
    return np.clip(sheet(paper_rgb=(128, 128, 128)) + grain, 0, 255).astype(np.uint8)


PICTURES["drowned in grain"] = (_grainy(25), Reason.NO_CONTRAST)
PICTURES["blank paper with grain"] = (_grainy(4), Reason.BLANK)


@pytest.mark.parametrize("name", PICTURES)
def test_every_step_is_recorded_in_order_with_its_sentence(name: str) -> None:
    rgb, reason = PICTURES[name]
    result = preprocess(rgb)
    assert result.reason is reason
    taken = len(STEPS) if reason is None else STEPS_BEFORE_REFUSAL
    assert [(step.number, step.key) for step in result.steps] == [
        (info.number, info.key) for info in STEPS[:taken]
    ]
    for step in result.steps:
        assert step.image.dtype == np.uint8
        assert step.image.ndim == 2 or step.image.shape[2:] == (3,)
        assert min(step.image.shape) > 0
        assert step.sentence.endswith(".") and "{" not in step.sentence
    assert (result.tile is None) == (reason is not None)


@pytest.mark.parametrize("name", [name for name, (_, why) in PICTURES.items() if why is None])
def test_the_tile_has_mnists_form(name: str) -> None:
    result = preprocess(PICTURES[name][0])
    assert result.tile is not None and result.quality is not None
    pixels = result.tile.pixels.astype(float)
    columns, rows = pixels.sum(axis=0), pixels.sum(axis=1)
    for sums in (columns, rows):
        assert sums @ np.arange(28) / pixels.sum() == pytest.approx(14, abs=0.55)  # 10 may add ink
    digit = result.steps[7].image
    assert max(digit.shape) == 20
    assert pixels[0].max() == pixels[:, 0].max() == 0
    assert 240 < pixels.max() <= 255
    np.testing.assert_array_equal(result.steps[10].image, result.tile.pixels)
    assert result.tile.ink_mask.shape == result.tile.working_rgb.shape[:2]
    assert result.digits_seen == 1


def test_both_polarities_give_nearly_the_same_tile() -> None:
    page = write(sheet(paper_rgb=(255, 255, 255)), SEVEN, ink_rgb=(0, 0, 0))
    one, other = (preprocess(rgb).tile for rgb in (page, 255 - page))
    assert one is not None and other is not None
    assert np.abs(one.pixels.astype(int) - other.pixels).max() <= 8


def test_the_box_is_told_in_the_pixels_given() -> None:
    page = sheet((640, 480))
    page[100:300, 310:330] = (20, 20, 40)
    result = preprocess(page, (1280, 960))
    assert result.tile is not None and result.quality is not None
    np.testing.assert_allclose(result.tile.box_xyxy, (620, 200, 660, 600), atol=4)
    left, top, right, bottom = result.tile.box_xyxy
    assert result.quality.size_px == bottom - top
    assert result.quality.aspect_ratio == pytest.approx((right - left) / (bottom - top), abs=1e-4)
    assert result.quality.contrast == pytest.approx(0.78, abs=0.06)


@pytest.mark.parametrize("name", PICTURES)
def test_what_was_seen_is_told_even_where_it_is_refused(name: str) -> None:
    result = preprocess(PICTURES[name][0])
    assert (result.detection is None) == (result.quality is None)
    if result.detection is None:
        return
    left, top, right, bottom = result.detection.box_xyxy
    assert result.quality is not None and result.quality.size_px == max(right - left, bottom - top)
    assert result.detection.ink_mask.shape == result.detection.working_rgb.shape[:2]
    assert result.detection.ink_mask.any()


@pytest.mark.parametrize("name", ["dash", "block", "speck", "blank"])
def test_force_a_refused_shape_gets_a_tile(name: str) -> None:
    rgb, reason = PICTURES[name]
    result = preprocess(rgb, force=True)
    assert result.reason is reason
    assert (result.tile is None) == (result.detection is None)
    assert len(result.steps) == (STEPS_BEFORE_REFUSAL if result.tile is None else len(STEPS))


def test_the_same_picture_gives_the_same_tile() -> None:
    page = PICTURES["dark on light"][0]
    before = page.copy()
    one, other = preprocess(page).tile, preprocess(page).tile
    assert one is not None and other is not None
    np.testing.assert_array_equal(one.pixels, other.pixels)
    np.testing.assert_array_equal(page, before)
