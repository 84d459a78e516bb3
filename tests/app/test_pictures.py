"""Pictures made ready for the screen: a hairline round them, corners that are cut out."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from streamlit_app.components.pictures import EDGE_RGB, bordered, centre_crop, pad_to_square

WHITE = (255, 255, 255, 255)


def test_a_white_picture_ends_in_a_hairline_and_has_no_corners() -> None:
    shown = centre_crop(np.full((300, 200, 3), 255, np.uint8), side_px=200)
    assert shown.size == (200, 200)
    assert shown.getpixel((100, 100)) == WHITE
    assert shown.getpixel((100, 0)) == (*EDGE_RGB, 255)
    assert shown.getpixel((0, 0))[3] == 0


def test_a_squared_picture_stands_in_the_middle_of_nothing() -> None:
    shown = pad_to_square(Image.new("RGB", (100, 200), "white"), 200)
    assert shown.getpixel((25, 100))[3] == 0
    assert shown.getpixel((50, 100)) == (*EDGE_RGB, 255)
    assert shown.getpixel((100, 100)) == WHITE


@pytest.mark.parametrize("height", [1, 2, 3, 9])
def test_the_thinnest_strip_can_be_shown(height: int) -> None:
    assert bordered(np.zeros((height, 400, 3), np.uint8)).size == (400, height)
