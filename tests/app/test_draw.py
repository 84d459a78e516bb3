"""The drawing pad: answered without a button, undone, cleared, kept."""

from __future__ import annotations

from tests.app.scenes import SEVEN_XY, OpenPredict, draw, headings, needs_model, press

pytestmark = needs_model
PROMPT = ["Draw a digit on the pad, large, in the middle"]


def test_drawn_digit_is_read_without_a_button(open_predict: OpenPredict) -> None:
    app = draw(open_predict("draw"), SEVEN_XY)
    assert not app.exception
    assert headings(app) == ["It is a 7"]


def test_empty_canvas_is_a_prompt_not_an_error(open_predict: OpenPredict) -> None:
    app = draw(open_predict("draw"))
    assert not app.exception
    assert not app.error
    assert headings(app) == PROMPT


def test_cleared_canvas_returns_to_the_prompt(open_predict: OpenPredict) -> None:
    app = press(draw(open_predict("draw"), SEVEN_XY), "Clear")
    assert not app.exception
    assert headings(app) == PROMPT
