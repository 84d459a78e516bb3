"""Test pictures, all made in code: digits on pages, files of every kind, files that are none."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from digitscope.types import UInt8Array

PAPER_RGB = (255, 255, 255)
INK_RGB = (20, 20, 40)
PAGE_WH = (640, 480)
DIGIT_PX = 280  # of the 28 px tile with its margin, on the page


def coverage(tile: UInt8Array, size_wh: tuple[int, int], digit_px: int) -> NDArray[np.float32]:
    """How much ink lies on each pixel of a page: (H, W) float32, 0..1."""
    width, height = size_wh
    ink = np.zeros((height, width), np.float32)
    large = cv2.resize(tile, (digit_px, digit_px), interpolation=cv2.INTER_CUBIC)
    top, left = (height - digit_px) // 2, (width - digit_px) // 2
    ink[top : top + digit_px, left : left + digit_px] = large / np.float32(255)
    return ink


def page(
    tile: UInt8Array,
    *,
    size_wh: tuple[int, int] = PAGE_WH,
    digit_px: int = DIGIT_PX,
    ink_rgb: tuple[int, int, int] = INK_RGB,
    paper_rgb: tuple[int, int, int] = PAPER_RGB,
) -> UInt8Array:
    """An MNIST tile (28, 28), enlarged in the middle of a page: (H, W, 3) uint8 RGB."""
    ink = coverage(tile, size_wh, digit_px)[:, :, np.newaxis]  # (H, W, 1)
    mixed = np.float32(paper_rgb) + ink * (np.float32(ink_rgb) - np.float32(paper_rgb))
    return np.rint(mixed).astype(np.uint8)


def transparent(tile: UInt8Array, ink_rgb: tuple[int, int, int]) -> Image.Image:
    """The same digit as ink on nothing: RGBA."""
    alpha = np.rint(coverage(tile, PAGE_WH, DIGIT_PX) * 255).astype(np.uint8)
    ink = np.broadcast_to(np.uint8(ink_rgb), (*alpha.shape, 3))
    return Image.fromarray(np.dstack([ink, alpha]))


def encoded(image: Image.Image | UInt8Array, kind: str, **options: Any) -> bytes:
    """The bytes of a picture file."""
    if isinstance(image, np.ndarray):
        image = Image.fromarray(image)
    buffer = BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def photographed_sideways(upright: UInt8Array) -> bytes:
    """A JPEG as a phone held upright stores it: turned, with EXIF saying so."""
    exif = Image.Exif()
    exif[0x0112] = 6  # Orientation: turn by 90 degrees clockwise to see it upright
    stored = Image.fromarray(upright).transpose(Image.Transpose.ROTATE_90)
    return encoded(stored, "JPEG", exif=exif)


def blank_png(side_px: int) -> bytes:
    """A valid black PNG of any size, one bit a pixel, made without holding its pixels."""
    row = bytes(1 + (side_px + 7) // 8)  # filter type 0, then 8 pixels a byte
    packer = zlib.compressobj(9)
    pixels = b"".join(packer.compress(row) for _ in range(side_px)) + packer.flush()
    header = struct.pack(">IIBBBBB", side_px, side_px, 1, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", pixels), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*chunk) for chunk in chunks)


def _chunk(name: bytes, content: bytes) -> bytes:
    checksum = zlib.crc32(name + content)
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", checksum)
