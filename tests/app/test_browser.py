"""The app in a real Chromium: files, camera, mouse and finger, both languages, a phone's width."""

from __future__ import annotations

import contextlib
import re
from pathlib import Path
from typing import Any

import pytest

from digitscope.types import CLASSES
from streamlit_app.card import load_card
from streamlit_app.components.measured.confusion import confusions
from tests.app.chromium import (
    ANSWER_MS,
    DASH,
    DESKTOP,
    DRAW_PROMPT,
    ONE,
    PHONE,
    SEVEN,
    Visit,
    bottom_px,
    draw,
    draw_by_touch,
    draw_without_lifting,
    expect_heading,
    needs_chromium,
    pad_box,
    press,
    serving,
    settled,
    upload,
)
from tests.app.scenes import HOME, digit_on_paper, needs_model

PRESSES, SETTLING_MS = 10, 6_000
MATRIX_MARGINS_PX = (50, 65, 0, 18)  # about what the axes take: left, above, right, below

pytestmark = [pytest.mark.browser, needs_model, needs_chromium]


def test_uploaded_photo_is_read(visit: Visit, tmp_path: Path) -> None:
    page = visit("predict")
    upload(page, tmp_path, two=digit_on_paper(2))
    expect_heading(page, "It is a 2")
    page.get_by_alt_text("Your picture, its ink marked and framed").wait_for()


def test_several_files_become_a_table_and_a_download(visit: Visit, tmp_path: Path) -> None:
    page = visit("predict")
    upload(page, tmp_path, two=digit_on_paper(2), text=b"no picture", seven=digit_on_paper(7))
    expect_heading(page, "It is a 2")
    expect_heading(page, "2 of 3 files answered")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download as CSV", exact=True).click()
    lines = Path(download.value.path()).read_text(encoding="utf-8").splitlines()
    assert [line.split(",")[:3] for line in lines] == [
        ["file", "status", "digit"],
        ["two.png", "ok", "2"],
        ["text.png", "error", ""],
        ["seven.png", "ok", "7"],
    ]


def test_drawing_is_read_stroke_by_stroke_undone_and_kept(visit: Visit) -> None:
    page = visit("predict?source=draw")
    expect_heading(page, DRAW_PROMPT)
    draw(page, SEVEN)
    expect_heading(page, "It is a 7")
    page.get_by_role("link", name="Home").click()
    expect_heading(page, "Handwriting in, digit out")
    page.get_by_role("link", name="Read a digit").click()
    expect_heading(page, "It is a 7")
    press(page, "Clear")
    draw(page, ONE)  # at once: nothing of it is lost
    expect_heading(page, "It is a 1")
    press(page, "Undo")
    expect_heading(page, DRAW_PROMPT)


def test_drawing_with_a_finger_is_answered_without_scrolling(visit: Visit) -> None:
    page = visit("predict?source=draw", **PHONE)
    expect_heading(page, DRAW_PROMPT)
    draw_by_touch(page, SEVEN)
    expect_heading(page, "It is a 7")
    pad = page.get_by_label("Drawing pad").bounding_box()
    assert bottom_px(page, "It is a 7") < pad["y"]
    assert pad["y"] + pad["height"] <= PHONE["viewport"]["height"]


def test_the_answer_changes_while_the_pen_is_down(visit: Visit) -> None:
    page = visit("predict?source=draw")
    box = pad_box(page)
    draw_without_lifting(page, SEVEN, pause_ms=150)
    expect_heading(page, "It is a 7")
    assert pad_box(page) == box
    page.mouse.up()
    expect_heading(page, "What spoke for it")


def test_there_is_one_set_of_tools_and_the_other_pad_goes_on_with_the_drawing(
    visit: Visit,
) -> None:
    page = visit("predict?source=draw")
    draw(page, SEVEN)
    expect_heading(page, "It is a 7")
    assert page.get_by_role("button", name=re.compile("Undo|Clear")).count() == 2
    page.get_by_text("Answer while I draw").click()
    page.locator("canvas.upper-canvas").wait_for()
    expect_heading(page, "It is a 7")


@pytest.mark.parametrize("locale", ["en-GB", "fr-FR"])
def test_the_pad_stays_where_it_is_between_strokes(visit: Visit, locale: str) -> None:
    page = visit("predict?source=draw", **(PHONE | {"locale": locale}))
    pad = page.get_by_label(re.compile("Drawing pad|Bloc à dessin"))
    pad.wait_for()
    page.wait_for_load_state("networkidle")
    page.evaluate("document.fonts.ready")  # another font is of another height
    settled(page)
    before = pad.bounding_box()
    draw_by_touch(page, DASH)
    refused = page.get_by_role("heading", name=re.compile("Not a digit|Pas un chiffre"))
    refused.wait_for()
    settled(page)
    assert pad.bounding_box() == before
    press(page, "Clear" if locale == "en-GB" else "Effacer")
    draw_by_touch(page, SEVEN)
    page.get_by_role("heading", name=re.compile("7$")).wait_for()
    settled(page)
    assert pad.bounding_box() == before


