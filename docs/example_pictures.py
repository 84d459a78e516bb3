"""Write the app's examples, all of our own making: `python docs/example_pictures.py`.

Each is drawn in code: strokes of a pen on paper, photographed by simulation where it says so.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from PIL import Image
from sample_photo import light, sample_photo, smooth

from digitscope import DigitReader
from digitscope.types import UInt8Array

ASSETS = Path(__file__).resolve().parent.parent / "streamlit_app" / "assets"
PAGE_WH = (720, 960)  # what sample_photo's light falls on
SHOWN_WH = (480, 640)
PAD_PX = 300
JPEG_QUALITY = 82
GRAIN, SEED = 4.0, 11
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
STAR: tuple[Points, ...] = (
    ((150, 40), (208, 250)),
    ((208, 250), (44, 118)),
    ((44, 118), (258, 116)),
    ((258, 116), (88, 250)),
    ((88, 250), (150, 40)),
)


def draw(canvas: UInt8Array, strokes: tuple[Points, ...], rgb: tuple[int, ...], pen: int) -> None:
    """Draw strokes, rounded off, onto a picture (H, W, 3)."""
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
    """A page as a camera would see it: light, blur and grain; (640, 480, 3) uint8."""
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


def on_pad(strokes: tuple[Points, ...]) -> UInt8Array:
    """What the drawing pad makes of strokes: (300, 300, 3) uint8, black on white."""
    pad = np.full((PAD_PX, PAD_PX, 3), 255, np.uint8)
    draw(pad, strokes, (22, 24, 29), 17)
    return pad


def main() -> None:
    """Write all six."""
    ASSETS.mkdir(exist_ok=True)
    seven = cv2.resize(sample_photo(), SHOWN_WH, interpolation=cv2.INTER_AREA)
    for name, photo in (
        ("photo_7.jpg", seven),
        ("pencil_4.jpg", pencil_photo()),
        ("number_42.jpg", number_photo()),
    ):
        Image.fromarray(photo).save(ASSETS / name, quality=JPEG_QUALITY)
    tile = DigitReader(background="opencv").read(on_pad(FIVE)).preprocessed.tile
    assert tile is not None, "the five was not found"  # noqa: S101
    for name, picture in (
        ("drawing_3.png", on_pad(THREE)),
        ("star.png", on_pad(STAR)),
        ("tile_5.png", tile.pixels),
    ):
        Image.fromarray(picture).save(ASSETS / name, optimize=True)


if __name__ == "__main__":
    main()
