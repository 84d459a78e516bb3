"""What the operator sets by environment, and what visitors then may do."""

from __future__ import annotations

import re
import threading
from pathlib import Path

import pytest

from digitscope.types import Background
from streamlit_app import card, reading
from streamlit_app.components import result
from streamlit_app.settings import MEGABYTE, Settings, load_settings
from tests.app.scenes import (
    ROOT,
    TIMEOUT_S,
    OpenPredict,
    digit_on_paper,
    headings,
    needs_model,
    texts,
    upload,
)


def test_without_variables_everything_is_allowed() -> None:
    assert load_settings({}) == Settings()


def test_variables_are_read() -> None:
    settings = load_settings(
        {
            "DIGITSCOPE_APP_MAX_FILES": "5",
            "DIGITSCOPE_APP_MAX_TOTAL_MB": "10",
            "DIGITSCOPE_APP_MAX_READS": "1",
            "DIGITSCOPE_APP_BACKGROUNDS": "opencv, u2netp",
            "DIGITSCOPE_APP_MNIST_DOWNLOAD": "0",
        }
    )
    assert (settings.max_files, settings.max_total_bytes) == (5, 10 * MEGABYTE)
    assert settings.max_reads == 1
    assert settings.backgrounds == (Background.AUTO, Background.OPENCV, Background.U2NETP)
    assert not settings.mnist_download


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MAX_FILES", "many"),
        ("MAX_READS", "0"),
        ("BACKGROUNDS", "opencv,u3net"),
        ("MNIST_DOWNLOAD", "yes"),
    ],
)
def test_a_value_that_cannot_be_is_told_with_its_variable(name: str, value: str) -> None:
    with pytest.raises(ValueError, match=f"DIGITSCOPE_APP_{name}.*Received: '{value}'"):
        load_settings({f"DIGITSCOPE_APP_{name}": value})


@needs_model
def test_only_the_allowed_backgrounds_can_be_chosen(
    open_predict: OpenPredict, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIGITSCOPE_APP_BACKGROUNDS", "opencv")
    box = open_predict("upload").selectbox(key="background")
    assert box.options == ["Automatic", "Classical (OpenCV)"]


@needs_model
def test_mnist_is_not_offered_where_the_operator_forbids_it(
    open_predict: OpenPredict, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("MNIST_NPZ", raising=False)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setenv("DIGITSCOPE_APP_MNIST_DOWNLOAD", "0")
    labels = [button.label for button in open_predict("mnist").button]
    assert not [label for label in labels if label.startswith("Download")]


@needs_model
def test_a_reading_that_has_to_wait_is_announced_and_then_done(
    open_predict: OpenPredict, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIGITSCOPE_APP_MAX_READS", "1")
    app, told = open_predict("upload"), threading.Event()
    monkeypatch.setattr(result, "tell_wait", told.set)

    def occupy() -> None:
        with reading.reading_allowed():
            taken.set()
            told.wait(TIMEOUT_S)

    taken = threading.Event()
    other = threading.Thread(target=occupy)
    other.start()
    assert taken.wait(TIMEOUT_S)
    upload(app, digit_on_paper(7))
    other.join()
    assert told.is_set()
    assert headings(app) == ["It is a 7"]
    assert "yours is next" not in texts(app)


def test_what_the_pages_read_is_in_the_image() -> None:
    recipe = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    stage = recipe.split("FROM build AS app-build")[1].split("\nFROM ")[0]
    copied = re.findall(r"^COPY (\S+) \1$", stage, re.MULTILINE)
    for read in (card.REPORTS, card.PREDECESSOR):
        path = read.relative_to(ROOT)
        assert any(path.is_relative_to(folder) for folder in copied), f"{path} is not copied"
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert "!training/reports" in ignored
