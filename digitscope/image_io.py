"""Open a path, bytes, PIL image or array as an upright RGB picture, within fixed limits.

The size is read from the header before any pixel is decoded. A picture that cannot be opened raises
`InvalidImageError` with a sentence for the user, whatever Pillow raised. Broken metadata (EXIF,
text, profiles) never makes a picture unreadable.
"""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from digitscope.errors import InvalidImageError
from digitscope.image_metadata import (
    JPEG_SIGNATURE,
    PNG_SIGNATURE,
    QUARTER_TURNS,
    jpeg_with_few_exif_blocks,
    png_without_metadata,
    turn_of,
)
from digitscope.pixel_formats import as_uint8, flattened
from digitscope.types import UInt8Array

T = TypeVar("T")

FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF")  # Pillow opens MPO as JPEG
MAX_SIDE_PX = 1600  # 2.5 times the working size: enough detail for shrinking
DECODED_PX = 640  # the working size; JPEG is decoded at 1/2, 1/4 or 1/8, but not below it
MAX_JPEG_PIXELS = 64_000_000  # phones photograph up to 50 MP; baseline JPEG is decoded reduced
MAX_PIXELS = 20_000_000  # the rest is decoded whole: WebP with alpha takes most memory, 450 MB
NUMBER_MODES = ("I", "F", "I;16", "I;16L", "I;16B", "I;16N")  # more than 8 bits a pixel

MAX_NAME_CHARS = 60  # of a file name in a message

WHAT_OPENS = "Expected a PNG, JPEG, WebP, GIF, BMP or TIFF picture."
WHAT_SHAPES = "Expected an array (height, width), or (height, width, 1, 3 or 4)."
# What Pillow raises on broken files: every type seen on 180,000 truncated and altered files, and
# the types that its decoders document. TypeError and MemoryError would be bugs of Digitscope.
DECODER_ERRORS = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    IndexError,
    struct.error,
    zlib.error,
)


@dataclass(frozen=True, eq=False)
class Picture:
    """A picture opened for reading.

    Attributes:
        rgb: (height, width, 3) uint8, upright, at most `MAX_SIDE_PX` a side.
        original_size_wh: width and height of the original picture, upright, px.
    """

    rgb: UInt8Array
    original_size_wh: tuple[int, int]

    @property
    def scale(self) -> float:
        """Original pixels per pixel of `rgb`, along a side, >= 1."""
        return max(self.original_size_wh) / int(max(self.rgb.shape[:2]))


ImageSource: TypeAlias = (
    str | os.PathLike[str] | bytes | bytearray | Image.Image | NDArray[Any] | Picture
)


def load_picture(source: ImageSource) -> Picture:
    """Open a picture upright and opaque, reduced to at most `MAX_SIDE_PX` a side.

    Dark transparent ink is put on white, light transparent ink on black. Of an animation, only
    the first frame is used. More than 8 bits are scaled to 8.

    Args:
        source: a path, the bytes of a picture file, a PIL image, or an array (H, W), (H, W, 1),
            (H, W, 3) RGB or (H, W, 4) RGBA: bool, integers, or floats in 0..1 or 0..255. A
            `Picture` is returned as it is.

    Returns:
        The picture; `rgb` is (H, W, 3) uint8, 0..255.

    Raises:
        InvalidImageError: the source is not a picture that can be opened safely.

    >>> import numpy as np
    >>> picture = load_picture(np.ones((800, 3200)))
    >>> picture.rgb.shape, picture.original_size_wh, picture.scale
    ((400, 1600, 3), (3200, 800), 2.0)
    """
    if isinstance(source, Picture):
        return source
    if isinstance(source, np.ndarray):
        upright = _image_of_array(source)
        return _finish(upright, upright.size)
    if isinstance(source, Image.Image):
        with _decoder_errors_translated():
            upright, _ = _decoded(source)
        return _finish(upright, upright.size)
    if isinstance(source, (bytes, bytearray)):
        return _read_stream(BytesIO(source), _decode_stream)
    if isinstance(source, (str, os.PathLike)):
        return _load_file(source)
    raise InvalidImageError(
        "Expected a path, bytes, a PIL image or an array. Received: {kind}.",
        kind=type(source).__name__,
    )


def count_decoded_pixels(data: bytes) -> int:
    """Count the pixels that `load_picture` decodes of a picture file. Reads only the header.

    Baseline JPEG is decoded at reduced size, all other formats at full size.

    Raises:
        InvalidImageError: the data is not a picture that can be opened.

    >>> from PIL import Image
    >>> buffer = BytesIO()
    >>> Image.new("L", (3000, 2000)).save(buffer, "JPEG")
    >>> count_decoded_pixels(buffer.getvalue())
    375000
    """
    return _read_stream(BytesIO(data), _count_pixels)


def _no_picture(received: str, **facts: object) -> InvalidImageError:
    return InvalidImageError(WHAT_OPENS, received, **facts)


def _load_file(given: str | os.PathLike[str]) -> Picture:
    path = Path(given)
    if "\0" in str(path):
        raise _no_picture("Received: a path with a null character in it.")
    name = path.name[-MAX_NAME_CHARS:] or str(path)
    try:
        if path.is_dir():
            raise _no_picture("Received: the folder {name}. Name a file in it.", name=name)
        if path.exists() and not path.is_file():
            raise _no_picture("Received: {name}, which is no regular file.", name=name)
        with path.open("rb") as stream:
            return _read_stream(stream, _decode_stream)
    except FileNotFoundError as error:
        raise _no_picture(
            "Received: {name}, which does not exist. Check the path.", name=name
        ) from error
    except OSError as error:
        raise _no_picture(
            "Received: {name}, which cannot be opened ({cause}).", name=name, cause=error.strerror
        ) from error


