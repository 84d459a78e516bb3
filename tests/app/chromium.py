"""Starts the app and a real Chromium, and drives them: mouse, finger, files, screenshots."""

from __future__ import annotations

import contextlib
import os
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

from tests.app.scenes import ROOT

CHROMIUM = shutil.which("chromium")

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
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine")
START_S, STOP_S, ANSWER_MS = 120, 20, 120_000  # the first answer loads TensorFlow
SEVEN = [(0.25, 0.2), (0.75, 0.2), (0.6, 0.5), (0.45, 0.85)]  # shares of the pad's sides
DASH = [(0.2, 0.5), (0.3, 0.5)]  # no digit
ONE = [(0.5, 0.15), (0.49, 0.85)]
DRAW_PROMPT = "Draw a digit"
FRAMES = 30  # of the camera's film; it begins anew after the last


Visit = Callable[..., Any]


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextlib.contextmanager
def serving(script: str, folder: Path) -> Iterator[str]:
    """The app, started by ``streamlit run SCRIPT`` in `folder`; yields its address."""
    with launched(script, folder) as (address, _process):
        yield address


@contextlib.contextmanager
def launched(
    script: str, folder: Path, **variables: str
) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """The same, with the server's process; `variables` are added to its environment."""
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", script, "--server.headless=true"]
    server = subprocess.Popen(
        [*command, f"--server.port={port}", "--server.address=127.0.0.1"],
        cwd=folder,
        env=os.environ | variables,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_until_healthy(port)
        yield f"http://127.0.0.1:{port}", server
    finally:
        server.terminate()
        try:
            server.wait(timeout=STOP_S)
        except subprocess.TimeoutExpired:  # on a busy machine it may hang at its own exit
            server.kill()
            server.wait()


def wait_until_healthy(port: int) -> None:
    """Return once the server answers; fail after `START_S`."""
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=2).close()
            return
        time.sleep(0.2)
    pytest.fail(f"The server did not answer within {START_S} s.")


@contextlib.contextmanager
def visiting(browser: Any, address: str) -> Iterator[Visit]:
    """Opens pages; at the end fails on errors in the console and on requests to others.

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
        settings = {"locale": "en-GB"} | (device or DESKTOP)
        context = browser.new_context(color_scheme=scheme, **settings)
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


def pad_box(page: Any) -> dict[str, float]:
    """Where the drawing pad is, brought into view."""
    pad = page.get_by_label("Drawing pad").or_(page.get_by_label("Bloc à dessin"))
    pad.scroll_into_view_if_needed()
    box: dict[str, float] = pad.bounding_box()
    return box


def draw(page: Any, shares: list[tuple[float, float]]) -> None:
    """Draw one stroke onto the pad with the mouse."""
    draw_without_lifting(page, shares)
    page.mouse.up()


def draw_without_lifting(
    page: Any, shares: list[tuple[float, float]], *, pause_ms: int = 0
) -> None:
    """Draw a stroke with the mouse, and leave the pen down.

    Args:
        page: with the pad.
        shares: the stroke's corners, in shares of the pad's sides.
        pause_ms: how long the pen rests at each corner.
    """
    box = pad_box(page)
    points = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in shares]
    page.mouse.move(*points[0])
    page.mouse.down()
    for point in points[1:]:
        page.mouse.move(*point, steps=8)
        page.wait_for_timeout(pause_ms)


def draw_by_touch(page: Any, shares: list[tuple[float, float]]) -> None:
    """Draw one stroke onto the pad with a finger."""
    box = pad_box(page)
    finger = page.context.new_cdp_session(page)
    for number, (x, y) in enumerate(shares):
        point = {"x": box["x"] + x * box["width"], "y": box["y"] + y * box["height"]}
        kind = "touchMove" if number else "touchStart"
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [point]})
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def press(page: Any, name: str) -> None:
    """Press a button; there is one of each name."""
    page.get_by_role("button", name=name).click()


def expect_heading(page: Any, text: str) -> None:
    """Wait until the page shows this heading."""
    page.get_by_role("heading", name=text, exact=True).wait_for()


def settled(page: Any) -> None:
    """Wait until the page has been drawn to its end."""
    page.locator("[data-test-script-state=notRunning]").wait_for()


def shoot(page: Any, name: str) -> None:
    """Photograph the whole page, however long, and look for what keeps people from using it."""
    size = page.viewport_size
    page.mouse.move(2, 2)
    settled(page)
    page.wait_for_timeout(600)
    page.wait_for_function("!document.querySelector('[data-testid=stSkeleton]')")
    height = page.get_by_test_id("stMain").evaluate("element => element.scrollHeight")
    page.set_viewport_size({"width": size["width"], "height": max(size["height"], height)})
    page.wait_for_timeout(600)
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png")
    page.set_viewport_size(size)
    if size["width"] >= DESKTOP["viewport"]["width"]:  # a phone shows the same elements
        assert serious_barriers(page) == []


def serious_barriers(page: Any) -> list[str]:
    """What axe-core finds that is serious or critical, with the first place of each."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="no axe-core")
    return [
        f"{found['id']}: {found['nodes'][0]['html'][:120]}"
        for found in axe.Axe().run(page).response["violations"]
        if found["impact"] in ("serious", "critical")
    ]


def upload(page: Any, folder: Path, **files: bytes) -> None:
    """Choose files in the field: a name and the bytes of a PNG each."""
    paths = [folder / f"{name}.png" for name in files]
    for path, data in zip(paths, files.values(), strict=True):
        path.write_bytes(data)
    page.locator("input[type=file]").set_input_files(paths)


def bottom_px(page: Any, heading: str) -> float:
    """How far below the window's top a heading ends, unscrolled."""
    box = page.get_by_role("heading", name=heading, exact=True).bounding_box()
    return float(box["y"] + box["height"])
