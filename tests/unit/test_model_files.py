"""Which model file is taken: the argument, the environment, the one in models/."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from digitscope.errors import ModelUnavailableError
from digitscope.model_files import (
    KERAS_MODEL,
    MODEL_CARD,
    ONNX_MODEL,
    fingerprint_of,
    load_card_of,
    resolve_model_path,
)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "other.onnx"
    path.touch()
    return path


def test_the_models_lie_at_the_root_of_the_repository(repo_root: Path) -> None:
    assert {path.parent for path in (KERAS_MODEL, ONNX_MODEL, MODEL_CARD)} == {repo_root / "models"}


def test_by_default_the_quick_one_is_taken(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("digitscope.model_files.ONNX_MODEL", model)
    assert resolve_model_path() == model


def test_the_environment_names_another(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIGITSCOPE_MODEL", str(model))
    assert resolve_model_path() == model


def test_an_empty_variable_is_none(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("digitscope.model_files.ONNX_MODEL", model)
    monkeypatch.setenv("DIGITSCOPE_MODEL", "")
    assert resolve_model_path() == model


def test_the_argument_outranks_the_environment(
    model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIGITSCOPE_MODEL", "/nowhere/else.onnx")
    assert resolve_model_path(str(model)) == model


def test_the_home_folder_may_be_written_as_a_tilde(
    model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(model.parent))
    assert resolve_model_path("~/other.onnx") == model


@pytest.mark.parametrize("name", ["absent.keras", "absent.onnx"])
def test_a_missing_file_is_named_with_what_to_do(name: str, tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailableError, match=f"Received: .*{name}.*make train"):
        resolve_model_path(tmp_path / name)


def test_a_folder_is_no_model(tmp_path: Path) -> None:
    (tmp_path / "folder.onnx").mkdir()
    with pytest.raises(ModelUnavailableError, match="No model file"):
        resolve_model_path(tmp_path / "folder.onnx")


def test_a_path_of_nobody_is_a_file_that_is_not_there() -> None:
    with pytest.raises(ModelUnavailableError, match="No model file is there"):
        resolve_model_path("~nobody-of-that-name/network.onnx")


# --- The card ------------------------------------------------------------------------------------


def test_the_figures_are_those_of_the_file_that_the_card_names(
    model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = {"files": {model.name: {"sha256": fingerprint_of(model)}}, "accuracy": 0.99}
    path = model.with_name("card.json")
    path.write_text(json.dumps(card))
    monkeypatch.setattr("digitscope.model_files.MODEL_CARD", path)
    assert load_card_of(fingerprint_of(model)) == card
    model.write_bytes(b"trained again")
    assert load_card_of(fingerprint_of(model)) == {}


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"files": []}', '{"files": {"a": {}}}'])
def test_a_card_that_cannot_be_read_has_no_figures(
    content: str, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = model.with_name("card.json")
    monkeypatch.setattr("digitscope.model_files.MODEL_CARD", path)
    assert load_card_of(fingerprint_of(model)) == {}
    path.write_text(content)
    assert load_card_of(fingerprint_of(model)) == {}
