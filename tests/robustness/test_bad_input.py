"""Every kind of file that people send: read properly, or refused with a sentence for them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from digitscope import DigitReader, InvalidImageError, Reason
from digitscope.model_files import ONNX_MODEL
from digitscope.types import UInt8Array
from tests.conftest import ROOT
from tests.pictures import blank_png, encoded, page, photographed_sideways, transparent

Make = Callable[[UInt8Array], bytes]
DIGITS = (3, 7)
MEGAPIXEL_12_WH = (4000, 3000)
WHITE_RGB, BLACK_RGB = (255, 255, 255), (0, 0, 0)
GROWTH_LIMIT_MB = 500
BOMB_PX = 20_000


def cmyk(tile: UInt8Array) -> bytes:
    return encoded(Image.fromarray(page(tile)).convert("CMYK"), "JPEG")


def sixteen_bit(tile: UInt8Array) -> bytes:
    grey = np.asarray(Image.fromarray(page(tile)).convert("L"))
    return encoded(Image.fromarray(grey.astype(np.uint16) * 257), "PNG")


def palette(tile: UInt8Array) -> bytes:
    return encoded(Image.fromarray(page(tile)).convert("P"), "PNG")


def grey_with_alpha(tile: UInt8Array) -> bytes:
    return encoded(transparent(tile, BLACK_RGB).convert("LA"), "PNG")


def animated_gif(tile: UInt8Array) -> bytes:
    later = [Image.fromarray(page(np.zeros_like(tile))) for _ in range(3)]
    return encoded(page(tile), "GIF", save_all=True, append_images=later)


READABLE: dict[str, Make] = {
    "plain PNG": lambda tile: encoded(page(tile), "PNG"),
    "CMYK JPEG": cmyk,
    "16-bit PNG": sixteen_bit,
    "palette PNG": palette,
    "1-bit PNG": lambda tile: encoded(Image.fromarray(page(tile)).convert("1"), "PNG"),
    "greyscale + alpha PNG": grey_with_alpha,
    "transparent PNG, black ink": lambda tile: encoded(transparent(tile, BLACK_RGB), "PNG"),
    "transparent PNG, white ink": lambda tile: encoded(transparent(tile, WHITE_RGB), "PNG"),
    "transparent WebP, black ink": lambda tile: encoded(transparent(tile, BLACK_RGB), "WEBP"),
    "animated GIF": animated_gif,
    "EXIF-rotated JPEG": lambda tile: photographed_sideways(page(tile)),
    "BMP": lambda tile: encoded(page(tile), "BMP"),
    "TIFF": lambda tile: encoded(page(tile), "TIFF", compression="tiff_lzw"),
    "12 MP JPEG": lambda tile: encoded(page(tile, size_wh=MEGAPIXEL_12_WH, digit_px=1600), "JPEG"),
    "progressive 12 MP JPEG": lambda tile: encoded(
        page(tile, size_wh=MEGAPIXEL_12_WH, digit_px=1600), "JPEG", progressive=True
    ),
}

NO_PICTURE: dict[str, tuple[Make, str]] = {
    "text renamed to .png": (lambda _: b"Dear diary, today I saw a 7.\n" * 40, "export it as PNG"),
    "HTML": (lambda _: b"<!doctype html><title>7</title>" * 9, "export it as PNG"),
    "SVG": (lambda _: b'<svg xmlns="http://www.w3.org/2000/svg"/>', "export it as PNG"),
    "HEIC": (lambda _: b"\0\0\0\x18ftypheic" + bytes(400), "as JPEG"),
    "truncated JPEG": (lambda tile: encoded(page(tile), "JPEG")[:4000], "damaged or incomplete"),
    "truncated PNG": (lambda tile: encoded(page(tile), "PNG")[:900], "damaged or incomplete"),
    "0 bytes": (lambda _: b"", "0 bytes"),
    "20,000 x 20,000 PNG": (lambda _: blank_png(BOMB_PX), "too large"),
    "12,000 x 12,000 PNG": (lambda _: blank_png(12_000), "too large"),
    "5,000 x 5,000 PNG": (lambda _: blank_png(5_000), "too large"),
}


def _saved(content: bytes, folder: Path) -> Path:
    path = folder / "picture.png"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("digit", DIGITS)
@pytest.mark.parametrize("kind", READABLE)
def test_reads_every_kind_of_picture(
    kind: str,
    digit: int,
    reader: DigitReader,
    mnist_tiles: tuple[UInt8Array, UInt8Array],
    tmp_path: Path,
) -> None:
    content = READABLE[kind](_tile(mnist_tiles, digit))
    from_bytes, from_path = reader.read(content), reader.read(_saved(content, tmp_path))
    assert (from_bytes.digit, from_bytes.reason) == (digit, None)
    assert from_path.digit == digit


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("kind", NO_PICTURE)
def test_refuses_what_is_no_picture_with_a_sentence(
    kind: str,
    reader: DigitReader,
    mnist_tiles: tuple[UInt8Array, UInt8Array],
    tmp_path: Path,
) -> None:
    make, words = NO_PICTURE[kind]
    content = make(_tile(mnist_tiles, DIGITS[0]))
    for source in (content, _saved(content, tmp_path)):
        with pytest.raises(InvalidImageError, match=words) as caught:
            reader.read(source)
        assert "Received: " in str(caught.value)


def test_a_single_pixel_is_answered_with_a_reason(reader: DigitReader) -> None:
    reading = reader.read(encoded(Image.new("RGB", (1, 1), "white"), "PNG"))
    assert reading.digit is None
    assert reading.reason in {Reason.TOO_SMALL, Reason.BLANK, Reason.NO_CONTRAST}


@pytest.mark.parametrize("mode", ["L", "LA", "RGBA", "P", "CMYK", "I;16", "F", "1"])
def test_an_empty_picture_of_any_mode_is_no_digit(mode: str, reader: DigitReader) -> None:
    reading = reader.read(Image.new(mode, (300, 200)))
    assert (reading.digit, reading.reason) == (None, Reason.BLANK)


# --- Memory: measured in a process of its own ----------------------------------------------------

MEASURE = """
import json, sys
from pathlib import Path
from digitscope import DigitReader, InvalidImageError

