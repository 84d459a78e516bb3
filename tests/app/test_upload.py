"""Files: one, several, broken ones among them, and the examples."""

from __future__ import annotations

import pandas as pd

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
    app.session_state["files_table"] = {"selection": {"rows": [1], "columns": [], "cells": []}}
    assert headings(app.run()) == ["It is a 7"]
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
