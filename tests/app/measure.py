"""Measures how long a visitor of a fresh server waits, and what the server then holds.

``python -m tests.app.measure [--runs 3] [--visitors 50]`` prints medians, and ratios to an empty
Streamlit page that is measured in the same run on a fresh server of its own. Each run starts two
servers, with the default network and with ONNX alone; at last many visitors come at once.
"""

from __future__ import annotations

import argparse
import contextlib
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from digitscope.model_files import ONNX_MODEL
from tests.app.chromium import (
    CHROMIUM,
    FLAGS,
    SEVEN,
    draw_without_lifting,
    expect_heading,
    launched,
    pad_box,
    settled,
)
from tests.app.crowd import NO_XSRF, crowd_figures
from tests.app.scenes import HOME, ROOT, digit_on_paper

APP = str(HOME.relative_to(ROOT))
ANSWERS = 20
QUIET_S = 3.0  # after which the app begins to import TensorFlow
INTO_THE_IMPORT_S = 1.0
KERAS_WITHIN_S = 120
STROKES = 5
WATCH_BARS = """() => {
  window.watched = { lifted: 0, shown: 0, words: "" };
  addEventListener("pointerup", () => { watched.lifted = performance.now(); }, true);
  const look = () => {
    const bars = document.querySelector('[role=img][aria-label^="Probability of each digit"]');
    const words = bars ? bars.getAttribute("aria-label") : "";
    if (!words || words === watched.words) return;  // a page that runs again draws the same anew
    watched.shown = performance.now();
    watched.words = words;
  };
  const all = { subtree: true, childList: true, attributes: true };
  new MutationObserver(look).observe(document.body, all);
}"""


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


def make_photos(folder: Path) -> dict[int, Path]:
    """A photo of each digit that is shown."""
    photos = {digit: folder / f"{digit}.png" for digit in (2, 3, 7)}
    for digit, file in photos.items():
        file.write_bytes(digit_on_paper(digit))
    return photos


def measure_once(browser: Any, folder: Path) -> dict[str, float]:
    """All figures of fresh servers."""
    photos = make_photos(folder)
    empty_s = seconds_to_empty_page(browser, folder)
    with launched(APP, ROOT) as (address, process):
        first_s = seconds_to_answer(browser, address, photos[7], 7)
        figures = {"empty page, s": empty_s, "first answer, s": first_s}
        figures["MB after the first answer"] = megabytes(process)
        time.sleep(QUIET_S + INTO_THE_IMPORT_S)
        second_s = seconds_to_answer(browser, address, photos[2], 2)
        figures |= {"second visitor, s": second_s}
        figures |= {"first / empty": first_s / empty_s, "second / empty": second_s / empty_s}
        figures |= warm_figures(browser, address, photos, process)
        figures |= keras_figures(browser, address, photos, process)
    with launched(APP, ROOT, DIGITSCOPE_MODEL=str(ONNX_MODEL)) as (address, process):
        seconds_to_answer(browser, address, photos[7], 7)
        figures["ONNX only: MB after the first answer"] = megabytes(process)
        seconds_to_files(browser, address, photos)
        figures["ONNX only: MB after twenty"] = megabytes(process)
    return figures


def warm_figures(
    browser: Any, address: str, photos: dict[int, Path], process: Any
) -> dict[str, float]:
    """Files and strokes on a server that has been used."""
    figures = {"file chosen to answer, s": seconds_to_files(browser, address, photos)}
    figures["MB after twenty"] = megabytes(process)
    with visitor(browser, f"{address}/predict?source=draw") as page:
        return figures | {"stroke ended to bars, s": seconds_from_stroke(page)}


def keras_figures(
    browser: Any, address: str, photos: dict[int, Path], process: Any
) -> dict[str, float]:
    """The same once Keras answers; nothing where it does not in time."""
    with contextlib.suppress(TimeoutError):
        after_s = seconds_to_keras(browser, address, photos[3])
        warm = warm_figures(browser, address, photos, process)
        return {"Keras answers after, s": after_s} | {f"Keras: {k}": v for k, v in warm.items()}
    return {}


def seconds_to_files(browser: Any, address: str, photos: dict[int, Path]) -> float:
    """From a file chosen to its answer, twenty times in one session; the median."""
    times = []
    with visitor(browser, f"{address}/predict") as page:
        field = page.locator("input[type=file]")
        field.wait_for(state="attached")
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
    return statistics.median(times)


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
    """From the end of a stroke until its bars are on the screen; the median of five drawings.

    0 where they were there before the pen was lifted.
    """
    times = []
    pad_box(page)
    page.evaluate(WATCH_BARS)
    for _ in range(STROKES):
        draw_without_lifting(page, SEVEN)
        page.mouse.up()
        expect_heading(page, "What spoke for it")
        settled(page)
        times.append(page.evaluate("Math.max(0, watched.shown - watched.lifted)") / 1000)
        page.get_by_role("button", name="Clear").click()
        expect_heading(page, "Draw a digit")
        page.wait_for_timeout(1000)
    return statistics.median(times)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print each run's figures and their medians."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--visitors", type=int, default=50, help="who come at once; 0 for none")
    chosen = parser.parse_args(arguments)
    runs = []
    with sync_playwright() as started, tempfile.TemporaryDirectory() as folder:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for _ in range(chosen.runs):
            runs.append(measure_once(browser, Path(folder)))
            print({name: round(value, 2) for name, value in runs[-1].items()}, flush=True)
        for name in runs[0] if runs else ():
            values = [run[name] for run in runs if name in run]
            middle, ends = statistics.median(values), (min(values), max(values))
            print(f"{name}: {middle:.2f} ({ends[0]:.2f} to {ends[1]:.2f})", flush=True)
        if chosen.visitors:
            with launched(APP, ROOT, **NO_XSRF) as (address, process):
                figures = crowd_figures(address, chosen.visitors)
                figures["MB with all of them"] = megabytes(process)
            for name, value in figures.items():
                print(f"{name}: {value:.2f}")
        browser.close()


if __name__ == "__main__":
    main()
