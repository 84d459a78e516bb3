"""Many visitors at once, each with a picture of their own: is anybody shown another's?"""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.app.chromium import ANSWER_MS, expect_heading
from tests.app.scenes import digit_on_paper

DIGITS = (2, 3, 7)
PAPER_GREEN, PAPER_BLUE, DARKEST_RED = 243, 236, 190  # the paper's red is the visitor's number
CORNER_PX = 40  # of the shown picture: paper, no ink and no frame
COLOUR_OF_PICTURE = """(image, at) => {
  const canvas = document.createElement("canvas");
  canvas.width = image.naturalWidth;
  canvas.height = image.naturalHeight;
  const pen = canvas.getContext("2d");
  pen.drawImage(image, 0, 0);
  return [...pen.getImageData(at, at, 1, 1).data].slice(0, 3);
}"""


@dataclass(frozen=True)
class Visitor:
    """One of the crowd.

    Attributes:
        number: 0 and up; the colour of the paper tells it.
        page: the browser's page.
    """

    number: int
    page: Any

    @property
    def paper_rgb(self) -> tuple[int, int, int]:
        """Nobody else has this paper."""
        return (DARKEST_RED + self.number, PAPER_GREEN, PAPER_BLUE)

    def send(self, folder: Path, digit: int) -> None:
        """Give a digit; the answer is not waited for."""
        file = folder / f"visitor_{self.number}_{digit}.png"
        file.write_bytes(digit_on_paper(digit, self.paper_rgb))
        self.page.locator("input[type=file]").set_input_files(file)

    def take_back(self) -> None:
        """Take the picture away."""
        self.page.get_by_role("button", name="Remove").first.click()
        expect_heading(self.page, "Upload a photo")

    def faults(self, digit: int) -> list[str]:
        """What is shown that is not this visitor's own."""
        expect_answer(self.page)
        said = self.page.get_by_role("heading", level=2).first.inner_text()
        picture = self.page.get_by_alt_text("Your picture, its ink marked and framed")
        colour = picture.evaluate(COLOUR_OF_PICTURE, CORNER_PX)
        name = self.page.get_by_text(f"visitor_{self.number}_{digit}.png").count()
        found = [f"answer {said!r}, not {digit}"] if said != f"It is a {digit}" else []
        found += [f"paper {colour}, not {self.paper_rgb}"] if colour != [*self.paper_rgb] else []
        return found + ([] if name else ["another file's name"])


def expect_answer(page: Any) -> None:
    """Wait until there is some answer, and all that belongs to it."""
    page.get_by_role("heading", name="What spoke for it", exact=True).wait_for(timeout=ANSWER_MS)


def crowd_figures(browser: Any, address: str, folder: Path, count: int) -> dict[str, float]:
    """Let `count` visitors give two pictures each, all at the same time."""
    faults: list[str] = []
    slowest_s = 0.0
    with contextlib.ExitStack() as stack:
        visitors = []
        for number in range(count):
            context = stack.enter_context(contextlib.closing(browser.new_context(locale="en-GB")))
            visitors.append(Visitor(number, context.new_page()))
            visitors[-1].page.set_default_timeout(ANSWER_MS)
            visitors[-1].page.goto(f"{address}/predict")
        for visitor in visitors:
            visitor.page.locator("input[type=file]").wait_for(state="attached")
        for turn in range(2):
            started = time.perf_counter()
            for visitor in visitors:
                visitor.send(folder, DIGITS[(visitor.number + turn) % len(DIGITS)])
            for visitor in visitors:
                faults += visitor.faults(DIGITS[(visitor.number + turn) % len(DIGITS)])
            slowest_s = max(slowest_s, time.perf_counter() - started)
            for visitor in visitors:
                visitor.take_back()
    for fault in faults:
        print("FAULT", fault)
    name = f"{count} sessions at once"
    return {f"{name}, wrong or mixed up": len(faults), f"{name}, until all answered, s": slowest_s}
