"""The Predict page, run without a browser: each source, option and kind of answer."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from digitscope import DigitReader
from digitscope.preprocessing.steps import STEPS
from digitscope.types import Background, Reading, Reason
from tests.app.scenes import (
    SEVEN_XY,
    OpenPredict,
    blank_paper,
    canvas_value,
    digit_on_paper,
    headings,
    needs_model,
    texts,
)

pytestmark = needs_model


def upload(app: AppTest, data: bytes, name: str = "photo.png") -> AppTest:
    """Give the page a file."""
    return app.file_uploader[0].set_value((name, data, "image/png")).run()


def draw(app: AppTest, *strokes: list[tuple[int, int]]) -> AppTest:
    """Put strokes onto the pad."""
    app.session_state["drawing_pad"] = canvas_value(*strokes)
    return app.run()


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Every call to the core's reader: its options."""
    seen: list[dict[str, Any]] = []
    read = DigitReader.read

    def counted(self: DigitReader, image: Any, **options: Any) -> Any:
        seen.append(options)
        return read(self, image, **options)

    monkeypatch.setattr(DigitReader, "read", counted)
    return seen


@pytest.mark.parametrize("digit", [2, 7])
def test_uploaded_digit_is_read(open_predict: OpenPredict, digit: int) -> None:
    app = upload(open_predict("upload"), digit_on_paper(digit))
    assert not app.exception
    assert headings(app) == [f"It is a {digit}"]
    assert [metric.label for metric in app.metric] == ["1st choice", "2nd choice", "3rd choice"]
    assert app.metric[0].value == str(digit)
    assert "confidence" in texts(app)
    assert {s.value for s in app.subheader} == {"Picture quality", "What the network saw"}


def test_without_a_picture_there_is_a_prompt(open_predict: OpenPredict) -> None:
    app = open_predict("upload")
    assert not app.exception
    assert not headings(app)
    assert "Upload a photo" in texts(app)


def test_blank_paper_is_refused_with_advice(open_predict: OpenPredict) -> None:
    app = upload(open_predict("upload"), blank_paper())
    assert not app.exception
    assert headings(app) == ["No digit read"]
    assert "There is nothing on this picture" in texts(app)
    assert not app.metric


def test_a_file_that_is_no_picture_is_explained(open_predict: OpenPredict) -> None:
    app = upload(open_predict("upload"), b"this is text", "renamed.png")
    assert not app.exception
    assert len(app.error) == 1
    assert not headings(app)


def test_drawn_digit_is_read_without_a_button(open_predict: OpenPredict) -> None:
    app = draw(open_predict("draw"), SEVEN_XY)
    assert not app.exception
    assert headings(app) == ["It is a 7"]


def test_empty_canvas_is_a_prompt_not_an_error(open_predict: OpenPredict) -> None:
    app = draw(open_predict("draw"))
    assert not app.exception
    assert not app.error
    assert not headings(app)
    assert "Draw a digit" in texts(app)


def test_cleared_canvas_returns_to_the_prompt(open_predict: OpenPredict) -> None:
    app = draw(open_predict("draw"), SEVEN_XY)
    clear = next(button for button in app.button if button.label == "Clear")
    clear.click().run()
    assert not app.exception
    assert not headings(app)


def test_upload_survives_a_change_of_source(open_predict: OpenPredict) -> None:
    app = upload(open_predict("upload"), digit_on_paper(7))
    open_predict("draw")
    assert not headings(app)
    open_predict("upload")
    assert headings(app) == ["It is a 7"]


def test_unknown_source_falls_back_to_the_first(open_predict: OpenPredict) -> None:
    app = open_predict("telepathy")
    assert not app.exception
    assert app.file_uploader


def test_nothing_is_read_twice(open_predict: OpenPredict, calls: list[dict[str, Any]]) -> None:
    app = upload(open_predict("upload"), digit_on_paper(7))
    app.run()
    app.toggle(key="show_steps").set_value(True).run()
    assert len(calls) == 1


def test_options_reach_the_core(open_predict: OpenPredict, calls: list[dict[str, Any]]) -> None:
    app = upload(open_predict("upload"), digit_on_paper(7))
    app.toggle(key="tta").set_value(True).run()
    app.selectbox(key="background").set_value(Background.OPENCV).run()
    assert not app.exception
    assert headings(app) == ["It is a 7"]
    assert calls == [
        {"tta": False, "background": Background.AUTO},
        {"tta": True, "background": Background.AUTO},
        {"tta": True, "background": Background.OPENCV},
    ]


def test_notice_of_the_core_is_shown(
    open_predict: OpenPredict, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = DigitReader.read

    def noticed(self: DigitReader, image: Any, **options: Any) -> Reading:
        reading = read(self, image, **options)
        return replace(reading, preprocessed=replace(reading.preprocessed, notice="No weights."))

    monkeypatch.setattr(DigitReader, "read", noticed)
    app = upload(open_predict("upload"), digit_on_paper(7))
    assert [info.value for info in app.info] == ["No weights."]
    assert headings(app) == ["It is a 7"]


@pytest.mark.parametrize("reason", list(Reason))
def test_every_refusal_is_a_sentence_and_no_digit(
    open_predict: OpenPredict, monkeypatch: pytest.MonkeyPatch, reason: Reason
) -> None:
    read = DigitReader.read

    def refused(self: DigitReader, image: Any, **options: Any) -> Reading:
        return replace(read(self, image, **options), digit=None, reason=reason)

    monkeypatch.setattr(DigitReader, "read", refused)
    app = upload(open_predict("upload"), digit_on_paper(7))
    assert not app.exception
    assert headings(app) == ["No digit read"]
    assert not app.metric


def test_every_step_is_shown_on_demand(open_predict: OpenPredict) -> None:
    app = upload(open_predict("upload"), digit_on_paper(7))
    assert STEPS[-1].purpose not in texts(app)
    app.toggle(key="show_steps").set_value(True).run()
    assert not app.exception
    for step in STEPS:
        assert f"**{step.number} · {step.title}**" in texts(app)
        assert step.purpose in texts(app)


def test_unexpected_error_shows_a_reference_and_no_details(
    open_predict: OpenPredict, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("secret path")

    app = open_predict("upload")
    monkeypatch.setattr(DigitReader, "read", broken)
    with caplog.at_level(logging.ERROR):
        upload(app, digit_on_paper(3))
    assert not app.exception
    assert len(app.error) == 1
    assert "secret" not in app.error[0].value
    reference = app.error[0].value.split("`")[1]
    assert reference in caplog.text
