"""Digits on plain, ruled and squared paper: the lines go, the digit stays."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import pytest

from digitscope import DigitReader
from digitscope.types import UInt8Array

WIDTH, HEIGHT = 480, 640
PAPER_RGB = (235, 232, 225)
PENS_RGB = ((30, 40, 90), (90, 90, 95))
PER_PAPER = 30  # one digit is 3 %: the floors leave room for two or three, as networks change


@dataclass(frozen=True)
class Paper:
    """How a sheet is printed.

    Attributes:
        gap_px: between two lines; 0 prints none.
        line_px, line_rgb: of a line.
        least_right: share of the digits that must be read right on it.
        squared: lines both ways.
    """

    gap_px: int
    line_px: int
    line_rgb: tuple[int, int, int]
    least_right: float
    squared: bool


PAPERS = {
    "plain": Paper(0, 1, (0, 0, 0), 0.93, squared=False),
    "ruled": Paper(44, 2, (170, 190, 220), 0.9, squared=False),
    "ruled in dark": Paper(60, 2, (120, 130, 160), 0.9, squared=False),
    "squared": Paper(30, 1, (170, 190, 220), 0.9, squared=True),
    "squared widely": Paper(60, 2, (150, 160, 190), 0.9, squared=True),
    "squared in dark": Paper(30, 2, (140, 150, 180), 0.8, squared=True),
}


def printed(paper: Paper, rng: np.random.Generator) -> np.ndarray:
    """An empty sheet, photographed a little askew: (480 x 640) float32."""
    sheet = np.full((HEIGHT, WIDTH, 3), PAPER_RGB, np.float32)
    if not paper.gap_px:
        return sheet
    first, tilt = int(rng.integers(paper.gap_px)), rng.uniform(-0.02, 0.02)
    look = {"color": paper.line_rgb, "thickness": paper.line_px, "lineType": cv2.LINE_AA}
    for at in range(first - WIDTH, HEIGHT + WIDTH, paper.gap_px):
        cv2.line(sheet, (0, at), (WIDTH, int(at + tilt * WIDTH)), **look)
        if paper.squared:
            cv2.line(sheet, (at, 0), (int(at - tilt * HEIGHT), HEIGHT), **look)
    return sheet


def written(tile: UInt8Array, sheet: np.ndarray, rng: np.random.Generator) -> UInt8Array:
    """A tile written large on a sheet, sharp as a pen writes, with the camera's grain."""
    size = int(rng.integers(160, 360))
    large = cv2.resize(tile, (size, size), interpolation=cv2.INTER_CUBIC).astype(np.float32) / 255
    ink = cv2.GaussianBlur(np.clip((large - 0.35) * 4, 0, 1), (0, 0), 1.2)[..., None]
    top, left = (HEIGHT - size) // 2, (WIDTH - size) // 2
    under = sheet[top : top + size, left : left + size]
    under += ink * (np.float32(PENS_RGB[int(rng.integers(2))]) - under)
    photo = cv2.GaussianBlur(sheet, (0, 0), 0.8) + rng.normal(0, 3, sheet.shape)
    return np.clip(photo, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("name", PAPERS)
def test_digits_are_read_on_paper(
    reader: DigitReader, mnist_tiles: tuple[UInt8Array, UInt8Array], name: str
) -> None:
    paper, rng = PAPERS[name], np.random.default_rng(7)
    tiles, labels = mnist_tiles
    chosen = rng.choice(len(tiles), PER_PAPER, replace=False)
    answers = [
        reader.read(written(tiles[one], printed(paper, rng), rng), background="opencv").digit
        for one in chosen
    ]
    assert np.mean(np.array(answers) == labels[chosen]) >= paper.least_right
