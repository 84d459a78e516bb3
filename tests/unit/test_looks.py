"""One look after the other: which are taken, which is believed, what a missing network costs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

import cv2
import numpy as np
import pytest

from digitscope.errors import BackgroundUnavailableError
from digitscope.preprocessing import looks as module
from digitscope.preprocessing import pipeline
from digitscope.preprocessing.background import BackgroundRemover, LocalBackground
from digitscope.preprocessing.looks import looks, plan_attempts
from digitscope.preprocessing.pipeline import Attempt
from digitscope.recognition.decision import JUST_A_LINE, OF_THE_WHOLE_PAGE, choose
from digitscope.types import (
    Background,
    Float32Array,
    Level,
    Prediction,
    Preprocessed,
    Quality,
    Reading,
    Reason,
    UInt8Array,
)
from tests.unit.drawn import INK_RGB, Points, sheet, write

SEVEN: Points = [(110, 60), (210, 60), (150, 190)]
Install = Callable[[BackgroundRemover], list[Background]]


class LeftHalf(LocalBackground):
    """A network that marks the left half of the picture."""

    name = Background.U2NETP

    def keep(self, rgb: UInt8Array, difference: Float32Array, sigma: float, /) -> Float32Array:
        kept = super().keep(rgb, difference, sigma)
        kept[:, rgb.shape[1] // 2 :] = 0
        return kept


class Unavailable(LeftHalf):
    """A network that cannot run here."""

    def keep(self, *_: Any) -> Float32Array:
        raise BackgroundUnavailableError("There are no weights.")


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> Install:
    """Put a remover in the place of u2netp, its weights on disk; gives the removers asked for."""

    def install(remover: BackgroundRemover) -> list[Background]:
        asked: list[Background] = []

        def make(name: Background) -> BackgroundRemover:
            asked.append(name)
            return LocalBackground() if name is Background.OPENCV else remover

        monkeypatch.setattr(pipeline, "make_remover", make)
        monkeypatch.setattr(module, "weights_on_disk", lambda name: name is Background.U2NETP)
        return asked

    return install


def _seven_beside_a_block() -> UInt8Array:
    page = write(sheet((400, 240)), [(60, 80), (120, 80), (90, 160)], width_px=6)
    page[40:200, 240:380] = INK_RGB
    return page


def _first_found(rgb: UInt8Array, background: Background = Background.AUTO) -> Preprocessed | None:
    return next((seen for seen in looks(rgb, background) if seen.reason is None), None)


def test_auto_asks_the_network_where_its_weights_are(network: Install) -> None:
    assert Attempt(Background.U2NETP) not in plan_attempts(Background.AUTO)
    network(LeftHalf())
    assert Attempt(Background.U2NETP) in plan_attempts(Background.AUTO)
    assert plan_attempts(Background.OPENCV) == [
        look for look in plan_attempts(Background.AUTO) if look.background is Background.OPENCV
    ]


def test_a_look_is_made_only_when_asked_for(network: Install) -> None:
    asked = network(LeftHalf())
    next(looks(write(sheet(), SEVEN)))
    assert asked == [Background.OPENCV]


def test_the_likeliest_shape_can_be_passed_over() -> None:
    first, second = islice(looks(_seven_beside_a_block()), 2)
    assert first.reason is Reason.NOT_A_DIGIT
    assert second.tile is not None and second.tile.box_xyxy[2] < 200


def test_the_weaker_ink_is_looked_at_too() -> None:
    """A lamp shines on the page, brighter than the pen is dark."""
    page = np.full((240, 320, 3), 120, np.uint8)
    cv2.circle(page, (250, 60), 40, (255, 255, 255), -1)
    page = write(page, [(60, 80), (120, 80), (90, 180)], ink_rgb=(60, 60, 60), width_px=6)
    found = [seen.tile.box_xyxy for seen in looks(page) if seen.tile is not None]
    assert any(box[2] < 150 for box in found)


def test_a_thorough_look_follows_the_edge_of_a_shadow() -> None:
    page = write(sheet((640, 480)), [(200, 150), (320, 150), (250, 340)], width_px=8)
    shade = np.ones((480, 640, 1), np.float32)
    shade[:, 260:] = 0.55  # through the middle of the seven
    shaded = np.clip(page * shade, 0, 255).astype(np.uint8)
    assert pipeline.preprocess(_working(shaded), Attempt()).tile is None
    tile = pipeline.preprocess(_working(shaded), Attempt(thorough=True)).tile
    assert tile is not None
    np.testing.assert_allclose(tile.box_xyxy, (196, 146, 324, 344), atol=6)


def test_a_broad_look_keeps_a_brushs_strokes_whole_where_the_shadow_ends() -> None:
    page = write(sheet((640, 480)), [(200, 130), (330, 130), (260, 360)], width_px=64)
    shade = np.ones((480, 640, 1), np.float32)
    shade[:, 400:] = 0.55
    shaded = np.clip(page * shade, 0, 255).astype(np.uint8)
    close, broad = (
        pipeline.preprocess(_working(shaded), Attempt(thorough=True, broad=broad)).detection
        for broad in (False, True)
    )
    assert broad is not None
    np.testing.assert_allclose(broad.box_xyxy, (168, 98, 362, 392), atol=8)
    assert close is None or close.ink_mask.sum() < 0.8 * broad.ink_mask.sum()


def test_a_thorough_look_takes_away_lines_that_run_askew() -> None:
    page = sheet((640, 480))
    for start in range(-200, 640, 60):
        cv2.line(page, (0, start), (640, start + 120), (150, 160, 200), 2, cv2.LINE_AA)
    page = write(page, [(200, 150), (320, 150), (250, 340)], width_px=10)
    easy, thorough = (
        pipeline.preprocess(_working(page), look).tile
        for look in (Attempt(), Attempt(thorough=True))
    )
    assert easy is not None and thorough is not None
    assert easy.box_xyxy[2] - easy.box_xyxy[0] == 640  # a line, with the digit on it
    np.testing.assert_allclose(thorough.box_xyxy, (195, 145, 325, 345), atol=10)


def _working(rgb: UInt8Array) -> Any:
    return module.to_working_size(rgb)


def test_a_network_that_cannot_run_is_replaced_with_a_notice(network: Install) -> None:
    network(Unavailable())
    result = next(looks(write(sheet(), SEVEN), Background.U2NETP))
    assert (result.background, result.reason) == (Background.OPENCV, None)
    assert result.notice == "There are no weights. The OpenCV route answered instead."


# --- Which of them is believed -------------------------------------------------------------------


GOOD = Quality(0.9, Level.EXCELLENT, contrast=0.9, size_px=200, aspect_ratio=0.7)
POOR = Quality(0.2, Level.POOR, contrast=0.1, size_px=20, aspect_ratio=0.7)


def _reading(
    digit: int | None,
    confidence: float,
    reason: Reason | None = None,
    quality: Quality = GOOD,
    *,
    elsewhere: bool = False,
) -> Reading:
    probabilities = np.full(10, (1 - confidence) / 9, np.float32)
    probabilities[digit or 0] = confidence
    seen = Preprocessed((), None, quality, reason, Background.OPENCV, elsewhere=elsewhere)
    return Reading(digit, reason, Prediction(probabilities), seen, 0.0)


NONE = _reading(None, 0.3, Reason.NOT_A_DIGIT)
SURE_7 = _reading(7, 0.99)
SURE_7_ELSEWHERE = _reading(7, 0.99, elsewhere=True)
IN_DOUBT = (
    _reading(3, 0.85),
    _reading(3, 0.99, quality=POOR),
    _reading(None, 0.5, Reason.UNCERTAIN),
)


def _never() -> Iterator[Reading]:
    pytest.fail("another look was taken")
    yield NONE


@pytest.mark.parametrize(
    "first",
    [_reading(3, 0.99), *(_reading(None, 0.3, reason) for reason in OF_THE_WHOLE_PAGE)],
    ids=lambda reading: str(reading.reason or reading.digit),
)
def test_a_sure_answer_or_a_verdict_on_the_whole_page_stands(first: Reading) -> None:
    def attempts() -> Iterator[Reading]:
        yield first
        yield from _never()

    assert choose(attempts()) is first


def test_a_later_look_must_be_sure() -> None:
    unsure = _reading(5, 0.9)
    assert choose(iter([NONE, unsure, SURE_7])) is SURE_7
    assert choose(iter([NONE, unsure, SURE_7_ELSEWHERE])) is SURE_7_ELSEWHERE
    assert choose(iter([NONE, unsure])) is NONE


@pytest.mark.parametrize("first", IN_DOUBT, ids=["unsure", "poor", "uncertain"])
def test_an_answer_in_doubt_gives_way_to_a_sure_look_at_the_same_shape_alone(
    first: Reading,
) -> None:
    assert choose(iter([first, SURE_7])) is SURE_7
    assert choose(iter([first, SURE_7_ELSEWHERE, SURE_7])) is first
    assert choose(iter([first, _reading(5, 0.9)])) is first


def test_a_line_beside_the_likeliest_shape_is_no_1() -> None:
    assert choose(iter([NONE, _reading(JUST_A_LINE, 0.999, elsewhere=True)])) is NONE
    line = _reading(JUST_A_LINE, 0.999)
    assert choose(iter([NONE, line])) is line
