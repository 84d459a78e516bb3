"""Photographs every screen, on a laptop and a phone, by day and by night.

The pictures go to ``artifacts/screenshots/``; `make screenshots` runs this file.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.app.chromium import (
    DESKTOP,
    PHONE,
    SEVEN,
    Visit,
    draw,
    expect_heading,
    needs_chromium,
    shoot,
    upload,
)
from tests.app.scenes import ROOT, blank_paper, digit_on_paper, needs_model

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


def test_the_picture_of_the_readme(visit: Visit) -> None:
    """`make screenshots` copies it to docs/pictures/."""
    page = visit("predict")
    page.locator("input[type=file]").set_input_files(ROOT / "docs" / "pictures" / "photo.jpg")
    expect_heading(page, "It is a 7")
    expect_heading(page, "What spoke for it")
    shoot(page, "app")
