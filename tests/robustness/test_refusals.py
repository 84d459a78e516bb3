"""What shows no digit is refused with a reason, on every route, and never shown as a digit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from digitscope import DigitReader, Reason
from digitscope.preprocessing import connected_components
from digitscope.preprocessing.background_removers import rembg_session
from digitscope.types import Background

HEIGHT, WIDTH = 480, 640
Picture = NDArray[np.floating]


def page(level: float = 245.0) -> Picture:
    return np.full((HEIGHT, WIDTH, 3), level, np.float32)


def grain(sigma: float) -> Picture:
    return np.random.default_rng(3).normal(0, sigma, (HEIGHT, WIDTH, 3))


def gradient() -> Picture:
    return np.broadcast_to(np.linspace(100, 240, WIDTH)[None, :, None], (HEIGHT, WIDTH, 3))


def with_box(left: int, top: int, right: int, bottom: int, level: float = 10.0) -> Picture:
    picture = page()
    picture[top:bottom, left:right] = level
    return picture + grain(2)


def vignette() -> Picture:
    y, x = np.mgrid[-1 : 1 : HEIGHT * 1j, -1 : 1 : WIDTH * 1j]
    return (230 - 70 * (x**2 + y**2))[..., None] + grain(4)


def shadow_edge() -> Picture:
    picture = page(230)
    picture[:, 300:] = 120
    return cv2.GaussianBlur(picture, (0, 0), 2.0) + grain(3)


def ruled_page() -> Picture:
    picture = page()
    for y in range(40, HEIGHT, 40):
        picture[y : y + 2] = (170, 190, 230)
    return picture + grain(3)


def heavy_jpeg() -> Picture:
    clean = np.clip(gradient() + grain(6), 0, 255).astype(np.uint8)
    return cv2.imdecode(cv2.imencode(".jpg", clean, [cv2.IMWRITE_JPEG_QUALITY, 15])[1], 1).astype(
        float
    )


EMPTY: dict[str, tuple[Callable[[], Picture], set[Reason]]] = {
    "white page": (lambda: page(255), {Reason.BLANK}),
    "black page": (lambda: page(0), {Reason.BLANK}),
    "grey page": (lambda: page(128), {Reason.BLANK}),
    "empty canvas, 28x28": (lambda: np.zeros((28, 28, 3)), {Reason.BLANK}),
    "one pixel": (lambda: np.full((1, 1, 3), 9.0), {Reason.BLANK}),
    "a sliver": (lambda: np.full((2, 300, 3), 200.0), {Reason.BLANK}),
    "paper grain": (lambda: page(200) + grain(8), {Reason.BLANK}),
    "light gradient": (gradient, {Reason.BLANK, Reason.NOT_A_DIGIT}),
    "vignette": (vignette, {Reason.BLANK, Reason.TOO_SMALL, Reason.NOT_A_DIGIT}),
    "heavy JPEG of nothing": (heavy_jpeg, {Reason.BLANK, Reason.TOO_SMALL, Reason.NOT_A_DIGIT}),
    "ruled page": (ruled_page, {Reason.BLANK, Reason.TOO_SMALL}),
    "strong noise": (lambda: page(128) + grain(60), {Reason.NO_CONTRAST}),
    "speck of 3 px": (lambda: with_box(300, 200, 303, 203), {Reason.TOO_SMALL}),
    "speck of 14 px": (lambda: with_box(300, 200, 314, 214), {Reason.TOO_SMALL}),
    "block": (lambda: with_box(200, 100, 400, 300), {Reason.NOT_A_DIGIT}),
    "table edge": (lambda: with_box(0, 0, 30, HEIGHT), {Reason.NOT_A_DIGIT}),
    "shadow edge": (shadow_edge, {Reason.NOT_A_DIGIT, Reason.BLANK}),
    "long bar": (lambda: with_box(100, 200, 500, 240), {Reason.NOT_A_DIGIT}),
}


@pytest.mark.parametrize("name", EMPTY)
def test_no_digit_is_seen_in(reader: DigitReader, name: str) -> None:
    make, reasons = EMPTY[name]
    reading = reader.read(np.clip(make(), 0, 255).astype(np.uint8), background=Background.OPENCV)
    assert reading.digit is None and reading.confidence is None
    assert reading.reason in reasons


@pytest.mark.slow
@pytest.mark.parametrize("name", EMPTY)
def test_no_digit_is_seen_by_rembg_in(
    reader: DigitReader, shared_dir: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("rembg", reason="rembg (extra `app`) is not installed")
    monkeypatch.setenv("U2NET_HOME", str(shared_dir / "data" / "u2net"))
    monkeypatch.setenv("MODEL_CHECKSUM_DISABLED", "1")
    rembg_session.cache_clear()
    picture = np.clip(EMPTY[name][0](), 0, 255).astype(np.uint8)
    reading = reader.read(picture, background=Background.U2NETP)
    assert reading.preprocessed.background is Background.U2NETP
    assert reading.digit is None
    assert reading.reason in Reason


def test_a_slim_one_is_no_refusal(reader: DigitReader) -> None:
    picture = page()
    cv2.line(
        picture, (320, 60), (312, 420), (20, 20, 20), 8, cv2.LINE_AA
    )  # 45 times as tall as wide
    assert reader.read(picture.astype(np.uint8)).digit == 1


def page_of_text() -> Picture:
    picture = np.full((HEIGHT, WIDTH, 3), 255, np.uint8)
    for row, y in enumerate(range(14, HEIGHT, 14)):
        line = "The quick brown fox jumps over the lazy dog " * 3
        cv2.putText(picture, line[row:], (4, y), cv2.FONT_HERSHEY_SIMPLEX, 0.35, (0, 0, 0), 1)
    return picture.astype(np.float32)


def small_squares() -> Picture:
    picture = page(255)
    for y in range(10, HEIGHT - 10, 9):
        for x in range(10, WIDTH - 10, 9):
            picture[y : y + 5, x : x + 5] = 20
    return picture


@pytest.mark.parametrize("make", [page_of_text, small_squares])
def test_a_crowd_of_shapes_is_no_digit_and_few_are_compared(
    reader: DigitReader, make: Callable[[], Picture], monkeypatch: pytest.MonkeyPatch
) -> None:
    compared = 0
    belongs = connected_components._belongs

    def counted(*arguments: object) -> bool:
        nonlocal compared
        compared += 1
        return belongs(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(connected_components, "_belongs", counted)
    reading = reader.read(make().astype(np.uint8), background=Background.OPENCV)
    assert reading.digit is None
    assert compared < 50_000  # 2.4 million, and ten seconds, before there was a limit
