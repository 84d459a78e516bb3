"""Arranges many small pictures, such as feature maps, in one."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from digitscope.types import TILE_PX, Float32Array, UInt8Array
from streamlit_app.components.pictures import for_display

GAP_PX = 2  # between two pictures, on the screen
FRAME_RGB = (255, 150, 60)
LABEL_PX = 17


def lay_out(
    cells: NDArray[np.uint8], columns: int, cell_px: int, gap_px: int = GAP_PX
) -> Image.Image:
    """Arrange small pictures in rows, enlarged without smoothing.

    Args:
        cells: (N, side, side) or (N, side, side, 3) uint8, at least one.
        columns: number of pictures in a row.
        cell_px: width of each, px; rounded down to a multiple of its side.
        gap_px: gap between two, px.

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
    """Maps (N, side, side) >= 0 as RGB (N, side, side, 3) uint8: black, violet, yellow.

    All maps share one scale, so that brightness can be compared.
    """
    levels = (255 * maps / max(float(maps.max()), 1e-6)).astype(np.uint8)
    flat = cv2.applyColorMap(levels.reshape(len(maps), -1), cv2.COLORMAP_INFERNO)
    rgb: NDArray[np.uint8] = cv2.cvtColor(flat, cv2.COLOR_BGR2RGB).astype(np.uint8)
    return rgb.reshape(*maps.shape, 3)


def as_grey(kernels: Float32Array) -> NDArray[np.uint8]:
    """Weights -1..1 as uint8 grey: black is negative, mid-grey is zero, white is positive."""
    return np.rint(127.5 + 127.5 * np.clip(kernels, -1, 1)).astype(np.uint8)


def with_fields(pixels: UInt8Array, fields_px: list[int], side_px: int) -> Image.Image:
    """A tile with a labelled square round its centre for each receptive field.

    Args:
        pixels: (28, 28) uint8.
        fields_px: widths in pixels of the tile, ascending.
        side_px: side of the result, px; a multiple of 28.
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
