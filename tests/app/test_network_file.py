"""The network's file breaks, vanishes or comes late while visitors are there."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from digitscope.model_files import ONNX_MODEL
from streamlit_app import resources
from streamlit_app.card import load_card
from tests.app.scenes import (
    HOME,
    PREDICT,
    TIMEOUT_S,
    digit_on_paper,
    headings,
    needs_model,
    texts,
    upload,
)

pytestmark = needs_model
LOADING = "The network is loading."
REPLACED = "file has changed since this app was started"
PAGES = ("app_pages/architecture.py", "app_pages/performance.py")


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the network's file that the app is told to load."""
    copy = tmp_path / ONNX_MODEL.name
    copy.write_bytes(ONNX_MODEL.read_bytes())
    monkeypatch.setenv("DIGITSCOPE_MODEL", str(copy))
    return copy


def open_app() -> AppTest:
    return AppTest.from_file(str(HOME), default_timeout=TIMEOUT_S).run()


def answer_to(digit: int, app: AppTest | None = None) -> list[str]:
    """What the page says of a picture that nobody has given before."""
    app = upload((app or open_app()).switch_page(PREDICT).run(), digit_on_paper(digit))
    run_until(app, lambda: LOADING not in texts(app))
    assert not app.exception
    return headings(app)


def notices(page: str) -> list[str]:
    app = open_app().switch_page(page).run()
    assert not app.exception
    assert not app.error
    return [one.value for one in app.info if REPLACED in one.value]


def run_until(app: AppTest, is_reached: Callable[[], bool]) -> None:
    """Run the page again and again, as it does itself while the network is loading."""
    ends = time.monotonic() + TIMEOUT_S
    while not is_reached():
        assert time.monotonic() < ends
        app.run()


@pytest.mark.parametrize("content", [b"half written", None], ids=["broken", "gone"])
def test_the_network_that_was_loaded_goes_on_answering(served: Path, content: bytes | None) -> None:
    resources.reader()
    assert [notices(page) for page in PAGES] == [[], []]
    if content is None:
        served.unlink()
    else:
        served.write_bytes(content)
    assert answer_to(7) == ["It is a 7"]
    assert [len(notices(page)) for page in PAGES] == [1, 1]


def test_figures_stay_those_of_the_network_that_answers(served: Path) -> None:
    resources.reader()
    before = load_card().number("test.accuracy")
    assert before is not None
    served.write_bytes(b"another network, which no card knows")
    assert load_card().number("test.accuracy") == before


@pytest.mark.parametrize("content", [b"half written", None], ids=["broken", "gone"])
def test_a_file_that_comes_late_is_taken_without_a_new_start(
    served: Path, content: bytes | None
) -> None:
    whole = served.read_bytes()
    if content is None:
        served.unlink()
    else:
        served.write_bytes(content)
    app = upload(open_app().switch_page(PREDICT).run(), digit_on_paper(7))
    run_until(app, lambda: bool(app.error))
    assert "Something went wrong on our side" in app.error[0].value
    assert str(served) not in app.error[0].value
    served.write_bytes(whole)
    assert answer_to(3, app) == ["It is a 3"]


def test_a_failure_that_nobody_was_told_of_is_forgotten_once_the_file_is_there(
    served: Path,
) -> None:
    whole = served.read_bytes()
    served.unlink()
    assert resources.loader_of(served).begin().exception(TIMEOUT_S) is not None
    served.write_bytes(whole)
    assert not open_app().error
