"""The picture with a frame round each digit, and the digit above its frame."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from digitscope.image_io import Picture
from digitscope.number_types import UNSURE, NumberReading
from digitscope.types import BoxXYXY
from streamlit_app.components.pictures import bordered, for_display
from streamlit_app.components.wording import LIKELY
from streamlit_app.theme import theme

SHOWN_PX = 720  # longer side; digits of a full page are still legible
DOUBTFUL = "#a34a12"  # white text on it has a contrast ratio of 6
LABEL_HEIGHT = 0.5  # fraction of the frame's height
LABEL_PX = (18, 40)  # smallest, largest; a phone shows the picture at half its size
GAP_PX, PADDING_PX, LINE_PX = 2, 3, 3


@dataclass(frozen=True)
class Framed:
    """One framed digit of a picture.

    Attributes:
        text: 0..9, or `UNSURE`.
        box_xyxy: box on the shown picture, px.
        is_doubtful: whether a person should check it.
    """

    text: str
    box_xyxy: BoxXYXY
    is_doubtful: bool


def framed_digits(
    reading: NumberReading, texts: Sequence[str], picture: Picture, shown_wh: tuple[int, int]
) -> Iterator[Framed]:
    """Yield every digit with its box on the shown picture.

    Args:
        reading: reading of the picture.
        texts: the numbers with the visitor's corrections.
        picture: the opened picture.
        shown_wh: size of the shown picture, px.
    """
    scale = shown_wh[0] / picture.original_size_wh[0]
    for number, text in zip(reading.numbers, texts, strict=True):
        is_same_length = len(text) == len(number.digits)
        for digit, said in zip(number.digits, text if is_same_length else number.text, strict=True):
            left, top, right, bottom = (round(scale * side) for side in digit.box_xyxy)
            is_read = said == digit.text
            is_doubtful = said == UNSURE or (is_read and digit.confidence < LIKELY)
            yield Framed(said, (left, top, right, bottom), is_doubtful)


def draw_numbers(picture: Picture, reading: NumberReading, texts: Sequence[str]) -> Image.Image:
    """The picture with its digits framed, doubtful ones in another colour."""
    shown = for_display(picture.rgb, SHOWN_PX).convert("RGB")
    pen = ImageDraw.Draw(shown)
    digits = list(framed_digits(reading, texts, picture, shown.size))
    for digit in digits:
        pen.rectangle(digit.box_xyxy, outline=_colour(digit), width=LINE_PX)
    _draw_labels(pen, digits)
    return bordered(np.asarray(shown))


def _draw_labels(pen: ImageDraw.ImageDraw, digits: Iterable[Framed]) -> None:
    """Draw a label above each frame, or inside the frame if there is no room above."""
    for digit in digits:
        left, top, _right, bottom = digit.box_xyxy
        height = min(max(round(LABEL_HEIGHT * (bottom - top)), LABEL_PX[0]), LABEL_PX[1])
        font = ImageFont.load_default(height)
        width = round(font.getlength(digit.text)) + 2 * PADDING_PX
        up = top - height - GAP_PX
        corner = (left, up if up >= 0 else top)
        tag = (corner[0], corner[1], corner[0] + width, corner[1] + height)
        pen.rectangle(tag, fill=_colour(digit))
        middle = ((tag[0] + tag[2]) / 2, (tag[1] + tag[3]) / 2)
        pen.text(middle, digit.text, "white", font=font, anchor="mm")


def _colour(digit: Framed) -> str:
    return DOUBTFUL if digit.is_doubtful else theme().accent
