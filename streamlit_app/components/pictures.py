"""Pictures made ready for the screen: enlarged, framed, never judged."""

from __future__ import annotations

from base64 import b64encode
from io import BytesIO

import numpy as np
from PIL import Image, ImageDraw, ImageOps

from digitscope.types import Tile, UInt8Array

CRISP_PX = 64  # up to here a picture is made of pixels to be told apart
QUICK_PNG = 3  # of 9: half the time of the default, a tenth more bytes
FRAME_RGB = (239, 68, 68)  # stands out on paper and on a blackboard
EDGE_RGB = (148, 152, 164)  # a hairline: white paper ends somewhere on a white page
CORNER_PX = 12  # the theme rounds pictures by about as much
FRAME_MARGIN_SHARE = 0.02  # of the picture's longer side


def for_display(image: UInt8Array, side_px: int) -> Image.Image:
    """Bring the longer side to about `side_px`.

    Args:
        image: (height, width) or (height, width, 3) uint8.
        side_px: tiles grow by a whole factor, with crisp pixels, up to it; all else is brought
            to it exactly.
    """
    picture = Image.fromarray(np.ascontiguousarray(image))
    longest = max(picture.size)
    crisp = longest <= CRISP_PX
    factor = side_px // longest if crisp else side_px / longest
    size = (max(1, round(picture.width * factor)), max(1, round(picture.height * factor)))
    return picture.resize(size, Image.Resampling.NEAREST if crisp else Image.Resampling.LANCZOS)


def squared(picture: Image.Image, side_px: int) -> Image.Image:
    """Lay a picture into the middle of a transparent square, so that a row of them aligns."""
    square = Image.new("RGBA", (side_px, side_px), (0, 0, 0, 0))
    left, top = (side_px - picture.width) // 2, (side_px - picture.height) // 2
    square.paste(picture.convert("RGBA"), (left, top))
    edge = (left, top, left + picture.width - 1, top + picture.height - 1)
    ImageDraw.Draw(square).rounded_rectangle(edge, radius=CORNER_PX, outline=EDGE_RGB)
    return square


def covered(image: UInt8Array, side_px: int = 200) -> Image.Image:
    """The middle of a picture as a square of `side_px`, pixels crisp where there are few."""
    picture = Image.fromarray(np.ascontiguousarray(image)).convert("RGB")
    crisp = max(picture.size) <= CRISP_PX
    method = Image.Resampling.NEAREST if crisp else Image.Resampling.LANCZOS
    square = ImageOps.fit(picture, (side_px, side_px), method)
    edge = (0, 0, side_px - 1, side_px - 1)
    ImageDraw.Draw(square).rounded_rectangle(edge, radius=CORNER_PX, outline=EDGE_RGB)
    return square


def inline(picture: Image.Image) -> str:
    """The picture as an address that holds it: it never lies on the server for others to fetch."""
    buffer = BytesIO()
    picture.save(buffer, "PNG", compress_level=QUICK_PNG)
    return f"data:image/png;base64,{b64encode(buffer.getvalue()).decode('ascii')}"


def photo(image: UInt8Array, tile: Tile | None, side_px: int) -> Image.Image:
    """The picture that was given, with a frame around the ink that was read.

    Args:
        image: (height, width, 3) uint8.
        tile: the digit that was found in this very picture, or None.
        side_px: longest side of what is shown.
    """
    shown = for_display(image, side_px).convert("RGB")
    pen = ImageDraw.Draw(shown)
    edge = (0, 0, shown.width - 1, shown.height - 1)
    pen.rounded_rectangle(edge, radius=CORNER_PX, outline=EDGE_RGB)
    box = None if tile is None else Image.fromarray(tile.ink_mask).resize(shown.size).getbbox()
    if box is not None:
        _draw_frame(pen, box, shown.size)
    return shown


def _draw_frame(
    pen: ImageDraw.ImageDraw,
    box_xyxy: tuple[int, int, int, int],
    size_wh: tuple[int, int],
) -> None:
    """Draw a rounded frame a little outside of the box."""
    margin = max(4, round(max(size_wh) * FRAME_MARGIN_SHARE))
    left, top, right, bottom = box_xyxy
    outer = (
        max(1, left - margin),
        max(1, top - margin),
        min(size_wh[0] - 2, right + margin),
        min(size_wh[1] - 2, bottom + margin),
    )
    pen.rounded_rectangle(outer, radius=margin, outline=FRAME_RGB, width=max(3, margin // 3))


def digit_plate(glyph: str, colour: str) -> str:
    """A large character on a coloured plate: an SVG, 160 px a side."""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="160" height="160" viewBox="0 0 160 160">'
        f'<rect width="160" height="160" rx="28" fill="{colour}"/>'
        '<text x="80" y="124" text-anchor="middle" font-size="124" font-weight="700" '
        f'font-family="system-ui, sans-serif" fill="#ffffff">{glyph}</text></svg>'
    )
