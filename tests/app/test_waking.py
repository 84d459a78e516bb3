"""While the network is loading in the background, pages stand; afterwards pictures are answered."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from digitscope import DigitReader, ModelUnavailableError
from digitscope.model_files import ONNX_MODEL
from streamlit_app import resources
from tests.app.scenes import (
    HOME,
    PREDICT,
    TIMEOUT_S,
    digit_on_paper,
    headings,
    prompt,
    texts,
    upload,
)

NOTE = "The network is loading."
pytestmark = pytest.mark.skipif(not ONNX_MODEL.is_file(), reason="models/ holds no network")


class SlowLoader:
    """Stands in for `DigitReader`: makes the reader when told to, and counts how often."""

    def __init__(self) -> None:
        self.gate, self.error = threading.Event(), None
        self.calls = 0

    def __call__(self, _path: Path) -> DigitReader:
        self.calls += 1
        assert self.gate.wait(TIMEOUT_S)
        if self.error is not None:
            raise self.error
        return DigitReader(ONNX_MODEL)

    def finish(self, error: Exception | None = None) -> None:
        """Let it end, and wait until it has."""
        self.error = error
        loading: Future[DigitReader] = resources._loading(resources.model_path())
        self.gate.set()
        loading.exception(TIMEOUT_S)


@pytest.fixture
def loader(monkeypatch: pytest.MonkeyPatch) -> Iterator[SlowLoader]:
    """A server that has just started, whose network takes its time."""
    slow = SlowLoader()
    monkeypatch.setattr(resources, "DigitReader", slow)
    resources._loading.clear()
    yield slow
    slow.gate.set()
    resources._loading.clear()


@pytest.fixture
def early(loader: SlowLoader) -> AppTest:
    """The app, opened while the network is loading."""
    return AppTest.from_file(str(HOME), default_timeout=TIMEOUT_S).run()


def test_home_stands_while_the_network_is_loading(early: AppTest, loader: SlowLoader) -> None:
    assert not early.exception
    assert early.title[0].value == "Handwriting in, digit out"
    assert "Two digits" in {button.label for button in early.button}
    assert NOTE in texts(early)
    loader.finish()
    assert NOTE not in texts(early.run())
    assert loader.calls == 1


def test_a_picture_given_early_is_answered_afterwards(early: AppTest, loader: SlowLoader) -> None:
    upload(early.switch_page(PREDICT).run(), digit_on_paper(7))
    assert not early.exception
    assert prompt(early) == "One moment"
    assert NOTE in texts(early)
    loader.finish()
    assert headings(early.run()) == ["It is a 7"]
    assert loader.calls == 1


@pytest.mark.parametrize("page", ["predict", "architecture", "performance"])
def test_no_page_waits_for_the_network(early: AppTest, loader: SlowLoader, page: str) -> None:
    early.switch_page(f"app_pages/{page}.py").run()
    assert not early.exception
    assert not early.error
    assert NOTE in texts(early)


def test_a_second_visitor_begins_no_second_loading(early: AppTest, loader: SlowLoader) -> None:
    second = AppTest.from_file(str(HOME), default_timeout=TIMEOUT_S).run()
    assert NOTE in texts(second)
    assert loader.calls == 1


def test_a_network_that_cannot_be_loaded_is_told_and_tried_anew(
    early: AppTest, loader: SlowLoader
) -> None:
    early.switch_page(PREDICT).run()
    loader.finish(ModelUnavailableError("secret path"))
    early.run()
    assert not early.exception
    assert [error.value for error in early.error if "secret" in error.value] == []
    assert "Something went wrong on our side" in early.error[0].value
    loader.error = None
    loader.finish()
    upload(early, digit_on_paper(7))
    assert headings(early) == ["It is a 7"]
    assert loader.calls == 2
