"""Prepares pictures for the screen: resized, squared, bordered."""

from __future__ import annotations

from base64 import b64encode
from functools import lru_cache
from io import BytesIO

import numpy as np
from PIL import Image, ImageDraw, ImageOps

from digitscope.types import UInt8Array

CRISP_PX = 64  # pictures up to this size are enlarged without smoothing
QUICK_PNG = 3  # compression level, of 9: half the time of the default, a tenth more bytes
EDGE_RGB = (148, 152, 164)  # a thin border shows where white paper ends on a white page
SUPERSAMPLING = 4  # times: a mask is drawn so large, then reduced, for smooth edges
CORNER_PX = 18  # a little more than the theme's rounding, which would cut the border


def for_display(image: UInt8Array, side_px: int) -> Image.Image:
    """Resize a picture so that its longer side is about `side_px`.

    Args:
        image: (height, width) or (height, width, 3) uint8.
        side_px: pictures up to `CRISP_PX` grow by a whole factor, without smoothing, up to this
            size; all others get exactly this size.
    """
    picture = Image.fromarray(np.ascontiguousarray(image))
    longest = max(picture.size)
    crisp = longest <= CRISP_PX
    factor = side_px // longest if crisp else side_px / longest
    size = (max(1, round(picture.width * factor)), max(1, round(picture.height * factor)))
    return picture.resize(size, Image.Resampling.NEAREST if crisp else Image.Resampling.LANCZOS)


def pad_to_square(picture: Image.Image, side_px: int) -> Image.Image:
    """Centre a picture in a transparent square, so that pictures in a row align."""
    square = Image.new("RGBA", (side_px, side_px), (0, 0, 0, 0))
    left, top = (side_px - picture.width) // 2, (side_px - picture.height) // 2
    square.paste(_rounded(picture), (left, top))
    return square


def centre_crop(image: UInt8Array, side_px: int = 200) -> Image.Image:
    """The central square of a picture, resized to `side_px`; small ones without smoothing."""
    picture = Image.fromarray(np.ascontiguousarray(image)).convert("RGB")
    crisp = max(picture.size) <= CRISP_PX
    method = Image.Resampling.NEAREST if crisp else Image.Resampling.LANCZOS
    return _rounded(ImageOps.fit(picture, (side_px, side_px), method))


def as_data_url(picture: Image.Image) -> str:
    """The picture as a ``data:`` URL, so that the server never stores it for others to fetch."""
    buffer = BytesIO()
    picture.save(buffer, "PNG", compress_level=QUICK_PNG)
    return f"data:image/png;base64,{b64encode(buffer.getvalue()).decode('ascii')}"


def bordered(image: UInt8Array) -> Image.Image:
    """A picture (height, width, 3) with a thin border round it."""
    return _rounded(Image.fromarray(np.ascontiguousarray(image)))


def _rounded(picture: Image.Image) -> Image.Image:
    """The picture as RGBA with rounded corners and a thin border, transparent outside."""
    cut = Image.new("RGBA", picture.size, EDGE_RGB)
    cut.paste(picture.convert("RGBA"), mask=_rounded_mask(picture.size, inset_px=1))
    cut.putalpha(_rounded_mask(picture.size, inset_px=0))
    return cut


@lru_cache(maxsize=16)
def _rounded_mask(size_wh: tuple[int, int], inset_px: int) -> Image.Image:
    """255 inside a rounded rectangle, 0 outside, and smooth between them."""
    inset_px = min(inset_px, (min(size_wh) - 1) // 2)  # a strip of two pixels has no inside
    width, height = (side * SUPERSAMPLING for side in size_wh)
    inset, radius = inset_px * SUPERSAMPLING, (CORNER_PX - inset_px) * SUPERSAMPLING
    large = Image.new("L", (width, height), 0)
    edge = (inset, inset, width - 1 - inset, height - 1 - inset)
    ImageDraw.Draw(large).rounded_rectangle(edge, radius=radius, fill=255)
    return large.reduce(SUPERSAMPLING)
