"""The Predict page, run without a browser: each option and each kind of answer."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

import pytest

from digitscope import DigitReader
from digitscope.messages import Message
from digitscope.preprocessing.pipeline import STEPS
from digitscope.types import Background, Reading, Reason
from streamlit_app.components import result
from tests.app.scenes import (
    OpenPredict,
    blank_paper,
    digit_on_paper,
    headings,
    needs_model,
    prompt,
    refuse_all,
    texts,
    upload,
)

pytestmark = needs_model


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
def test_answer_has_its_certainty_and_its_figures(open_predict: OpenPredict, digit: int) -> None:
    app = upload(open_predict("upload"), digit_on_paper(digit))
    assert not app.exception
    assert headings(app) == [f"It is a {digit}"]
    assert [metric.label for metric in app.metric] == ["1st choice", "2nd choice", "3rd choice"]
    assert app.metric[0].value == str(digit)
    assert "Sure · " in texts(app)
    assert {s.value for s in app.subheader} == {
        "Picture quality",
        "What the network saw",
        "What spoke for it",
        "Where it looked",
    }


def test_without_a_picture_there_are_a_prompt_and_examples(open_predict: OpenPredict) -> None:
    app = open_predict("upload")
    assert not app.exception
    assert prompt(app) == "Upload a photo"
    assert {"Photo", "A star"} <= {button.label for button in app.button}


def test_blank_paper_is_refused_with_advice(open_predict: OpenPredict) -> None:
    app = upload(open_predict("upload"), blank_paper())
    assert not app.exception
    assert headings(app) == ["Nothing to read"]
    assert "There is nothing on this picture" in texts(app)
    assert not app.metric
    assert not app.exception


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
    assert app.info[0].value.startswith("Looked five times: still a 7, ")
    app.selectbox(key="background").set_value(Background.OPENCV).run()
    assert not app.exception
    assert headings(app) == ["It is a 7"]
    assert calls == [
        {"tta": tta, "background": background, "force": False}
        for tta, background in (
            (False, Background.AUTO),
            (True, Background.AUTO),
            (True, Background.OPENCV),
            (False, Background.OPENCV),
        )
    ]


def test_notice_of_the_core_is_shown(
    open_predict: OpenPredict, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = DigitReader.read

    def noticed(self: DigitReader, image: Any, **options: Any) -> Reading:
        reading = read(self, image, **options)
        notice = Message("The weights of {name} are missing.", name="u2netp")
        return replace(reading, preprocessed=replace(reading.preprocessed, notice=notice))

    monkeypatch.setattr(DigitReader, "read", noticed)
    app = upload(open_predict("upload"), digit_on_paper(7))
    assert [info.value for info in app.info] == ["The weights of u2netp are missing."]
    assert headings(app) == ["It is a 7"]


def test_a_way_that_could_not_run_is_told(
    open_predict: OpenPredict, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = DigitReader.read

    def without_weights(self: DigitReader, image: Any, **options: Any) -> Reading:
        return read(self, image, **(options | {"background": Background.OPENCV}))

    monkeypatch.setattr(DigitReader, "read", without_weights)
    app = upload(open_predict("upload"), digit_on_paper(7))
    app.selectbox(key="background").set_value(Background.U2NET).run()
    assert app.info[0].value.startswith("Neural, large (U²-Net) could not run here")


@pytest.mark.parametrize(
    ("reason", "heading"),
    [
        (Reason.BLANK, "Nothing to read"),
        (Reason.NO_CONTRAST, "Too faint to read"),
        (Reason.TOO_SMALL, "Too small to read"),
        (Reason.SEVERAL_DIGITS, "More than one digit"),
        (Reason.NOT_A_DIGIT, "Not a digit"),
        (Reason.UNCERTAIN, "Unsure: 7 or "),
    ],
)
def test_every_refusal_is_a_sentence_and_no_digit(
    open_predict: OpenPredict, monkeypatch: pytest.MonkeyPatch, reason: Reason, heading: str
) -> None:
    refuse_all(monkeypatch, reason)
    app = upload(open_predict("upload"), digit_on_paper(7))
    assert not app.exception
    assert headings(app)[0].startswith(heading)
    assert not app.metric


def test_best_guess_is_shown_when_asked_for(
    open_predict: OpenPredict, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse_all(monkeypatch, Reason.SEVERAL_DIGITS)
    app = upload(open_predict("upload"), digit_on_paper(7))
    app.toggle(key="best_guess").set_value(True).run()
    assert not app.exception
    assert "If it had to be a digit: **7**" in texts(app)
    assert app.metric[0].value == "7"


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


@pytest.mark.parametrize(
    ("ms", "said"), [(142.4, "Read in 142 ms, with"), (1451, "Read in 1.5 s, with")]
)
def test_a_long_reading_is_told_in_seconds(
    open_predict: OpenPredict, monkeypatch: pytest.MonkeyPatch, ms: float, said: str
) -> None:
    read = DigitReader.read
    monkeypatch.setattr(
        DigitReader, "read", lambda *args, **how: replace(read(*args, **how), ms=ms)
    )
    assert said in texts(upload(open_predict("upload"), digit_on_paper(7)))


def test_a_new_picture_is_announced_and_then_answered(
    open_predict: OpenPredict, monkeypatch: pytest.MonkeyPatch
) -> None:
    announced: list[str] = []
    show = result.show_prompt

    def noted(title: str, text: str) -> None:
        announced.append(title)
        show(title, text)

    monkeypatch.setattr(result, "show_prompt", noted)
    app = upload(open_predict("upload"), digit_on_paper(7))
    assert announced[-1] == "One moment"
    announced.clear()
    app.run()
    assert announced == []
    assert "Your picture is being read." not in texts(app)