def test_photographed_digit_is_read(photographer: Visit) -> None:
    page = photographer("predict?source=camera", **PHONE)
    page.wait_for_function("document.querySelector('video')?.videoWidth > 0")  # or it takes none
    page.get_by_role("button", name="Take photo").click()
    expect_heading(page, "It is a 3")
    assert bottom_px(page, "It is a 3") < PHONE["viewport"]["height"]
    page.get_by_alt_text("Your picture, its ink marked and framed").wait_for()


def test_without_a_camera_the_upload_is_offered(visit: Visit) -> None:
    page = visit("predict?source=camera")
    page.get_by_text("No picture from the camera?").wait_for()
    press(page, "Upload a photo instead")
    page.locator("input[type=file]").wait_for(state="attached")
    page.wait_for_url("**/predict?source=upload")


@pytest.mark.parametrize("source", ["Upload", "Camera", "Draw", "MNIST"])
def test_deep_link_opens_the_source(visit: Visit, source: str) -> None:
    page = visit(f"predict?source={source.lower()}")
    page.get_by_role("radio", name=source, checked=True).wait_for()


def test_deep_link_follows_the_choice(visit: Visit) -> None:
    page = visit("predict")
    page.get_by_role("radio", name="Draw").click()
    page.get_by_label("Drawing pad").wait_for()
    page.wait_for_url("**/predict?source=draw")


def test_the_browser_s_language_comes_first_and_can_be_changed(visit: Visit) -> None:
    page = visit("", locale="fr-FR", **DESKTOP)
    expect_heading(page, "De l’écriture au chiffre")
    page.get_by_role("radio", name="EN").click()
    expect_heading(page, "Handwriting in, digit out")
    page.get_by_role("link", name="The network").click()
    expect_heading(page, "Layer by layer")


@pytest.mark.parametrize("path", ["", "predict?source=mnist", "architecture", "performance"])
def test_nothing_is_wider_than_a_phone(visit: Visit, path: str) -> None:
    page = visit(path, locale="fr-FR", **PHONE)
    page.get_by_role("heading").first.wait_for()
    settled(page)
    main = page.get_by_test_id("stMain")
    assert main.evaluate("element => element.scrollWidth") <= PHONE["viewport"]["width"]


def test_a_cell_pressed_shows_its_mistakes(visit: Visit) -> None:
    from playwright.sync_api import expect

    matrix = load_card().matrix("test.confusion_matrix", CLASSES)
    if matrix is None:
        pytest.skip("the card of this network has no confusion matrix")
    shown, answered = confusions(matrix)[0]
    page = visit("performance")
    page.get_by_text("Settings, commands and versions").wait_for()
    heading = page.get_by_role("heading", name="What it mixes up")
    chart = heading.locator("xpath=following::*[@data-testid='stVegaLiteChart'][1]")
    chart.locator("canvas, svg").first.wait_for()
    settled(page)
    page.wait_for_load_state("networkidle")  # the pictures beside it are there: nothing moves now
    chosen = re.compile(rf"{shown} read as {answered} \(\d+\)")
    choice = page.get_by_label("Which mistakes to show")
    for _ in range(PRESSES):  # the page may still have moved when it was pressed
        chart.click(position=_middle_of_cell(chart.bounding_box(), shown, answered))
        with contextlib.suppress(AssertionError):
            expect(choice).to_have_value(chosen, timeout=SETTLING_MS)
            return
    pytest.fail(f"{PRESSES} presses did not choose {shown} read as {answered}.")


def _middle_of_cell(box: dict[str, float], shown: int, answered: int) -> dict[str, float]:
    """Where in the chart of the confusion matrix a cell is, px."""
    left, top, right, bottom = MATRIX_MARGINS_PX
    return {
        "x": left + (answered + 0.5) * (box["width"] - left - right) / CLASSES,
        "y": top + (shown + 0.5) * (box["height"] - top - bottom) / CLASSES,
    }


def test_app_starts_from_its_own_folder(browser: Any) -> None:
    with serving(HOME.name, HOME.parent) as url:
        page = browser.new_page()
        page.set_default_timeout(ANSWER_MS)
        page.goto(url)
        expect_heading(page, "Handwriting in, digit out")
        page.close()
