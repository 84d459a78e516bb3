"""Files: one, several, broken ones among them, and the examples."""

from __future__ import annotations

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from streamlit_app.components.batch import as_csv, make_row
from streamlit_app.state import STATE_KEY, Options, Picture
from tests.app.scenes import (
    OpenPredict,
    blank_paper,
    digit_on_paper,
    headings,
    needs_model,
    press,
    prompt,
    texts,
    upload,
)

pytestmark = needs_model
NO_PICTURE = b"this is text"


def choose_line(app: AppTest, line: int) -> AppTest:
    """Choose a line of the table."""
    selection = {"selection": {"rows": [line], "columns": [], "cells": []}}
    app.session_state[app.dataframe[0].key] = selection
    return app.run()


def test_a_file_that_is_no_picture_is_explained(open_predict: OpenPredict) -> None:
    app = upload(open_predict("upload"), NO_PICTURE)
    assert not app.exception
    assert len(app.error) == 1
    assert not headings(app)


def test_upload_survives_a_change_of_source(open_predict: OpenPredict) -> None:
    app = upload(open_predict("upload"), digit_on_paper(7))
    open_predict("draw")
    assert headings(app) != ["It is a 7"]
    open_predict("upload")
    assert headings(app) == ["It is a 7"]


def test_one_file_needs_no_table(open_predict: OpenPredict) -> None:
    app = upload(open_predict("upload"), digit_on_paper(7))
    assert not app.dataframe


def test_several_files_are_all_read_and_a_bad_one_loses_none(open_predict: OpenPredict) -> None:
    app = upload(
        open_predict("upload"),
        *(NO_PICTURE, digit_on_paper(2), blank_paper(), digit_on_paper(7)),
        names=("text.png", "two.png", "blank.png", "seven.png"),
    )
    assert not app.exception
    table: pd.DataFrame = app.dataframe[0].value
    assert table["file"].tolist() == ["text.png", "two.png", "blank.png", "seven.png"]
    assert table["digit"].tolist() == ["–", "2", "–", "7"]
    assert table["reason"].tolist()[1::2] == ["", ""]
    assert all(table["reason"].tolist()[0::2])
    assert "2 of 4 files answered" in [s.value for s in app.subheader]


def test_the_line_chosen_is_shown_large(open_predict: OpenPredict) -> None:
    app = upload(open_predict("upload"), digit_on_paper(2), digit_on_paper(7))
    assert headings(app) == ["It is a 2"]
    choose_line(app, 1)
    assert headings(app) == ["It is a 7"]
    assert "`photo_1.png`, one of 2 files" in texts(app)


def test_the_table_can_be_downloaded(open_predict: OpenPredict) -> None:
    app = upload(open_predict("upload"), digit_on_paper(2), blank_paper())
    assert [button.label for button in app.download_button] == ["Download as CSV"]


def test_an_example_is_read_and_put_back(open_predict: OpenPredict) -> None:
    app = press(open_predict("upload"), "Photo")
    assert not app.exception
    assert headings(app) == ["It is a 7"]
    press(app, "Other examples")
    assert prompt(app) == "Upload a photo"


def test_an_example_that_is_refused_says_why(open_predict: OpenPredict) -> None:
    app = press(open_predict("camera"), "Two digits")
    assert not app.exception
    assert headings(app) == ["More than one digit"]


def test_the_file_chosen_stays_when_another_is_taken_away(open_predict: OpenPredict) -> None:
    files = {"2.png": digit_on_paper(2), "7.png": digit_on_paper(7), "3.png": digit_on_paper(3)}
    app = upload(open_predict("upload"), *files.values(), names=tuple(files))
    assert headings(choose_line(app, 1)) == ["It is a 7"]
    app.session_state[STATE_KEY].uploads.pop(0)  # as the field does; it would name all anew here
    app.run()
    assert headings(app) == ["It is a 7"]
    assert "`7.png`, one of 2 files" in texts(app)


def test_the_download_speaks_the_words_of_the_core(open_predict: OpenPredict) -> None:
    pictures = [
        Picture.from_file(data, name)
        for name, data in {"7.png": digit_on_paper(7), "0.png": blank_paper()}.items()
    ]
    rows = [make_row(picture, Options()) for picture in pictures]
    lines = as_csv(pictures, Options(), rows).decode().splitlines()
    assert lines[0] == "file,status,digit,confidence,reason,background,ms,quality"
    assert lines[1].startswith("7.png,ok,7,")
    assert lines[2].startswith("0.png,rejected,,,blank,")


@pytest.mark.parametrize(
    ("variable", "value", "count"),
    [("DIGITSCOPE_APP_MAX_FILES", "2", 3), ("DIGITSCOPE_APP_MAX_TOTAL_MB", "1", 2)],
)
def test_too_much_at_once_is_refused_with_a_sentence(
    open_predict: OpenPredict,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    value: str,
    count: int,
) -> None:
    monkeypatch.setenv(variable, value)
    files = [digit_on_paper(7) + bytes(600_000) for _ in range(count)]
    app = upload(open_predict("upload"), *files)
    assert not app.exception
    assert app.error[0].value.startswith(f"That is too much at once: {count} files")
    assert not headings(app)
    upload(app, digit_on_paper(7))
    assert headings(app) == ["It is a 7"]
    assert not app.error
