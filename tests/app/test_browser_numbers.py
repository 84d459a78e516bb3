"""Whole numbers in a real Chromium: copied, corrected, on a phone, and by keyboard alone."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from streamlit_app.components.examples import ASSETS
from tests.app.chromium import (
    DESKTOP,
    PHONE,
    SEVEN,
    Visit,
    draw,
    draw_by_touch,
    expect_heading,
    needs_chromium,
    press,
    serious_barriers,
    settled,
)
from tests.app.scenes import needs_model

pytestmark = [pytest.mark.browser, needs_model, needs_chromium]
MAX_TABS = 60  # more would be a trap for the keyboard
SMALL_SEVENS = [[(left + x / 4, 0.1 + y / 4) for x, y in SEVEN] for left in (0.05, 0.35, 0.65)]


def send(page: Any, name: str) -> None:
    """Give the field one of the app's examples."""
    page.locator("input[type=file]").set_input_files(ASSETS / name)


def test_a_number_is_one_press_away_and_copied(visit: Visit) -> None:
    page = visit("predict")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    send(page, "number_42.jpg")
    expect_heading(page, "More than one digit")
    press(page, "Read them all")
    expect_heading(page, "42")
    page.wait_for_url("**read=numbers*")
    press(page, "Copy")
    page.get_by_role("button", name="Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == "42"


def test_numbers_are_corrected_and_downloaded_on_a_phone(visit: Visit) -> None:
    page = visit("predict?read=numbers", **PHONE)
    send(page, "rows.png")
    expect_heading(page, "Check and correct")
    field = page.get_by_label("Number 1")
    field.fill("2026")
    field.press("Enter")
    expect_heading(page, "2026 · 11 · 21 · 4805")
    settled(page)
    with page.expect_download() as download:
        press(page, "Download as CSV")
    lines = Path(download.value.path()).read_text(encoding="utf-8").splitlines()
    assert [line.split(",")[2] for line in lines] == ["text", "2026", "11", "21", "4805"]
    main = page.get_by_test_id("stMain")
    assert main.evaluate("element => element.scrollWidth") <= PHONE["viewport"]["width"]


def test_the_pad_is_written_full_with_a_finger_and_stays_where_it_is(visit: Visit) -> None:
    page = visit("predict?source=draw&read=numbers", **PHONE)
    pad = page.get_by_label("Drawing pad")
    pad.wait_for()
    page.wait_for_load_state("networkidle")
    page.evaluate("document.fonts.ready")
    before = pad.bounding_box()
    for stroke in SMALL_SEVENS:
        draw_by_touch(page, stroke)
    expect_heading(page, "777")
    page.locator("input[aria-label='Number 1'][value='777']").wait_for()  # 77's goes a little later
    assert pad.bounding_box() == before


def test_a_drawing_of_several_digits_is_read_as_numbers_after_one_press(visit: Visit) -> None:
    page = visit("predict?source=draw")
    for stroke in SMALL_SEVENS:
        draw(page, stroke)
    press(page, "Read them all")
    expect_heading(page, "777")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_numbers_have_no_serious_barrier(visit: Visit, scheme: str) -> None:
    page = visit("predict", scheme, **DESKTOP)
    send(page, "number_42.jpg")
    page.get_by_role("button", name="Read them all").wait_for()
    settled(page)
    assert serious_barriers(page) == []
    page.goto(f"{page.url.split('?')[0]}?read=numbers")
    send(page, "rows.png")
    expect_heading(page, "Check and correct")
    settled(page)
    assert serious_barriers(page) == []


def focused(page: Any) -> str:
    """What the element with the focus is called, also inside a component of ours."""
    return str(
        page.evaluate(
            """() => {
              let at = document.activeElement;
              while (at.shadowRoot && at.shadowRoot.activeElement) at = at.shadowRoot.activeElement;
              const labels = [...(at.labels || [])].map((label) => label.innerText);
              return at.getAttribute("aria-label") || labels.join(" ") || at.innerText || at.type;
            }"""
        )
    )


def walk(page: Any, until: str) -> list[str]:
    """Press Tab until something of that name has the focus; behind the last it begins anew."""
    settled(page)
    names: list[str] = []
    while not names or not re.search(until, names[-1]):
        assert len(names) < MAX_TABS, names
        page.keyboard.press("Tab")
        names.append(focused(page).split("\n")[-1].strip())  # behind its symbol's name
    return names


def test_all_of_predict_is_reached_by_keyboard(visit: Visit) -> None:
    page = visit("predict")
    send(page, "number_42.jpg")
    expect_heading(page, "More than one digit")
    names = walk(page, "^Read them all$")
    assert all(names), "something without a name takes the focus"
    page.keyboard.press("Enter")
    expect_heading(page, "42")
    walk(page, "^Copy$")  # the walk goes on from where "Read them all" stood: before or behind it
    walk(page, "^Number 1$")
    page.keyboard.press("Control+A")
    page.keyboard.type("43")
    page.keyboard.press("Enter")
    expect_heading(page, "43")
    walk(page, "^Numbers$|^One digit$")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    expect_heading(page, "More than one digit")
    for name in ("Show me the best guess", "Compare: the same network", "Show the 11 steps"):
        walk(page, name)
        page.keyboard.press("Space")
    page.get_by_text("11 · Normalisation").wait_for()


def test_the_pad_s_tools_are_reached_by_keyboard(visit: Visit) -> None:
    page = visit("predict?source=draw")
    draw(page, SEVEN)
    expect_heading(page, "It is a 7")
    walk(page, "^Drawing pad$")
    assert walk(page, "^Clear$") == ["Undo", "Clear"]
    page.keyboard.press("Enter")
    expect_heading(page, "Draw a digit")
