"""The Home page: says what this is, leads on, shows measured figures only."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from streamlit_app import card as cards
from tests.app.scenes import headings, needs_model, press

WAYS = {
    "Upload a photo": "upload",
    "Take a photo": "camera",
    "Draw a digit": "draw",
    "Browse MNIST": "mnist",
}


def figures(app: AppTest) -> list[str]:
    """What was measured, without the answers to the example."""
    return [metric.value for metric in app.metric if metric.label != "Read as"]


def test_home_shows_what_this_is(app: AppTest) -> None:
    assert not app.exception
    assert [title.value for title in app.title] == ["Handwriting in, digit out"]
    assert [button.label for button in app.button][: len(WAYS)] == list(WAYS)


@pytest.mark.parametrize("button", WAYS)
def test_buttons_lead_to_the_source(app: AppTest, button: str) -> None:
    press(app, button)
    assert not app.exception
    assert app.title[0].value == "Read a digit"
    assert app.session_state["source_choice"] == WAYS[button]


@needs_model
def test_an_example_is_read_at_once(app: AppTest) -> None:
    press(app, "Drawing")
    assert not app.exception
    assert headings(app) == ["It is a 3"]


def test_without_a_card_there_are_no_figures(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cards, "load_card_of", lambda _path: {})
    app.run()
    assert not app.exception
    assert not figures(app)


def test_figures_come_from_the_card(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    content = {"test": {"accuracy": 0.9951}, "parameters": 392330}
    monkeypatch.setattr(cards, "load_card_of", lambda _path: content)
    app.run()
    assert figures(app) == ["99.51%", "392,330"]


def test_the_other_pages_are_linked_where_a_phone_folds_the_menu_away(app: AppTest) -> None:
    links = [element.proto.page for element in app.main if element.type == "page_link"]
    assert links == ["performance", "architecture"]
