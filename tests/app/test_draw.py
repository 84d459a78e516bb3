"""The drawing pad: answered without a button, undone, cleared, kept."""

from __future__ import annotations

import pytest

from digitscope.types import Reason
from tests.app.scenes import (
    SEVEN_XY,
    OpenPredict,
    canvas_value,
    draw,
    headings,
    needs_model,
    press,
    prompt,
    refuse_all,
    texts,
)

pytestmark = needs_model
PROMPT = "Draw a digit"


def test_drawn_digit_is_read_without_a_button(open_predict: OpenPredict) -> None:
    app = draw(open_predict("draw"), SEVEN_XY)
    assert not app.exception
    assert headings(app) == ["It is a 7"]


def test_empty_canvas_is_a_prompt_not_an_error(open_predict: OpenPredict) -> None:
    app = draw(open_predict("draw"))
    assert not app.exception
    assert not app.error
    assert prompt(app) == PROMPT


def test_the_pad_of_the_library_is_read_too_undone_and_cleared(open_predict: OpenPredict) -> None:
    app = open_predict("draw")
    app.toggle(key="draw_live").set_value(False).run()
    draw(app, SEVEN_XY, pad="drawing_canvas")
    assert not app.exception
    assert headings(app) == ["It is a 7"]
    press(app, "Clear")
    assert not app.exception
    assert prompt(app) == PROMPT


def test_the_bars_are_there_while_the_pen_moves_also_without_an_answer(
    open_predict: OpenPredict, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse_all(monkeypatch, Reason.NOT_A_DIGIT)
    app = open_predict("draw")
    value = canvas_value(SEVEN_XY) | {"is_pen_down": True}
    app.session_state["drawing_pad"] = {"drawing": value}
    app.run()
    assert not app.exception
    assert [metric.label for metric in app.metric] == ["1st choice", "2nd choice", "3rd choice"]
    draw(app, SEVEN_XY)
    assert not app.metric


def test_a_drawing_is_kept_when_the_pad_is_left(open_predict: OpenPredict) -> None:
    draw(open_predict("draw"), SEVEN_XY)
    open_predict("upload")
    assert headings(open_predict("draw")) == ["It is a 7"]


def test_a_refusal_of_a_drawing_says_why_below_the_pad(
    open_predict: OpenPredict, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse_all(monkeypatch, Reason.NOT_A_DIGIT)
    app = draw(open_predict("draw"), SEVEN_XY)
    assert headings(app) == ["Not a digit"]
    assert texts(app).count("Write one digit, large") == 1
    assert "Write one digit, large" in "".join(m.value for m in app.columns[1].markdown)
