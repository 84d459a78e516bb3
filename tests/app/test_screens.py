"""Photographs every screen, on a laptop and a phone, by day and by night.

The pictures go to ``artifacts/screenshots/``; `make screenshots` runs this file.
"""

from __future__ import annotations

from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from streamlit_app.components.examples import ASSETS
from tests.app.chromium import (
    DESKTOP,
    DRAW_PROMPT,
    PHONE,
    SCREENSHOTS,
    SEVEN,
    Visit,
    draw,
    expect_heading,
    needs_chromium,
    pad_box,
    press,
    settled,
    shoot,
    upload,
)
from tests.app.scenes import ROOT, blank_paper, digit_on_paper, needs_model

FRAME_MS, LAST_FRAME_MS = 300, 2500
FILM_WH = (960, 600)

pytestmark = [pytest.mark.browser, needs_model, needs_chromium]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("device", ["desktop", "phone"])
def test_screens(visit: Visit, tmp_path: Path, device: str, scheme: str) -> None:
    size = {"desktop": DESKTOP, "phone": PHONE}[device]
    suffix = f"{device}_{scheme}"
    for path, last in (("", "How it works"), ("architecture", "Layer by layer")):
        page = visit(path, scheme, **size)
        expect_heading(page, last)
        shoot(page, f"{path or 'home'}_{suffix}")

    page.goto(page.url.replace("architecture", "performance"))
    page.get_by_text("Settings, commands and versions").wait_for()
    shoot(page, f"performance_{suffix}")

    drawn = visit("predict?source=draw", scheme, **size)
    draw(drawn, SEVEN)
    expect_heading(drawn, "It is a 7")
    shoot(drawn, f"draw_{suffix}")

    for name, data, heading in (
        ("refused", blank_paper(), "Nothing to read"),
        ("upload", digit_on_paper(2), "It is a 2"),
    ):
        sent = visit("predict", scheme, **size)
        upload(sent, tmp_path, **{name: data})
        expect_heading(sent, heading)
        shoot(sent, f"{name}_{suffix}")
    sent.get_by_text("Show the 11 steps behind this answer").click()
    sent.get_by_text("11 · Normalisation").wait_for()
    shoot(sent, f"steps_{suffix}")
    shoot_numbers(visit, f"numbers_{suffix}", scheme, **size)


def shoot_numbers(visit: Visit, name: str, *scheme: str, **size: Any) -> None:
    """Photograph three rows of numbers, one digit in doubt."""
    page = visit("predict?read=numbers", *scheme, **size)
    page.locator("input[type=file]").set_input_files(ASSETS / "rows.png")
    expect_heading(page, "Check and correct")
    shoot(page, name)


def test_the_pictures_of_the_readme(visit: Visit) -> None:
    """`make screenshots` copies them to docs/pictures/."""
    shoot_numbers(visit, "numbers")
    page = visit("predict")
    page.locator("input[type=file]").set_input_files(ROOT / "docs" / "pictures" / "photo.jpg")
    expect_heading(page, "It is a 7")
    expect_heading(page, "What spoke for it")
    shoot(page, "app")


def test_the_moving_picture_of_the_readme(visit: Visit) -> None:
    """A seven is drawn and read while the pen moves; `make screenshots` copies it."""
    page = visit("predict?source=draw")
    draw(page, SEVEN)  # the browser then has all that an answer needs
    expect_heading(page, "What spoke for it")
    press(page, "Clear")
    expect_heading(page, DRAW_PROMPT)
    settled(page)
    box = pad_box(page)
    corners = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in SEVEN]
    frames = [page.screenshot()]
    page.mouse.move(*corners[0])
    page.mouse.down()
    for (x0, y0), (x1, y1) in pairwise(corners):
        for part in (0.25, 0.5, 0.75, 1):
            page.mouse.move(x0 + part * (x1 - x0), y0 + part * (y1 - y0), steps=3)
            page.wait_for_timeout(FRAME_MS)
            frames.append(page.screenshot())
    page.mouse.up()
    expect_heading(page, "It is a 7")
    page.wait_for_timeout(FRAME_MS)
    frames.append(page.screenshot())
    save_film(frames, SCREENSHOTS / "drawing.webp")


def save_film(frames: list[bytes], path: Path) -> None:
    """Screenshots as one moving picture; the last one stays for longer."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pictures = [Image.open(BytesIO(frame)).convert("RGB").resize(FILM_WH) for frame in frames]
    durations = [FRAME_MS] * (len(pictures) - 1) + [LAST_FRAME_MS]
    pictures[0].save(
        path, save_all=True, append_images=pictures[1:], duration=durations, loop=0, quality=80
    )
