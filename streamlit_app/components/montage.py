"""Many small maps side by side in one picture."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from digitscope.types import TILE_PX, Float32Array, UInt8Array
from streamlit_app.components.pictures import for_display

GAP_PX = 2  # between two maps, on the screen
FRAME_RGB = (255, 150, 60)
LABEL_PX = 17


def lay_out(
    cells: NDArray[np.uint8], columns: int, cell_px: int, gap_px: int = GAP_PX
) -> Image.Image:
    """Lay small pictures out in rows, each pixel a crisp square.

    Args:
        cells: (N, side, side) or (N, side, side, 3) uint8, at least one.
        columns: how many a row.
        cell_px: about how wide each is on the screen: a whole number of times its side.
        gap_px: between two.

    Returns:
        A picture with transparent gaps.
    """
    side = cells.shape[1]
    pitch = max(1, cell_px // side) * side + gap_px
    rows = -(-len(cells) // columns)
    sheet = Image.new("RGBA", (columns * pitch - gap_px, rows * pitch - gap_px), (0, 0, 0, 0))
    for number, cell in enumerate(cells):
        corner = (number % columns * pitch, number // columns * pitch)
        sheet.paste(for_display(cell, pitch - gap_px).convert("RGBA"), corner)
    return sheet


def as_heat(maps: Float32Array) -> NDArray[np.uint8]:
    """Maps (N, side, side) of 0 and more as colours (N, side, side, 3): black, violet, yellow.

    All share one scale, so that a bright one is a strong one.
    """
    levels = (255 * maps / max(float(maps.max()), 1e-6)).astype(np.uint8)
    flat = cv2.applyColorMap(levels.reshape(len(maps), -1), cv2.COLORMAP_INFERNO)
    rgb: NDArray[np.uint8] = cv2.cvtColor(flat, cv2.COLOR_BGR2RGB).astype(np.uint8)
    return rgb.reshape(*maps.shape, 3)


def as_grey(kernels: Float32Array) -> NDArray[np.uint8]:
    """Weights of -1..1 as grey: black takes away, white adds, the middle does nothing."""
    return np.rint(127.5 + 127.5 * np.clip(kernels, -1, 1)).astype(np.uint8)


def with_fields(pixels: UInt8Array, fields_px: list[int], side_px: int) -> Image.Image:
    """A tile with a square for each receptive field round its centre, each labelled.

    Args:
        pixels: (28, 28) uint8.
        fields_px: widths in pixels of the tile, growing.
        side_px: of the picture; a multiple of 28.
    """
    picture = for_display((pixels * 0.6).astype(np.uint8), side_px).convert("RGB")
    pen, unit, centre = ImageDraw.Draw(picture), side_px / TILE_PX, side_px / 2
    for field in fields_px:
        reach = field * unit / 2
        pen.rectangle(
            (centre - reach, centre - reach, centre + reach - 1, centre + reach - 1),
            outline=FRAME_RGB,
            width=2,
        )
        pen.text(
            (centre - reach + 4, centre - reach + 2), str(field), FRAME_RGB, font_size=LABEL_PX
        )
    return picture
