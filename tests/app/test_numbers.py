"""Whole numbers on the Predict page: read, framed, corrected by hand, copied, downloaded."""

from __future__ import annotations

import csv
import json
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from digitscope import DigitReader
from digitscope.image_io import load_picture
from digitscope.types import Reason
from streamlit_app.components.batch import as_csv, as_table, make_row
from streamlit_app.components.examples import ASSETS, PHOTO
from streamlit_app.components.number_overlay import draw_numbers, framed_digits
from streamlit_app.components.numbers import heading
from streamlit_app.components.wording import number_certainty
from streamlit_app.state import Options, Picture
from tests.app.scenes import (
    SEVEN_XY,
    OpenPredict,
    blank_paper,
    canvas_value,
    digit_on_paper,
    doubt_first_digit,
    draw,
    headings,
    needs_model,
    press,
    prompt,
    refuse_all,
    texts,
    upload,
)

pytestmark = needs_model
PHONE_NUMBER, MARKS, ROWS, TWO_DIGITS = (
    (ASSETS / name).read_bytes()
    for name in ("phone_number.jpg", "marks.jpg", "rows.png", "number_42.jpg")
)
ONE_XY, OTHER_ONE_XY = [(60, 60), (60, 220)], [(200, 60), (200, 220)]


def choose_numbers(app: AppTest) -> AppTest:
    """Choose "Numbers" beside "One digit"."""
    app.query_params["read"] = "numbers"
    return app.run()


def copied(app: AppTest) -> str:
    """What the copy button puts onto the clipboard."""
    buttons = [json.loads(each.proto.json) for each in app.get("bidi_component") if each.proto.json]
    return str(next(data["text"] for data in buttons if "text" in data))


def choices(app: AppTest) -> list[list[str]]:
    """The names on the page's segmented controls."""
    return [[option.content for option in each.proto.options] for each in app.get("button_group")]


def test_one_digit_is_the_default_and_numbers_stand_beside_it(open_predict: OpenPredict) -> None:
    app = open_predict("upload")
    assert ["One digit", "Numbers"] in choices(app)
    upload(app, digit_on_paper(7))
    assert headings(app) == ["It is a 7"]


def test_a_tile_of_mnist_is_one_digit(open_predict: OpenPredict) -> None:
    assert ["One digit", "Numbers"] not in choices(open_predict("mnist"))


@pytest.mark.parametrize("picture", [TWO_DIGITS, ROWS], ids=["two digits", "rows"])
def test_several_digits_are_one_press_away(open_predict: OpenPredict, picture: bytes) -> None:
    app = upload(open_predict("upload"), picture)
    press(app, "Read them all")
    assert not app.exception
    assert app.query_params["read"] == "numbers"
    assert len(app.text_input) == len(DigitReader().read_numbers(picture).numbers)


def test_what_shows_one_digit_or_none_is_not_offered_as_numbers(
    open_predict: OpenPredict,
) -> None:
    app = upload(open_predict("upload"), (ASSETS / "star.png").read_bytes())
    assert headings(app) == ["Not a digit"]
    assert "Read them all" not in [button.label for button in app.button]


def test_a_number_is_large_and_can_be_copied(open_predict: OpenPredict) -> None:
    app = upload(choose_numbers(open_predict("upload")), TWO_DIGITS)
    assert not app.exception
    assert headings(app) == ["42"]
    assert copied(app) == "42"
    assert [field.value for field in app.text_input] == ["42"]
    assert "Where they stand" in [s.value for s in app.subheader]


def test_several_numbers_are_copied_in_lines_and_downloaded(open_predict: OpenPredict) -> None:
    app = upload(choose_numbers(open_predict("upload")), PHONE_NUMBER)
    assert headings(app) == ["07700 · 900461"]
    assert copied(app) == "07700\n900461"
    assert [button.label for button in app.download_button] == ["Download as CSV"]


