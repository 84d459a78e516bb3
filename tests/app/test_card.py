"""What is read of the card, and what is shown where it says nothing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from digitscope import model_files
from streamlit_app.card import ModelCard, load_card
from streamlit_app.components.measured.calibration import bins
from streamlit_app.components.measured.confusion import confusions
from streamlit_app.components.measured.headline import headline_figures
from streamlit_app.components.measured.mistakes import mistakes
from streamlit_app.components.measured.photos import photo_table
from streamlit_app.resources import model_path
from tests.app.scenes import needs_model

WriteCard = Callable[[dict[str, Any]], None]


@pytest.fixture
def write_card(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> WriteCard:
    """Puts a card in place of the real one, of the model in use."""
    path = tmp_path / "model_card.json"
    monkeypatch.setattr(model_files, "MODEL_CARD", path)

    def write(card: dict[str, Any]) -> None:
        sha256 = hashlib.sha256(model_path().read_bytes()).hexdigest()
        path.write_text(json.dumps({"files": {"model": {"sha256": sha256}}} | card))

    return write


@needs_model
def test_the_card_of_the_network_in_use_is_read(write_card: WriteCard) -> None:
    write_card({"test": {"accuracy": 0.9951}})
    assert load_card().number("test.accuracy") == 0.9951


@needs_model
@pytest.mark.parametrize("text", ["", "[]", "{", '{"test": {"accuracy": 1}, "files": {}}'])
def test_a_card_of_another_form_or_another_network_says_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str
) -> None:
    path = tmp_path / "model_card.json"
    path.write_text(text)
    monkeypatch.setattr(model_files, "MODEL_CARD", path)
    assert load_card().number("test.accuracy") is None


@pytest.mark.parametrize("value", ["many", True, None, [], {}])
def test_what_is_no_number_is_none(value: object) -> None:
    assert ModelCard({"a": {"b": value}}).number("a.b") is None


def test_rows_without_all_fields_are_left_out() -> None:
    card = ModelCard({"rows": [{"a": 1, "b": 2}, {"a": 3}, "text"]})
    assert card.rows("rows", "a", "b") == [{"a": 1, "b": 2}]


@pytest.mark.parametrize("matrix", [[[1]], [[1, 2]], "text", None])
def test_only_a_square_of_the_right_size_is_a_matrix(matrix: object) -> None:
    assert ModelCard({"m": matrix}).matrix("m", 2) is None


def test_headline_has_the_interval_of_the_card() -> None:
    test = {"accuracy": 0.9951, "tiles": 10_000, "accuracy_interval": [0.9935, 0.9963]}
    ((label, value, note),) = headline_figures(ModelCard({"test": test}))
    assert (label, value) == ("Right on MNIST's test set", "99.51%")
    assert note == "of 10,000 tiles; 95% interval: 99.35% to 99.63%"


def test_headline_of_an_empty_card_is_empty() -> None:
    assert headline_figures(ModelCard({})) == []


def test_photos_stand_beside_the_app_before() -> None:
    kinds = {"photo": {"n": 200, "correct": 190, "wrong": 4, "refused": 6}, "odd": {"n": 1}}
    table = photo_table(
        ModelCard({"photos": {"kinds": kinds}}), ModelCard({"correct_share": {"photo": 0.5}})
    )
    assert table.drop(columns="kind").to_numpy().tolist() == [[200, 0.95, 0.02, 0.03, 0.5]]


def test_confusions_are_sorted_and_leave_the_right_ones_out() -> None:
    matrix = [[0] * 10 for _ in range(10)]
    matrix[3][3], matrix[4][9], matrix[9][4] = 900, 2, 5
    assert confusions(matrix) == [(9, 4), (4, 9)]


def test_mistakes_of_one_pair_the_surest_first() -> None:
    rows = [
        {"index": 1, "shown": 4, "answered": 9, "confidence": 0.5},
        {"index": 2, "shown": 4, "answered": 9, "confidence": 0.9},
        {"index": 3, "shown": 7, "answered": 1, "confidence": 0.7},
    ]
    card = ModelCard({"test": {"mistakes": rows}})
    assert [row["index"] for row in mistakes(card, None)] == [2, 3, 1]
    assert [row["index"] for row in mistakes(card, (4, 9))] == [2, 1]


def test_bins_with_too_few_tiles_are_no_points() -> None:
    after = [
        {"confidence": 0.3, "accuracy": 0.0, "tiles": 19},
        {"confidence": 0.9, "accuracy": 0.8, "tiles": 20},
    ]
    points = bins(ModelCard({"calibration": {"test_reliability_after": after}}))
    assert points["confidence"].tolist() == [0.9]
