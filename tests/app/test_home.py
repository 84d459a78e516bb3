"""The Home page: says what this is, leads on, shows measured figures only."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from streamlit_app import card


def test_home_shows_what_this_is(app: AppTest) -> None:
    assert not app.exception
    assert [title.value for title in app.title] == ["Handwriting in, digit out"]
    assert [button.label for button in app.button] == ["Draw a digit", "Upload a photo"]


@pytest.mark.parametrize(("button", "source"), [(0, "draw"), (1, "upload")])
def test_buttons_lead_to_the_source(app: AppTest, button: int, source: str) -> None:
    app.button[button].click().run()
    assert not app.exception
    assert app.title[0].value == "Read a digit"
    assert app.session_state["source_choice"] == source


def test_missing_card_shows_no_figures(
    app: AppTest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(card, "MODEL_CARD", tmp_path / "none.json")
    app.run()
    assert not app.exception
    assert not app.metric


def test_figures_come_from_the_card(
    app: AppTest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "model_card.json"
    path.write_text(json.dumps({"test": {"accuracy": 0.9951}, "parameters": 392330}))
    monkeypatch.setattr(card, "MODEL_CARD", path)
    app.run()
    assert [metric.value for metric in app.metric] == ["99.51%", "392,330"]


@pytest.mark.parametrize("text", ["", "[]", "{", '{"test": 3, "parameters": "many"}'])
def test_a_card_of_another_form_shows_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str
) -> None:
    path = tmp_path / "model_card.json"
    path.write_text(text)
    monkeypatch.setattr(card, "MODEL_CARD", path)
    assert card.load_figures() == card.Figures()
