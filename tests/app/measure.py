"""Measures how long a visitor of a fresh server waits, and what the server then holds.

``python -m tests.app.measure [RUNS]`` prints medians, and ratios to an empty Streamlit page that is
measured in the same run on a fresh server of its own. ``DIGITSCOPE_MODEL`` chooses the network.
"""

from __future__ import annotations

import contextlib
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from tests.app.chromium import (
    CHROMIUM,
    FLAGS,
    SEVEN,
    draw_without_lifting,
    expect_heading,
    launched,
    settled,
)
from tests.app.scenes import HOME, ROOT, digit_on_paper

ANSWERS = 20
QUIET_S = 3.0  # after which the app begins to import TensorFlow
INTO_THE_IMPORT_S = 1.0
KERAS_WITHIN_S = 120


@contextlib.contextmanager
def visitor(browser: Any, address: str) -> Iterator[Any]:
    """A page of somebody who has not been here."""
    context = browser.new_context(locale="en-GB")
    page = context.new_page()
    page.set_default_timeout(120_000)
    page.goto(address)
    yield page
    context.close()


def seconds_to_empty_page(browser: Any, folder: Path) -> float:
    """Opening an empty Streamlit page on a fresh server, to its heading."""
    script = folder / "empty.py"
    script.write_text("import streamlit as st\nst.title('Nothing')\n", encoding="utf-8")
    with launched(str(script), folder) as (address, _process):
        started = time.perf_counter()
        with visitor(browser, address) as page:
            expect_heading(page, "Nothing")
            return time.perf_counter() - started


def seconds_to_answer(browser: Any, address: str, photo: Path, digit: int) -> float:
    """Opening the page, to the answer to a photo that is sent as soon as the field is there."""
    started = time.perf_counter()
    with visitor(browser, f"{address}/predict") as page:
        page.locator("input[type=file]").wait_for(state="attached")
        page.locator("input[type=file]").set_input_files(photo)
        expect_heading(page, f"It is a {digit}")
        return time.perf_counter() - started


def megabytes(process: Any) -> float:
    """What the server holds in memory (resident set)."""
    status = Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8")
    kilobytes = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(kilobytes.split()[1]) / 1000


def measure_once(browser: Any, folder: Path) -> dict[str, float]:
    """All figures of one fresh server."""
    photos = {}
    for digit in (2, 3, 7):
        photos[digit] = folder / f"{digit}.png"
        photos[digit].write_bytes(digit_on_paper(digit))
    empty_s = seconds_to_empty_page(browser, folder)
    with launched(str(HOME.relative_to(ROOT)), ROOT) as (address, process):
        first_s = seconds_to_answer(browser, address, photos[7], 7)
        figures = {"empty page, s": empty_s, "first answer, s": first_s}
        figures["MB after the first answer"] = megabytes(process)
        time.sleep(QUIET_S + INTO_THE_IMPORT_S)
        second_s = seconds_to_answer(browser, address, photos[2], 2)
        figures |= {"second visitor, s": second_s}
        figures |= {"first / empty": first_s / empty_s, "second / empty": second_s / empty_s}
        return figures | warm_figures(browser, address, photos, process)


def warm_figures(
    browser: Any, address: str, photos: dict[int, Path], process: Any
) -> dict[str, float]:
    """Files and strokes on a server that has been used, and its memory after twenty answers."""
    figures: dict[str, float] = {}
    with visitor(browser, f"{address}/predict") as page:
        field = page.locator("input[type=file]")
        field.wait_for(state="attached")
        times = []
        for number in range(ANSWERS):
            digit = (2, 3, 7)[number % 3]
            started = time.perf_counter()
            field.set_input_files(photos[digit])
            expect_heading(page, f"It is a {digit}")
            times.append(time.perf_counter() - started)
            settled(page)
            page.get_by_role("button", name="Remove").first.click()
            expect_heading(page, "Upload a photo")
            settled(page)
        figures["file chosen to answer, s"] = statistics.median(times)
    with contextlib.suppress(TimeoutError):
        figures["Keras answers after, s"] = seconds_to_keras(browser, address, photos[3])
    figures["MB after twenty"] = megabytes(process)
    with visitor(browser, f"{address}/predict?source=draw") as page:
        figures["stroke ended to bars, s"] = seconds_from_stroke(page)
    return figures


def seconds_to_keras(browser: Any, address: str, photo: Path) -> float:
    """Until an answer says that Keras gave it."""
    started = time.perf_counter()
    while time.perf_counter() - started < KERAS_WITHIN_S:
        with visitor(browser, f"{address}/predict") as page:
            page.locator("input[type=file]").wait_for(state="attached")
            page.locator("input[type=file]").set_input_files(photo)
            page.get_by_text("Read in").wait_for()
            if "Keras" in page.get_by_text("Read in").inner_text():
                return time.perf_counter() - started
        time.sleep(QUIET_S + 2)
    raise TimeoutError


def seconds_from_stroke(page: Any) -> float:
    """From the end of a stroke to the answer to it; the median of five drawings."""
    times = []
    for _ in range(5):
        draw_without_lifting(page, SEVEN, pause_ms=100)
        started = time.perf_counter()
        page.mouse.up()
        expect_heading(page, "It is a 7")
        times.append(time.perf_counter() - started)
        page.get_by_role("button", name="Clear").click()
        expect_heading(page, "Draw a digit")
        page.wait_for_timeout(1000)
    return statistics.median(times)


def main() -> None:
    """Print each run's figures and their medians."""
    runs = []
    with sync_playwright() as started, tempfile.TemporaryDirectory() as folder:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for _ in range(int(sys.argv[1]) if len(sys.argv) > 1 else 3):
            runs.append(measure_once(browser, Path(folder)))
            print({name: round(value, 2) for name, value in runs[-1].items()}, flush=True)
        browser.close()
    for name in runs[0]:
        values = [run[name] for run in runs if name in run]
        print(f"{name}: {statistics.median(values):.2f} ({min(values):.2f} to {max(values):.2f})")


if __name__ == "__main__":
    main()
