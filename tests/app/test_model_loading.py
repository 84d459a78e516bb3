"""Who answers when: the ONNX twin at once, Keras when it is there; what is said meanwhile."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from digitscope import DigitReader, ModelUnavailableError
from digitscope.model_files import MODEL_CARD, ONNX_MODEL
from streamlit_app import network_loading, resources
from streamlit_app.network_loading import NetworkLoader
from streamlit_app.visitors import Visitors
from tests.app.scenes import (
    HOME,
    PREDICT,
    ROOT,
    TIMEOUT_S,
    digit_on_paper,
    headings,
    needs_model,
    prompt,
    texts,
    upload,
)

NOTE = "The network is loading."
pytestmark = needs_model


class SlowLoader:
    """Stands in for `DigitReader`: Keras is there when it is told to; counts how often."""

    def __init__(self) -> None:
        self.gate, self.error = threading.Event(), None
        self.calls = 0

    def __call__(self, path: Path) -> DigitReader:
        if path.suffix == ".onnx":
            return DigitReader(path)
        self.calls += 1
        assert self.gate.wait(TIMEOUT_S)
        if self.error is not None:
            raise self.error
        return DigitReader(ONNX_MODEL)

    def finish(self, error: Exception | None = None) -> None:
        """Let it end, and wait until it has."""
        self.error = error
        loading = resources.loader_of(resources.model_path()).begin()
        self.gate.set()
        loading.exception(TIMEOUT_S)


@pytest.fixture
def loader(keras_network: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[SlowLoader]:
    """A server that has just started, whose Keras network takes its time."""
    slow = SlowLoader()
    monkeypatch.setattr(network_loading, "DigitReader", slow)
    resources.loader_of.clear()
    yield slow
    slow.gate.set()
    resources.loader_of.clear()


@pytest.fixture
def no_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    """A network of which there is no ONNX file."""
    monkeypatch.setattr(resources, "twin_path", lambda: None)


@pytest.fixture
def early(loader: SlowLoader) -> AppTest:
    """The app, opened while Keras is not there."""
    return AppTest.from_file(str(HOME), default_timeout=TIMEOUT_S).run()


# --- The twin ------------------------------------------------------------------------------------


def test_the_twin_answers_until_keras_is_there(early: AppTest, loader: SlowLoader) -> None:
    assert NOTE not in texts(early)
    upload(early.switch_page(PREDICT).run(), digit_on_paper(7))
    assert headings(early) == ["It is a 7"]
    network = resources.loader_of(ONNX_MODEL).network
    assert resources.answering_network() is network
    loader.finish()
    assert resources.answering_network() is resources.loader_of(resources.model_path()).network
    upload(early, digit_on_paper(2))
    assert headings(early) == ["It is a 2"]


def test_only_the_details_tell_which_network_answered(early: AppTest) -> None:
    upload(early.switch_page(PREDICT).run(), digit_on_paper(7))
    assert texts(early).count("ONNX Runtime") == 1
    assert any(caption.value.endswith("ms, with ONNX Runtime") for caption in early.caption)


def test_a_keras_file_that_is_broken_leaves_the_answers_to_the_twin(
    early: AppTest, loader: SlowLoader
) -> None:
    loader.finish(ModelUnavailableError("secret path"))
    upload(early.switch_page(PREDICT).run(), digit_on_paper(7))
    assert headings(early) == ["It is a 7"]
    assert not early.error


def test_only_feature_maps_wait_for_keras(early: AppTest, loader: SlowLoader) -> None:
    for page in ("home", "predict", "performance"):
        assert NOTE not in texts(early.switch_page(f"app_pages/{page}.py").run())
    early.switch_page("app_pages/architecture.py").run()
    assert NOTE in texts(early)
    parameters = json.loads(MODEL_CARD.read_text("utf-8"))["parameters"]
    assert f"{parameters:,} parameters" in texts(early)
    assert len(early.dataframe[0].value) > 10
    assert not early.error


def test_another_network_s_onnx_file_is_no_twin(
    tmp_path: Path, keras_network: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert resources.twin_path() == ONNX_MODEL
    other = tmp_path / "other.keras"
    other.write_bytes(b"another network")
    monkeypatch.setenv("DIGITSCOPE_MODEL", str(other))
    assert resources.twin_path() is None


def test_with_the_onnx_file_alone_nothing_imports_tensorflow() -> None:
    script = """
import sys
from tests.app.scenes import HOME, PREDICT, AppTest, digit_on_paper, headings, upload
app = AppTest.from_file(str(HOME), default_timeout=60).run()
upload(app.switch_page(PREDICT).run(), digit_on_paper(7))
assert headings(app) == ["It is a 7"], headings(app)
for page in ("architecture", "performance"):
    app.switch_page(f"app_pages/{page}.py").run()
    assert not app.error
assert not {"tensorflow", "keras"} & set(sys.modules)
"""
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=True, timeout=120)


# --- Without a twin ------------------------------------------------------------------------------


@pytest.mark.usefixtures("no_twin")
@pytest.mark.parametrize("page", ["home", "predict", "architecture", "performance"])
def test_no_page_waits_for_the_network(early: AppTest, page: str) -> None:
    early.switch_page(f"app_pages/{page}.py").run()
    assert not early.exception
    assert not early.error
    assert NOTE in texts(early)


def test_a_picture_given_early_is_answered_afterwards(
    no_twin: None, early: AppTest, loader: SlowLoader
) -> None:
    upload(early.switch_page(PREDICT).run(), digit_on_paper(7))
    assert not early.exception
    assert prompt(early) == "One moment"
    loader.finish()
    assert headings(early.run()) == ["It is a 7"]
    assert NOTE not in texts(early)
    AppTest.from_file(str(HOME), default_timeout=TIMEOUT_S).run()
    assert loader.calls == 1


def test_a_network_that_cannot_be_loaded_is_told_and_tried_anew(
    no_twin: None, early: AppTest, loader: SlowLoader
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


def test_one_who_waited_for_a_failed_loading_does_not_end_the_next(loader: SlowLoader) -> None:
    network = NetworkLoader(resources.model_path())
    failed, begin = network.begin(), network.begin
    loader.error = ModelUnavailableError("broken")
    loader.gate.set()
    with pytest.raises(ModelUnavailableError):
        network.wait()
    loader.gate.clear()
    loader.error = None
    anew = begin()
    network.begin = lambda: failed  # type: ignore[method-assign]  # another session's waiting
    with pytest.raises(ModelUnavailableError):
        network.wait()
    assert begin() is anew


# --- The quiet moment ----------------------------------------------------------------------------


def test_it_is_quiet_when_no_page_has_run_for_a_while() -> None:
    visitors = Visitors()
    with visitors.served():
        assert not visitors.wait_for_quiet(0.0, timeout_s=0.05)
    assert not visitors.wait_for_quiet(30.0, timeout_s=0.05)
    assert visitors.wait_for_quiet(0.05, timeout_s=TIMEOUT_S)


def test_loading_waits_for_a_quiet_moment_unless_somebody_waits_for_it(
    loader: SlowLoader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(network_loading, "QUIET_S", 30.0)
    network = NetworkLoader(resources.model_path())
    network.begin(when_quiet=True)
    time.sleep(0.2)
    assert loader.calls == 0
    loader.gate.set()
    assert network.wait().reader is not None