def test_an_unsure_digit_is_marked_and_corrected_by_hand(
    open_predict: OpenPredict, monkeypatch: pytest.MonkeyPatch
) -> None:
    doubt_first_digit(monkeypatch)
    app = upload(choose_numbers(open_predict("upload")), PHONE_NUMBER)
    assert headings(app) == [":orange-background[?]7700 · 900461"]
    assert "To be checked: 1" in texts(app)
    app.text_input[0].set_value("07700").run()
    assert not app.exception
    assert copied(app) == "07700\n900461"
    assert headings(app) == ["07700 · 900461"]
    assert "Corrected by you" in texts(app)


def test_a_likely_reading_is_taken_for_the_question_mark(
    open_predict: OpenPredict, monkeypatch: pytest.MonkeyPatch
) -> None:
    doubt_first_digit(monkeypatch)
    app = upload(choose_numbers(open_predict("upload")), PHONE_NUMBER)
    assert app.text_input[0].value == "?7700"
    press(app, "0")
    assert app.text_input[0].value == "07700"
    assert copied(app) == "07700\n900461"


def test_corrections_last_while_another_source_is_looked_at(open_predict: OpenPredict) -> None:
    app = upload(choose_numbers(open_predict("upload")), TWO_DIGITS)
    app.text_input[0].set_value("43").run()
    open_predict("draw")
    assert copied(open_predict("upload")) == "43"


def test_blank_paper_holds_no_number(open_predict: OpenPredict) -> None:
    app = upload(choose_numbers(open_predict("upload")), blank_paper())
    assert not app.exception
    assert prompt(app) == "Nothing to read"
    assert not app.text_input


def test_what_is_no_picture_is_explained(open_predict: OpenPredict) -> None:
    app = upload(choose_numbers(open_predict("upload")), b"this is text")
    assert not app.exception
    assert len(app.error) == 1


def test_the_pad_may_be_written_full(open_predict: OpenPredict) -> None:
    app = draw(choose_numbers(open_predict("draw")), ONE_XY, OTHER_ONE_XY)
    assert not app.exception
    assert copied(app).replace("\n", "") == "11"
    assert app.slider[0].value < 16


def test_nothing_is_corrected_while_the_pen_is_down(open_predict: OpenPredict) -> None:
    app = choose_numbers(open_predict("draw"))
    value = canvas_value(SEVEN_XY) | {"is_pen_down": True}
    app.session_state["drawing_pad"] = {"drawing": value}
    app.run()
    assert not app.exception
    assert headings(app) == ["7"]
    assert not app.text_input


