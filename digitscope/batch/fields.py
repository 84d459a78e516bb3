"""Fields of a form: the same boxes on every scan, each read as its own picture.

A box is left, top, right, bottom: fractions of width and height if none is above 1, else pixels.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import TypeAlias

import numpy as np
from PIL import Image

from digitscope.batch.errors import BatchError
from digitscope.image_io import DECODER_ERRORS, MAX_PIXELS, ImageSource, load_picture
from digitscope.image_metadata import turn_of

Box: TypeAlias = tuple[float, float, float, float]
Size: TypeAlias = tuple[int, int]
CROP = ""  # the name of the one field of `--crop`
MIN_SIDE_PX = 2200  # a large JPEG is decoded at a reduced size, but not below this
PLAIN_MODES = ("1", "L", "RGB")  # `load_picture` converts all others


def parse_box(text: str) -> Box:
    """Read ``left,top,right,bottom``.

    Raises:
        BatchError: the text is not four numbers with left < right and top < bottom.

    >>> parse_box("0.1,0.2,0.5,0.9")
    (0.1, 0.2, 0.5, 0.9)
    """
    return _checked(text.split(","), text)


def load_boxes(path: Path) -> dict[str, Box]:
    """Read a form: a JSON object, ``{"mark": [left, top, right, bottom], ...}``.

    Raises:
        BatchError: the file has another form.
    """
    try:
        boxes = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise _no_form(f"{path} ({error})") from error
    if not isinstance(boxes, dict) or not boxes or CROP in boxes:
        raise _no_form(str(path))
    return {name: _checked(box, f"{name}: {box}") for name, box in boxes.items()}


def _no_form(received: str) -> BatchError:
    return BatchError(
        f'A file like {{"mark": [left, top, right, bottom]}} is expected. Received: {received}.'
    )


def _checked(values: object, received: str) -> Box:
    try:
        left, top, right, bottom = map(float, values if isinstance(values, list) else ())
    except (TypeError, ValueError):
        left = top = right = bottom = -1.0
    if not (0 <= left < right < np.inf and 0 <= top < bottom < np.inf):
        raise BatchError(
            "A box is left, top, right, bottom: pixels, or fractions where none is above 1. "
            f"Received: {received}."
        )
    return left, top, right, bottom


def cut_fields(
    source: ImageSource, boxes: Mapping[str, Box]
) -> Iterator[tuple[str, Image.Image | None]]:
    """Cut the fields out of a page, at a higher resolution than `load_picture` if possible.

    Returns:
        Name and picture of each field; None if its box is outside the page.

    Raises:
        InvalidImageError: the page cannot be opened as a picture.
    """
    page, given_wh = _open_page(source)
    for name, box in boxes.items():
        box_px = to_pixels(box, page.size, given_wh)
        is_empty = box_px[0] >= box_px[2] or box_px[1] >= box_px[3]
        yield name, None if is_empty else page.crop(box_px)


def to_pixels(box: Box, size_wh: Size, given_wh: Size) -> tuple[int, int, int, int]:
    """Convert a box to whole pixels inside a page.

    Args:
        box: in pixels of the original page, or in fractions.
        size_wh: size of the decoded page, px.
        given_wh: size of the original page, px.

    >>> to_pixels((0.5, 0, 1, 1), (100, 80), (200, 160))
    (50, 0, 100, 80)
    >>> to_pixels((20, 40, 300, 100), (100, 80), (200, 160))
    (10, 20, 100, 50)
    """
    of_wh = (1, 1) if max(box) <= 1 else given_wh
    left, top, right, bottom = (
        min(size_wh[axis], round(value * size_wh[axis] / of_wh[axis]))
        for value, axis in zip(box, (0, 1, 0, 1), strict=True)
    )
    return left, top, right, bottom


def _open_page(source: ImageSource) -> tuple[Image.Image, Size]:
    """Decode a page upright; also return its original size, px."""
    if isinstance(source, Image.Image):
        return source, source.size
    picture = load_picture(source)  # checks the file; may reduce its size
    page = None if picture.scale == 1 else _decode_large(source)
    return page or Image.fromarray(picture.rgb), picture.original_size_wh


def _decode_large(source: ImageSource) -> Image.Image | None:
    """Decode a picture of a plain mode at a size fit for cutting; None for any other source."""
    if not isinstance(source, (bytes, str, os.PathLike)):
        return None
    try:
        with Image.open(BytesIO(source) if isinstance(source, bytes) else source) as image:
            factor = min(1.0, MIN_SIDE_PX / max(image.size))
            image.draft(None, (round(image.width * factor), round(image.height * factor)))
            if image.width * image.height > MAX_PIXELS or image.mode not in PLAIN_MODES:
                return None
            turn = turn_of(image)
            page = image.convert("RGB")
            return page if turn is None else page.transpose(turn)
    except DECODER_ERRORS:  # `load_picture` opens more than this does
        return None