def peak_mb():  # VmHWM, since ru_maxrss of a child starts at its parent's
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024

reader = DigitReader(sys.argv[1])
reader.read(sys.argv[2])  # a small page: what the first reading loads is not the picture's
before = peak_mb()
try:
    outcome = reader.read(sys.argv[3]).digit
except InvalidImageError:
    outcome = "refused"
held = bytearray(b"x" * int(sys.argv[4]))
print(json.dumps([outcome, peak_mb() - before]))
"""


def _outcome_and_growth(
    small: Path, large: Path, *, hold_bytes: int = 0
) -> tuple[int | str, float]:
    command = [sys.executable, "-c", MEASURE, ONNX_MODEL, small, large, str(hold_bytes)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT)
    outcome, growth_mb = json.loads(done.stdout)
    return outcome, growth_mb


MEMORY_CASES: dict[str, tuple[Make, int | str]] = {
    "20,000 x 20,000 PNG": (lambda _: blank_png(BOMB_PX), "refused"),
    "12 MP JPEG": (READABLE["12 MP JPEG"], DIGITS[0]),
    "12 MP progressive JPEG": (READABLE["progressive 12 MP JPEG"], DIGITS[0]),
    "12 MP PNG": (
        lambda tile: encoded(
            page(tile, size_wh=MEGAPIXEL_12_WH, digit_px=1600), "PNG", compress_level=1
        ),
        DIGITS[0],
    ),
}
needs_model = pytest.mark.skipif(
    not ONNX_MODEL.is_file(), reason="models/mnist_cnn.onnx is missing; `make train` makes it"
)
needs_proc = pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="peak memory is read from /proc"
)


@needs_model
@needs_proc
@pytest.mark.slow
@pytest.mark.parametrize("kind", MEMORY_CASES)
def test_memory_stays_bounded(
    kind: str,
    mnist_tiles: tuple[UInt8Array, UInt8Array],
    tmp_path: Path,
) -> None:
    make, expected = MEMORY_CASES[kind]
    tile = _tile(mnist_tiles, DIGITS[0])
    small, large = tmp_path / "small.png", tmp_path / "large"
    small.write_bytes(encoded(page(tile), "PNG"))
    large.write_bytes(make(tile))
    outcome, growth_mb = _outcome_and_growth(small, large)
    assert outcome == expected
    assert growth_mb < GROWTH_LIMIT_MB


@needs_model
@needs_proc
@pytest.mark.slow
def test_the_memory_measurement_sees_what_is_held(
    mnist_tiles: tuple[UInt8Array, UInt8Array], tmp_path: Path
) -> None:
    small = tmp_path / "small.png"
    small.write_bytes(encoded(page(_tile(mnist_tiles, DIGITS[0])), "PNG"))
    _, growth_mb = _outcome_and_growth(small, small, hold_bytes=600 << 20)
    assert growth_mb > GROWTH_LIMIT_MB


def _tile(mnist_tiles: tuple[UInt8Array, UInt8Array], digit: int) -> UInt8Array:
    tiles, labels = mnist_tiles
    return tiles[labels == digit][0]