def test_a_drawing_of_several_digits_is_one_press_away(
    open_predict: OpenPredict, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse_all(monkeypatch, Reason.SEVERAL_DIGITS)
    app = draw(open_predict("draw"), ONE_XY, OTHER_ONE_XY)
    press(app, "Read them all")
    assert copied(app).replace("\n", "") == "11"


@pytest.mark.parametrize(
    ("label", "picture"), [("Telephone", PHONE_NUMBER), ("Marks", MARKS), ("Full pad", ROWS)]
)
def test_home_has_numbers_to_try(app: AppTest, label: str, picture: bytes) -> None:
    press(app, label)
    assert not app.exception
    numbers = DigitReader().read_numbers(picture).numbers
    assert [field.value for field in app.text_input] == [number.text for number in numbers]


def test_an_example_of_one_digit_is_read_as_one(app: AppTest) -> None:
    press(press(app, "Marks"), "Other examples")
    press(app, PHOTO.label())
    assert headings(app) == ["It is a 7"]


def test_several_files_become_a_line_a_number(open_predict: OpenPredict) -> None:
    files = {"phone.jpg": PHONE_NUMBER, "text.png": b"no picture", "two.jpg": TWO_DIGITS}
    app = upload(choose_numbers(open_predict("upload")), *files.values(), names=tuple(files))
    assert not app.exception
    assert "2 of 3 files answered" in [s.value for s in app.subheader]
    table = app.dataframe[0].value
    assert table["digit"].tolist() == ["07700 · 900461", "–", "42"]
    assert table["reason"].tolist()[1]


def test_the_file_of_numbers_has_text_confidence_and_place() -> None:
    pictures = [Picture.from_file(PHONE_NUMBER, "phone.jpg")]
    options = Options(numbers=True)
    rows = [make_row(picture, options) for picture in pictures]
    lines = list(csv.DictReader(as_csv(pictures, options, rows).decode().splitlines()))
    assert [line["text"] for line in lines] == ["07700", "900461"]
    assert [line["number"] for line in lines] == ["1", "2"]
    assert {line["file"] for line in lines} == {"phone.jpg"}
    assert all(0 < float(line["confidence"]) <= 1 for line in lines)
    assert int(lines[0]["bottom"]) <= int(lines[1]["top"])
    assert as_table(pictures, options, rows)["confidence"].tolist()[0] == min(
        float(line["confidence"]) for line in lines
    )


def test_each_digit_is_framed_where_it_stands() -> None:
    picture = load_picture(PHONE_NUMBER)
    reading = DigitReader().read_numbers(picture)
    said = [number.text for number in reading.numbers]
    shown = draw_numbers(picture, reading, said)
    digits = list(framed_digits(reading, said, picture, shown.size))
    assert "".join(digit.text for digit in digits) == "07700900461"
    pixels = np.asarray(shown)[..., :3]
    for left, top, right, _bottom in (digit.box_xyxy for digit in digits):
        accent = pixels[top, (left + right) // 2]
        assert accent.tolist() != np.median(pixels, axis=(0, 1)).tolist()


def test_a_number_of_another_length_leaves_the_frames_as_they_were_read() -> None:
    picture = load_picture(TWO_DIGITS)
    reading = DigitReader().read_numbers(picture)
    assert [d.text for d in framed_digits(reading, ["4"], picture, (480, 640))] == ["4", "2"]
    assert [d.text for d in framed_digits(reading, ["48"], picture, (480, 640))] == ["4", "8"]


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (["42"], "42"),
        (["4?"], "4:orange-background[?]"),
        (["4*2", "<b>"], r"4\*2 · \<b\>"),
        (["123456"] * 9, "9 numbers"),
    ],
)
def test_the_heading_is_no_markup_of_visitors(said: list[str], shown: str) -> None:
    assert heading(said) == shown


def test_options_that_numbers_do_not_have_are_hidden(
    open_predict: OpenPredict, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[dict[str, Any]] = []
    read = DigitReader.read_numbers

    def noted(self: DigitReader, image: Any, **options: Any) -> Any:
        seen.append(options)
        return read(self, image, **options)

    monkeypatch.setattr(DigitReader, "read_numbers", noted)
    app = upload(choose_numbers(open_predict("upload")), TWO_DIGITS)
    assert "tta" not in [toggle.key for toggle in app.toggle]
    app.selectbox(key="background").set_value("opencv").run()
    assert [str(each["background"]) for each in seen] == ["auto", "opencv"]


@pytest.mark.parametrize(
    ("confidence", "words"), [(0.99, "Sure"), (0.9, "Likely"), (0.45, "Better check")]
)
def test_a_number_s_confidence_in_words(confidence: float, words: str) -> None:
    assert number_certainty(confidence).word == words


def test_a_digit_in_doubt_is_framed_so_until_it_is_corrected(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    doubt_first_digit(monkeypatch)
    picture = load_picture(PHONE_NUMBER)
    reading = DigitReader().read_numbers(picture)

    def doubtful(*said: str) -> list[str]:
        digits = framed_digits(reading, said, picture, (300, 300))
        return [digit.text for digit in digits if digit.is_doubtful]

    assert doubtful("?7700", "900461") == ["?"]
    assert doubtful("07700", "900461") == []
