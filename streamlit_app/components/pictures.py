"""Pictures made ready for the screen: enlarged, squared, bordered, never judged."""

from __future__ import annotations

from base64 import b64encode
from functools import lru_cache
from io import BytesIO

import numpy as np
from PIL import Image, ImageDraw, ImageOps

from digitscope.types import UInt8Array

CRISP_PX = 64  # up to here a picture is made of pixels to be told apart
QUICK_PNG = 3  # of 9: half the time of the default, a tenth more bytes
EDGE_RGB = (148, 152, 164)  # a hairline: white paper ends somewhere on a white page
FINER = 4  # times: drawn so large, then shrunk, an edge has no steps
CORNER_PX = 18  # the theme rounds pictures a little less: its own edge never cuts the hairline


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
    square.paste(_rounded(picture), (left, top))
    return square


def covered(image: UInt8Array, side_px: int = 200) -> Image.Image:
    """The middle of a picture as a square of `side_px`, pixels crisp where there are few."""
    picture = Image.fromarray(np.ascontiguousarray(image)).convert("RGB")
    crisp = max(picture.size) <= CRISP_PX
    method = Image.Resampling.NEAREST if crisp else Image.Resampling.LANCZOS
    return _rounded(ImageOps.fit(picture, (side_px, side_px), method))


def inline(picture: Image.Image) -> str:
    """The picture as an address that holds it: it never lies on the server for others to fetch."""
    buffer = BytesIO()
    picture.save(buffer, "PNG", compress_level=QUICK_PNG)
    return f"data:image/png;base64,{b64encode(buffer.getvalue()).decode('ascii')}"


def bordered(image: UInt8Array) -> Image.Image:
    """A picture (height, width, 3) with a hairline round it."""
    return _rounded(Image.fromarray(np.ascontiguousarray(image)))


def _rounded(picture: Image.Image) -> Image.Image:
    """The picture as RGBA, a hairline along its rounded edge and nothing outside it."""
    cut = Image.new("RGBA", picture.size, EDGE_RGB)
    cut.paste(picture.convert("RGBA"), mask=_rounded_mask(picture.size, inset_px=1))
    cut.putalpha(_rounded_mask(picture.size, inset_px=0))
    return cut


@lru_cache(maxsize=16)
def _rounded_mask(size_wh: tuple[int, int], inset_px: int) -> Image.Image:
    """255 inside a rounded rectangle, 0 outside, and smooth between them."""
    inset_px = min(inset_px, (min(size_wh) - 1) // 2)  # a strip of two pixels has no inside
    width, height = (side * FINER for side in size_wh)
    inset, radius = inset_px * FINER, (CORNER_PX - inset_px) * FINER
    large = Image.new("L", (width, height), 0)
    edge = (inset, inset, width - 1 - inset, height - 1 - inset)
    ImageDraw.Draw(large).rounded_rectangle(edge, radius=radius, fill=255)
    return large.reduce(FINER)
