"""Whole pictures of numbers, written with MNIST tiles and drawn marks."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from digitscope import DigitReader
from digitscope.model_files import ONNX_MODEL
from digitscope.number_types import Number, NumberDigit, NumberReading
from digitscope.numbers.reading import is_kept
from digitscope.serialization import number_reading_to_dict
from digitscope.types import Background, Prediction, Reason, UInt8Array
from tests.pictures import page
from tests.unit.drawn import sheet, write

Tiles = tuple[UInt8Array, UInt8Array]
PAPER = 235
pytestmark = pytest.mark.skipif(
    not ONNX_MODEL.is_file(), reason="models/mnist_cnn.onnx is missing; `make train` makes it"
)


def lay(
    picture: UInt8Array, tiles: Tiles, digit: int, at_xy: tuple[int, int], size_px: int = 56
) -> None:
    """Write a digit in the middle of a square of the picture."""
    pixels, labels = tiles
    tile = pixels[labels == digit][3]
    large = cv2.resize(tile, (size_px, size_px), interpolation=cv2.INTER_CUBIC)
    x, y = at_xy
    square = picture[y : y + size_px, x : x + size_px]
    ink = (large.astype(float) / 255)[..., None]
    square[:] = np.minimum(square, np.rint(PAPER * (1 - 0.9 * ink))).astype(np.uint8)


def number_picture(tiles: Tiles, rows: list[str], step_px: int = 46) -> UInt8Array:
    picture = np.full(
        (60 + 90 * len(rows), 120 + step_px * max(map(len, rows)), 3), PAPER, np.uint8
    )
    for index, row in enumerate(rows):
        for place, character in enumerate(row):
            if character != " ":
                lay(picture, tiles, int(character), (50 + step_px * place, 30 + 90 * index))
    return picture


def test_rows_are_read_top_to_bottom(reader: DigitReader, mnist_tiles: Tiles) -> None:
    reading = reader.read_numbers(number_picture(mnist_tiles, ["2034", "7816"]))
    assert [number.text for number in reading.numbers] == ["2034", "7816"]
    assert (reading.status, reading.reason, reading.text) == ("ok", None, "2034 7816")


def test_a_wide_gap_starts_another_number(reader: DigitReader, mnist_tiles: Tiles) -> None:
    reading = reader.read_numbers(number_picture(mnist_tiles, ["203   78"]))
    assert [number.text for number in reading.numbers] == ["203", "78"]


def test_digits_far_apart_are_one_number_if_all_are(
    reader: DigitReader, mnist_tiles: Tiles
) -> None:
    reading = reader.read_numbers(number_picture(mnist_tiles, ["20378"], step_px=110))
    assert [number.text for number in reading.numbers] == ["20378"]


def test_boxes_lie_where_the_digits_are_in_the_given_picture(
    reader: DigitReader, mnist_tiles: Tiles
) -> None:
    picture = number_picture(mnist_tiles, ["2034"])
    large = cv2.resize(picture, None, fx=4, fy=4, interpolation=cv2.INTER_CUBIC)
    (number,) = reader.read_numbers(large).numbers
    for place, digit in enumerate(number.digits):
        left, top, right, bottom = digit.box_xyxy
        middle = 4 * (50 + 46 * place + 28)
        assert left < middle < right and top < 4 * 58 < bottom
    assert number.box_xyxy[0] == number.digits[0].box_xyxy[0]


def test_what_stands_between_digits_is_left_out(reader: DigitReader, mnist_tiles: Tiles) -> None:
    picture = number_picture(mnist_tiles, ["2 0 3"], step_px=52)
    picture = write(picture, [(122, 58), (144, 58)], width_px=4)  # a hyphen
    picture = write(picture, [(232, 82), (234, 84)], width_px=5)  # a point
    assert reader.read_numbers(picture).text.replace(" ", "") == "203"


def test_a_plus_between_digits_is_left_out(reader: DigitReader, mnist_tiles: Tiles) -> None:
    picture = number_picture(mnist_tiles, ["2 0"], step_px=52)
    picture = write(picture, [(120, 60), (142, 60)], [(131, 49), (131, 71)], width_px=3)
    assert reader.read_numbers(picture).text.replace(" ", "") == "20"


def test_a_table_is_no_digit(reader: DigitReader, mnist_tiles: Tiles) -> None:
    picture = number_picture(mnist_tiles, ["26  38"])
    for x in (30, 200, picture.shape[1] - 20):
        picture = write(picture, [(x, 0), (x, picture.shape[0])], width_px=2)
    for y in (10, picture.shape[0] - 12):
        picture = write(picture, [(0, y), (picture.shape[1], y)], width_px=2)
    assert reader.read_numbers(picture).text == "26 38"


def test_faint_printed_boxes_are_no_ones(reader: DigitReader, mnist_tiles: Tiles) -> None:
    """Short upright lines a third as dark as the digits, as between the boxes of a form."""
    picture = number_picture(mnist_tiles, ["2638"], step_px=70)
    for x in (40, 113, 183, 253, 325):
        picture[32:84, x : x + 3] = np.minimum(picture[32:84, x : x + 3], PAPER - 60)
    assert reader.read_numbers(picture).text == "2638"


@pytest.mark.parametrize("cut_px", [72, 74, 76, 78])
def test_a_one_that_the_border_touches_is_not_lost_in_silence(
    reader: DigitReader, mnist_tiles: Tiles, cut_px: int
) -> None:
    """What touches the border is often dirt; where the network is sure of a digit, it is a "?"."""
    picture = number_picture(mnist_tiles, ["1638"])[:, cut_px:]
    text = reader.read_numbers(picture).text
    assert len(text) == 4 and text[1:] == "638"


def test_one_digit_is_the_shortest_number(reader: DigitReader, mnist_tiles: Tiles) -> None:
    tiles, labels = mnist_tiles
    reading = reader.read_numbers(page(tiles[labels == 7][0]))
    assert reading.text == "7"
    assert reading.numbers[0].digits[0].prediction.digit == 7


def test_an_empty_sheet_has_no_number(reader: DigitReader) -> None:
    reading = reader.read_numbers(sheet())
    assert (reading.status, reading.reason, reading.numbers) == ("rejected", Reason.BLANK, ())


def test_the_same_picture_gives_the_same_numbers(reader: DigitReader, mnist_tiles: Tiles) -> None:
    picture = number_picture(mnist_tiles, ["5091"])
    one, other = (number_reading_to_dict(reader.read_numbers(picture)) for _ in range(2))
    assert one | {"ms": 0} == other | {"ms": 0}


def test_the_serialized_form_has_the_contracts_keys(
    reader: DigitReader, mnist_tiles: Tiles
) -> None:
    row = number_reading_to_dict(reader.read_numbers(number_picture(mnist_tiles, ["52"])))
    assert list(row) == ["status", "numbers", "reason", "background", "ms", "notice"]
    (number,) = row["numbers"]
    assert list(number) == ["text", "confidence", "box", "digits"]
    assert [digit["digit"] for digit in number["digits"]] == [5, 2]
    assert row["background"] == str(Background.OPENCV)


def test_an_unsure_digit_is_a_question_mark(reader: DigitReader, mnist_tiles: Tiles) -> None:
    picture = number_picture(mnist_tiles, ["52"])
    sure = reader.read_numbers(picture).numbers[0].digits
    unsure = replace(sure[1], digit=None, reason=Reason.UNCERTAIN)
    number = Number((sure[0], unsure), (0, 0, 9, 9))
    reading = NumberReading((number,), None, Background.OPENCV, 0.0)
    assert (number.text, reading.status) == ("5?", "uncertain")
    with pytest.raises(ValueError, match="at least one digit"):
        Number((), (0, 0, 1, 1))


def test_dirt_beside_one_digit_is_no_number(reader: DigitReader, mnist_tiles: Tiles) -> None:
    tiles, labels = mnist_tiles
    picture = page(tiles[labels == 2][3])
    picture = write(picture, [(30, 60), (30, 100)], width_px=4)
    assert reader.read_numbers(picture).text == "2"


def test_a_lone_shape_that_is_no_digit_is_refused_as_by_read(reader: DigitReader) -> None:
    star = [[(160, 40), (160, 200)], [(90, 80), (230, 160)], [(230, 80), (90, 160)]]
    picture = write(sheet(), *star)
    reading = reader.read_numbers(picture)
    assert (reading.status, reading.reason) == ("rejected", reader.read(picture).reason)


def test_a_lone_doubtful_digit_beside_a_number_is_left_out() -> None:
    def number(confidence: float, count: int) -> Number:
        ten = np.full(10, 0.01, np.float32)
        ten[1] = 0.91
        digit = NumberDigit(
            1, confidence, (0, 0, 4, 9), np.zeros((28, 28), np.uint8), Prediction(ten)
        )
        return Number((digit,) * count, (0, 0, 9, 9))

    assert not is_kept(number(0.6, 1), longest=4)
    assert is_kept(number(0.9, 1), longest=4)
    assert is_kept(number(0.6, 1), longest=1)
    assert is_kept(number(0.6, 4), longest=4)


@pytest.mark.parametrize("open_degrees", [0, 25])
def test_zeros_that_touch_are_read(
    reader: DigitReader, mnist_tiles: Tiles, open_degrees: int
) -> None:
    """Before, they were left out without a word where no cut parted them."""
    picture = number_picture(mnist_tiles, ["5     "])
    for x in (110, 145, 180):
        start, end = open_degrees - 90, 270
        cv2.ellipse(picture, (x, 72), (17, 26), 0, start, end, (24, 24, 24), 5)
    assert reader.read_numbers(picture).text == "5000"
