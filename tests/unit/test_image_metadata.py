"""Whatever stands beside the pixels, a picture opens, the right way up where EXIF can be read."""

from __future__ import annotations

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from digitscope.image_io import load_picture
from digitscope.types import UInt8Array

FILES = 200  # each with metadata of its own
SIDEWAYS = 6  # EXIF: the picture is turned by a quarter, clockwise, to stand upright
FIELD_TYPES = (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 99)
TAGS = (0x10F, 0x112, 0x11A, 0x132, 0x8769, 0x8825, 0x9286, 0xA005, 0xC4A5)
CHUNKS = (b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"iCCP", b"pHYs", b"gAMA", b"cHRM", b"acTL", b"fcTL")


def _picture() -> UInt8Array:
    """A bar on the left of a wide page."""
    page = np.full((60, 80, 3), 255, np.uint8)
    page[:, 5:15] = 0
    return page


def _encoded(kind: str, **options: object) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(_picture()).save(stream, kind, **options)
    return stream.getvalue()


def _random_exif(rng: np.random.Generator, orientation: int | None = None) -> bytes:
    """EXIF with one good orientation, if asked for, and fields of any type, count and value."""
    fields = [] if orientation is None else [struct.pack("<HHIHH", 0x112, 3, 1, orientation, 0)]
    for _ in range(int(rng.integers(0, 8))):
        tag, kind = int(rng.choice(TAGS[2:])), int(rng.choice(FIELD_TYPES))
        value = int(rng.choice((0, 8, 26, 2**31, 2**32 - 1)))
        fields.append(struct.pack("<HHII", tag, kind, int(rng.choice((0, 1, 2, 100))), value))
    body = struct.pack("<H", len(fields)) + b"".join(fields) + bytes(4) + rng.bytes(40)
    return b"II*\0" + struct.pack("<I", 8) + body


def _with_chunk(kind: bytes, body: bytes, *, checksum: int | None = None) -> bytes:
    """A PNG with one more chunk, behind its header."""
    png = _encoded("PNG")
    right = zlib.crc32(kind + body) if checksum is None else checksum
    chunk = struct.pack(">I", len(body)) + kind + body + struct.pack(">I", right)
    return png[:33] + chunk + png[33:]


def test_a_sideways_jpeg_opens_upright_whatever_else_its_exif_says() -> None:
    for seed in range(FILES):
        exif = b"Exif\0\0" + _random_exif(np.random.default_rng(seed), SIDEWAYS)
        assert load_picture(_encoded("JPEG", exif=exif)).rgb.shape == (80, 60, 3), seed


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
def test_exif_that_cannot_be_read_turns_nothing(kind: str) -> None:
    for seed in range(FILES):
        data = _encoded(kind, exif=_random_exif(np.random.default_rng(seed)))
        assert load_picture(data).rgb.shape == (60, 80, 3), seed


@pytest.mark.parametrize("kind", CHUNKS)
def test_a_png_opens_whatever_stands_beside_its_pixels(kind: bytes) -> None:
    for seed in range(20):
        rng = np.random.default_rng(seed)
        bodies = (b"", b"a", rng.bytes(30), b"k\0\0" + zlib.compress(bytes(3_000_000)))
        for body in bodies:
            opened = load_picture(_with_chunk(kind, body)).rgb
            np.testing.assert_array_equal(opened, _picture())


def test_a_wrong_checksum_of_a_text_does_not_hide_the_pixels() -> None:
    opened = load_picture(_with_chunk(b"tEXt", b"Author\0me", checksum=1)).rgb
    np.testing.assert_array_equal(opened, _picture())


def test_a_png_with_a_bad_text_still_stands_upright() -> None:
    upright = struct.pack("<HHIHH", 0x112, 3, 1, SIDEWAYS, 0)
    exif = b"II*\0" + struct.pack("<IH", 8, 1) + upright + bytes(4)
    png = _with_chunk(b"tEXt", b"Author\0me", checksum=1)
    chunk = (
        struct.pack(">I", len(exif))
        + b"eXIf"
        + exif
        + struct.pack(">I", zlib.crc32(b"eXIf" + exif))
    )
    assert load_picture(png[:33] + chunk + png[33:]).rgb.shape == (80, 60, 3)


@pytest.mark.parametrize(
    ("orientation", "bar"),
    [
        (1, np.s_[:, 5:15]),
        (2, np.s_[:, 65:75]),
        (3, np.s_[:, 65:75]),
        (4, np.s_[:, 5:15]),
        (5, np.s_[5:15]),
        (6, np.s_[5:15]),
        (7, np.s_[65:75]),
        (8, np.s_[65:75]),
        (9, np.s_[:, 5:15]),
    ],
)
def test_each_orientation_turns_the_bar_where_it_belongs(
    orientation: int, bar: tuple[slice, ...]
) -> None:
    exif = Image.Exif()
    exif[0x112] = orientation
    rgb = load_picture(_encoded("PNG", exif=exif)).rgb
    expected = np.full_like(rgb, 255)
    expected[bar] = 0
    np.testing.assert_array_equal(rgb, expected)