def _read_stream(stream: BinaryIO, read: Callable[[BinaryIO], T]) -> T:
    """Read a picture file. If a PNG fails, read it again without its metadata."""
    head = stream.read(12)
    stream.seek(0)
    if not head:
        raise _no_picture("Received: nothing, the file holds 0 bytes. Save the picture again.")
    if head[4:8] == b"ftyp":  # the container of HEIC and AVIF
        raise _no_picture("Received: a HEIC or AVIF picture. Export or share it as JPEG.")
    if head.startswith(JPEG_SIGNATURE):
        stream = jpeg_with_few_exif_blocks(stream)
    with _decoder_errors_translated():
        try:
            return read(stream)
        except InvalidImageError:
            raise
        except DECODER_ERRORS:
            if not head.startswith(PNG_SIGNATURE):
                raise
            return read(png_without_metadata(stream))


def _count_pixels(stream: BinaryIO) -> int:
    with Image.open(stream, formats=FORMATS) as image:
        if image.format in ("JPEG", "MPO") and not image.info.get("progressive"):
            image.draft(None, _fitted(image.size, DECODED_PX))
        return image.width * image.height


def _decode_stream(stream: BinaryIO) -> Picture:
    with Image.open(stream, formats=FORMATS) as image:
        is_jpeg = image.format in ("JPEG", "MPO")  # MPO: two JPEGs in one file, from some phones
        is_reducible = is_jpeg and not image.info.get("progressive")
        _check_pixels(*image.size, MAX_JPEG_PIXELS if is_reducible else MAX_PIXELS)
        given_wh = image.size
        if is_jpeg:
            image.draft(None, _fitted(given_wh, DECODED_PX))  # decodes at 1/2, 1/4 or 1/8
        upright, turn = _decoded(image)
    if not is_jpeg:
        return _finish(upright, upright.size)
    return _finish(upright, given_wh[::-1] if turn in QUARTER_TURNS else given_wh)


@contextmanager
def _decoder_errors_translated() -> Iterator[None]:
    """Turn what Pillow raises on a bad picture into `InvalidImageError`."""
    try:
        yield
    except InvalidImageError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise InvalidImageError(
            "The picture is too large: at most {limit} million pixels can be opened. "
            "Received: far more than that. Send it at a smaller size.",
            limit=MAX_JPEG_PIXELS // 10**6,
        ) from error
    except UnidentifiedImageError as error:
        raise _no_picture(
            "Received: something else, whatever its name ends in. "
            "Open it in a picture viewer and export it as PNG or JPEG."
        ) from error
    except DECODER_ERRORS as error:
        raise _no_picture("Received: a damaged or incomplete one. Send it again.") from error


def _check_pixels(width: int, height: int, limit: int) -> None:
    size = f"{width} x {height}"
    if width < 1 or height < 1:
        raise InvalidImageError(
            "Expected a picture with pixels. Received: {size} px. Save it again.", size=size
        )
    if width * height > limit:
        raise InvalidImageError(
            "The picture is too large: at most {limit} million pixels of this kind can be opened. "
            "Received: {size} px. Send it at a smaller size.",
            limit=limit // 10**6,
            size=size,
        )


def _decoded(image: Image.Image) -> tuple[Image.Image, Image.Transpose | None]:
    """Decode the first frame upright, as L, RGB or RGBA; the caller's image is not changed.

    Returns:
        The picture, and the transposition that made it upright, or None.
    """
    _check_pixels(*image.size, MAX_PIXELS)
    image.load()
    turn = turn_of(image)  # after decoding: Pillow itself turns some pictures
    upright = image if turn is None else image.transpose(turn)
    if upright.mode in NUMBER_MODES:
        return _image_of_array(np.asarray(upright)), turn
    if upright.has_transparency_data:
        return upright.convert("RGBA"), turn
    return (upright if upright.mode in ("L", "RGB") else upright.convert("RGB")), turn


def _finish(image: Image.Image, original_wh: tuple[int, int]) -> Picture:
    """Reduce to `MAX_SIDE_PX` and convert to opaque RGB.

    Args:
        image: decoded, upright, mode L, RGB or RGBA.
        original_wh: upright width and height of the original, px, before any reduced decoding.
    """
    fitted_wh = _fitted(image.size, MAX_SIDE_PX)
    if fitted_wh != image.size:
        image = image.resize(fitted_wh, Image.Resampling.HAMMING, reducing_gap=2.0)
    if image.mode == "RGBA":
        return Picture(flattened(np.asarray(image)), original_wh)
    return Picture(np.array(image if image.mode == "RGB" else image.convert("RGB")), original_wh)


def _fitted(size_wh: tuple[int, int], longest_px: int) -> tuple[int, int]:
    """Scale a size down: same proportions, no side above `longest_px`, none below 1."""
    factor = min(1.0, longest_px / max(size_wh))
    return max(1, round(size_wh[0] * factor)), max(1, round(size_wh[1] * factor))


def _image_of_array(array: NDArray[Any]) -> Image.Image:
    """Check an array's shape and values and convert it to an L, RGB or RGBA image."""
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[:, :, 0]  # (H, W, 1) -> (H, W)
    if array.ndim != 2 and not (array.ndim == 3 and array.shape[2] in (3, 4)):
        raise InvalidImageError(WHAT_SHAPES, "Received: shape {shape}.", shape=array.shape)
    _check_pixels(array.shape[1], array.shape[0], MAX_PIXELS)
    return Image.fromarray(np.ascontiguousarray(as_uint8(array)))
