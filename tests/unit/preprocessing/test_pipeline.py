"""The eleven steps together: their record, the box, what they leave of refused pictures."""

from __future__ import annotations

import dataclasses
from collections import Counter

import cv2
import numpy as np
import pytest

from digitscope.preprocessing import pipeline
from digitscope.preprocessing.pipeline import LOCATING, STEPS
from digitscope.preprocessing.pipeline import preprocess as preprocess_working
from digitscope.preprocessing.state import Attempt, State
from digitscope.preprocessing.working_picture import to_working_size
from digitscope.types import BoxXYXY, Preprocessed, Reason, UInt8Array
from tests.unit.drawn import INK_RGB, PAPER_RGB, Points, sheet, write

SEVEN: Points = [(110, 60), (210, 60), (150, 190)]


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
    rgb: UInt8Array,
    attempt: Attempt | None = None,
    *,
    given_size_wh: tuple[int, int] | None = None,
    force: bool = False,
) -> Preprocessed:
    picture = to_working_size(rgb, given_size_wh)
    return preprocess_working(picture, attempt or Attempt(), force=force)


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
    taken = len(STEPS) if reason is None else LOCATING
    assert [(step.number, step.key) for step in result.steps] == [
        (step.number, step.key) for step in STEPS[:taken]
    ]
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
    assert result.tile.detection is result.detection
    assert result.digits_seen == 1


def test_both_polarities_give_nearly_the_same_tile() -> None:
    page = write(sheet(paper_rgb=(255, 255, 255)), SEVEN, ink_rgb=(0, 0, 0))
    one, other = (preprocess(rgb).tile for rgb in (page, 255 - page))
    assert one is not None and other is not None
    assert np.abs(one.pixels.astype(int) - other.pixels).max() <= 8


def test_the_box_is_told_in_the_pixels_given() -> None:
    page = sheet((640, 480))
    page[100:300, 310:330] = (20, 20, 40)
    result = preprocess(page, given_size_wh=(1280, 960))
    assert result.tile is not None and result.quality is not None
    np.testing.assert_allclose(result.tile.detection.box_xyxy, (620, 200, 660, 600), atol=4)
    left, top, right, bottom = result.tile.detection.box_xyxy
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
    assert result.detection.mask.shape == result.working_rgb.shape[:2]
    assert result.detection.mask.any()


@pytest.mark.parametrize("name", ["dash", "block", "speck", "blank"])
def test_force_a_refused_shape_gets_a_tile(name: str) -> None:
    rgb, reason = PICTURES[name]
    result = preprocess(rgb, force=True)
    assert result.reason is reason
    assert (result.tile is None) == (result.detection is None)
    assert len(result.steps) == (LOCATING if result.tile is None else len(STEPS))


def test_the_same_picture_gives_the_same_tile() -> None:
    page = PICTURES["dark on light"][0]
    before = page.copy()
    one, other = preprocess(page).tile, preprocess(page).tile
    assert one is not None and other is not None
    np.testing.assert_array_equal(one.pixels, other.pixels)
    np.testing.assert_array_equal(page, before)


# --- What the options of an attempt change -------------------------------------------------------


def test_an_attempt_may_skip_the_likeliest_shape() -> None:
    page = write(sheet((400, 240)), [(60, 80), (120, 80), (90, 160)], width_px=6)
    page = _block(page, (240, 40, 380, 200))
    first, second = preprocess(page), preprocess(page, Attempt(skip=1))
    assert first.reason is Reason.NOT_A_DIGIT
    assert second.tile is not None and second.tile.detection.box_xyxy[2] < 200


def test_a_thorough_attempt_follows_the_edge_of_a_shadow() -> None:
    page = write(sheet((640, 480)), [(200, 150), (320, 150), (250, 340)], width_px=8)
    shade = np.ones((480, 640, 1), np.float32)
    shade[:, 260:] = 0.55  # through the middle of the seven
    shaded = np.clip(page * shade, 0, 255).astype(np.uint8)
    assert preprocess(shaded).tile is None
    result = preprocess(shaded, Attempt(thorough=True))
    assert result.tile is not None
    found = result.tile.detection
    np.testing.assert_allclose(found.box_xyxy, (196, 146, 324, 344), atol=6)


def test_a_broad_attempt_keeps_a_brushs_strokes_whole_where_the_shadow_ends() -> None:
    page = write(sheet((640, 480)), [(200, 130), (330, 130), (260, 360)], width_px=64)
    shade = np.ones((480, 640, 1), np.float32)
    shade[:, 400:] = 0.55
    shaded = np.clip(page * shade, 0, 255).astype(np.uint8)
    close, broad = (
        preprocess(shaded, Attempt(thorough=True, broad=broad)).detection for broad in (False, True)
    )
    assert broad is not None
    np.testing.assert_allclose(broad.box_xyxy, (168, 98, 362, 392), atol=8)
    assert close is None or close.mask.sum() < 0.8 * broad.mask.sum()


def test_a_thorough_attempt_takes_away_lines_that_run_askew() -> None:
    page = sheet((640, 480))
    for start in range(-200, 640, 60):
        cv2.line(page, (0, start), (640, start + 120), (150, 160, 200), 2, cv2.LINE_AA)
    page = write(page, [(200, 150), (320, 150), (250, 340)], width_px=10)
    easy, thorough = (
        preprocess(page, attempt).detection for attempt in (Attempt(), Attempt(thorough=True))
    )
    assert easy is not None and thorough is not None
    assert easy.box_xyxy[2] - easy.box_xyxy[0] == 640  # a line, with the digit on it
    np.testing.assert_allclose(thorough.box_xyxy, (195, 145, 325, 345), atol=10)


# --- What attempts at one picture share ----------------------------------------------------------


def _count_steps(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each step is taken from now on."""
    taken: Counter[str] = Counter()

    def counted(step: pipeline.PipelineStep) -> pipeline.PipelineStep:
        def apply(state: State, attempt: Attempt) -> State:
            taken[step.key] += 1
            return step.apply(state, attempt)

        return dataclasses.replace(step, apply=apply)

    monkeypatch.setattr(pipeline, "STEPS", tuple(counted(step) for step in STEPS))
    return taken


def test_attempts_that_differ_only_in_skip_share_the_steps_before_locating(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    taken = _count_steps(monkeypatch)
    picture = to_working_size(PICTURES["block"][0])
    for skip in (0, 1, 2):
        preprocess_working(picture, Attempt(skip=skip))
    assert [taken[step.key] for step in STEPS[:LOCATING]] == [1] * (LOCATING - 1) + [3]


@pytest.mark.parametrize("other", [Attempt(thorough=True), Attempt(thorough=True, broad=True)])
def test_attempts_of_other_options_share_no_ink(
    other: Attempt, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = _count_steps(monkeypatch)
    picture = to_working_size(PICTURES["dark on light"][0])
    preprocess_working(picture, Attempt())
    shared = preprocess_working(picture, other)
    assert taken["polarity"] == 2
    alone = preprocess(PICTURES["dark on light"][0], other)
    assert (shared.reason, shared.quality) == (alone.reason, alone.quality)
    for one, same in zip(shared.steps, alone.steps, strict=True):
        np.testing.assert_array_equal(one.image, same.image)


def test_steps_after_a_refusal_are_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    taken = _count_steps(monkeypatch)
    preprocess(PICTURES["block"][0])
    assert sum(taken.values()) == LOCATING
