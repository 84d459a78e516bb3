"""Picture metadata: EXIF may turn a picture, but broken metadata never makes it unreadable."""

from __future__ import annotations

import os
import struct
import zlib
from io import BytesIO
from typing import BinaryIO

from PIL import ExifTags, Image

UPRIGHT = 1  # EXIF: the first row is the top
TURNS = {  # by EXIF orientation
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
QUARTER_TURNS = tuple(TURNS[number] for number in (5, 6, 7, 8))  # they swap width and height
JPEG_SIGNATURE = b"\xff\xd8"
EXIF_BLOCK_START = b"Exif\0\0"
MAX_EXIF_BLOCKS = 500  # a photo has one or two
MAX_METADATA_BYTES = 2**26  # searched for EXIF blocks
PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
PNG_PIXEL_CHUNKS = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND")


def png_without_metadata(stream: BinaryIO) -> BinaryIO:
    """Copy only a PNG's pixel chunks, and its EXIF chunk if the checksum is right."""
    stream.seek(len(PNG_SIGNATURE))
    kept = BytesIO(PNG_SIGNATURE)
    kept.seek(0, os.SEEK_END)
    while len(head := stream.read(8)) == 8:
        length, kind = struct.unpack(">I4s", head)
        if kind not in PNG_PIXEL_CHUNKS and kind != b"eXIf":
            stream.seek(length + 4, os.SEEK_CUR)
            continue
        body = stream.read(length + 4)
        if kind in PNG_PIXEL_CHUNKS or body[-4:] == zlib.crc32(kind + body[:-4]).to_bytes(4, "big"):
            kept.write(head + body)
    kept.seek(0)
    return kept


def turn_of(image: Image.Image) -> Image.Transpose | None:
    """The rotation or flip that EXIF asks for; None if there is none or EXIF is broken."""
    try:
        return TURNS.get(image.getexif().get(ExifTags.Base.Orientation, UPRIGHT))
    except Exception:  # noqa: BLE001 - whatever is wrong with EXIF, the pixels are sound
        return None


def jpeg_with_few_exif_blocks(stream: BinaryIO) -> BinaryIO:
    """Disable the EXIF blocks of a JPEG that has more than MAX_EXIF_BLOCKS.

    For each block Pillow copies all earlier blocks: a file of 14 MB would take minutes.
    """
    data = stream.read(MAX_METADATA_BYTES)
    stream.seek(0)
    if data.count(EXIF_BLOCK_START) <= MAX_EXIF_BLOCKS:
        return stream
    return BytesIO(stream.read().replace(EXIF_BLOCK_START, b"Many\0\0"))
