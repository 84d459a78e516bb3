"""The app in a real Chromium: a photo, a drawing, the screens that the README shows.

Screenshots go to ``artifacts/screenshots/``.
"""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from tests.app.scenes import HOME, ROOT, blank_paper, digit_on_paper, needs_model

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = shutil.which("chromium")
pytestmark = [
    pytest.mark.browser,
    needs_model,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine"),
]

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SCREENSHOTS = ROOT / "artifacts" / "screenshots"
DESKTOP = {"viewport": {"width": 1280, "height": 800}}
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}
START_S, ANSWER_MS = 60, 60_000  # the first answer loads TensorFlow, on a busy machine
SEVEN = [(0.25, 0.2), (0.75, 0.2), (0.6, 0.5), (0.45, 0.85)]  # shares of the pad's sides
ONE = [(0.5, 0.15), (0.49, 0.85)]

Visit = Callable[..., Any]


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextlib.contextmanager
def serving(script: str, folder: Path) -> Iterator[str]:
    """The app, started by ``streamlit run SCRIPT`` in `folder`; yields its address."""
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", script, "--server.headless=true"]
    server = subprocess.Popen(
        [*command, f"--server.port={port}", "--server.address=127.0.0.1"],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_until_healthy(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=20)


def wait_until_healthy(port: int) -> None:
    """Return once the server answers; fail after `START_S`."""
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=2).close()
            return
        time.sleep(0.2)
    pytest.fail(f"The server did not answer within {START_S} s.")


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The app as started from the repository's root."""
    with serving(str(HOME.relative_to(ROOT)), ROOT) as url:
        yield url


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """One Chromium for all tests."""
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def visit(browser: Any, address: str) -> Iterator[Visit]:
    """Opens a page in a fresh context; afterwards fails on console errors and foreign requests.

    Streamlit itself asks a deep link's path for its health page first and gets a 404: that one
    is expected.
    """
    complaints: list[str] = []
    contexts: list[Any] = []

    def note_message(message: Any) -> None:
        if message.type == "error" and "/_stcore/" not in message.location.get("url", ""):
            complaints.append(f"{message.text} {message.location.get('url')}")

    def note_request(request: Any) -> None:
        if not request.url.startswith((address, "data:", "blob:")):
            complaints.append(f"foreign request: {request.url}")

    def open_page(path: str = "", scheme: str = "light", **device: Any) -> Any:
        context = browser.new_context(color_scheme=scheme, **(device or DESKTOP))
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(ANSWER_MS)
        page.on("console", note_message)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", note_request)
        page.goto(f"{address}/{path}")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not complaints


def draw(page: Any, shares: list[tuple[float, float]]) -> None:
    """Draw one stroke onto the pad with the mouse."""
    pad = page.locator("canvas.upper-canvas")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    points = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in shares]
    page.mouse.move(*points[0])
    page.mouse.down()
    for point in points[1:]:
        page.mouse.move(*point, steps=8)
    page.mouse.up()


def draw_by_touch(page: Any, shares: list[tuple[float, float]]) -> None:
    """Draw one stroke onto the pad with a finger."""
    pad = page.locator("canvas.upper-canvas")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    finger = page.context.new_cdp_session(page)
    for number, (x, y) in enumerate(shares):
        point = {"x": box["x"] + x * box["width"], "y": box["y"] + y * box["height"]}
        kind = "touchMove" if number else "touchStart"
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [point]})
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def press(page: Any, name: str) -> None:
    """Press one of our buttons, not the canvas' own of the same name."""
    page.get_by_test_id("stButton").get_by_role("button", name=name).click()


def expect_heading(page: Any, text: str) -> None:
    """Wait until the page shows this heading."""
    page.get_by_role("heading", name=text, exact=True).wait_for()


def shoot(page: Any, name: str) -> None:
    """Photograph the whole page, however long."""
    size = page.viewport_size
    page.mouse.move(2, 2)
    page.locator("[data-test-script-state=notRunning]").wait_for()
    page.wait_for_timeout(600)
    height = page.get_by_test_id("stMain").evaluate("element => element.scrollHeight")
    page.set_viewport_size({"width": size["width"], "height": max(size["height"], height)})
    page.wait_for_timeout(600)
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png")
    page.set_viewport_size(size)


def test_uploaded_photo_is_read(visit: Visit, tmp_path: Path) -> None:
    photo = tmp_path / "two.png"
    photo.write_bytes(digit_on_paper(2))
    page = visit("predict")
    page.locator("input[type=file]").set_input_files(photo)
    expect_heading(page, "It is a 2")
    page.get_by_alt_text("Your picture, framed where it was read").wait_for()


def test_drawing_is_read_stroke_by_stroke_undone_and_kept(visit: Visit) -> None:
    page = visit("predict?source=draw")
    page.get_by_text("The answer appears here as you draw.").wait_for()
    draw(page, SEVEN)
    expect_heading(page, "It is a 7")
    page.get_by_role("link", name="Home").click()
    expect_heading(page, "Handwriting in, digit out")
    page.get_by_role("link", name="Read a digit").click()
    expect_heading(page, "It is a 7")
    press(page, "Clear")
    page.get_by_text("The answer appears here as you draw.").wait_for()
    draw(page, ONE)
    expect_heading(page, "It is a 1")
    press(page, "Undo")
    page.get_by_text("The answer appears here as you draw.").wait_for()


def test_drawing_with_a_finger_is_read(visit: Visit) -> None:
    page = visit("predict?source=draw", **PHONE)
    page.get_by_text("The answer appears here as you draw.").wait_for()
    draw_by_touch(page, SEVEN)
    expect_heading(page, "It is a 7")


def test_deep_link_follows_the_choice(visit: Visit) -> None:
    page = visit("predict")
    page.get_by_role("radio", name="Draw").click()
    page.locator("canvas.upper-canvas").wait_for()
    page.wait_for_url("**/predict?source=draw")


def test_app_starts_from_its_own_folder(browser: Any) -> None:
    with serving(HOME.name, HOME.parent) as url:
        page = browser.new_page()
        page.goto(url)
        expect_heading(page, "Handwriting in, digit out")
        page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("device", ["desktop", "phone"])
def test_screens(visit: Visit, tmp_path: Path, device: str, scheme: str) -> None:
    looks = {"desktop": DESKTOP, "phone": PHONE}[device]
    suffix = f"{device}_{scheme}"
    home = visit("", scheme, **looks)
    expect_heading(home, "Handwriting in, digit out")
    shoot(home, f"home_{suffix}")

    drawn = visit("predict?source=draw", scheme, **looks)
    drawn.locator("canvas.upper-canvas").wait_for()
    draw(drawn, SEVEN)
    expect_heading(drawn, "It is a 7")
    shoot(drawn, f"draw_{suffix}")

    sent = visit("predict", scheme, **looks)
    for name, data, heading in (
        ("refused", blank_paper(), "No digit read"),
        ("upload", digit_on_paper(2), "It is a 2"),
    ):
        photo = tmp_path / f"{name}.png"
        photo.write_bytes(data)
        sent.locator("input[type=file]").set_input_files(photo)
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
    shoot(page, "app")
