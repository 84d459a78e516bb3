"""The app as a visitor opens it: without a browser, and in Chromium."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from digitscope.model_files import ONNX_MODEL
from streamlit_app.resources import answering_network, model_path
from tests.app.chromium import CHROMIUM, FLAGS, FRAMES, Visit, serving, visiting
from tests.app.scenes import HOME, PREDICT, ROOT, TIMEOUT_S, OpenPredict, photo_jpeg


@pytest.fixture(autouse=True)
def quick_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """The app answers with the ONNX network alone: no test waits for TensorFlow unasked."""
    monkeypatch.setenv("DIGITSCOPE_MODEL", str(ONNX_MODEL))


@pytest.fixture
def keras_network(quick_network: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The app as it is started by default: Keras, and its ONNX twin until that is loaded."""
    monkeypatch.delenv("DIGITSCOPE_MODEL")


@pytest.fixture
def loaded() -> None:
    """A network answers, as for every visitor but the first."""
    if model_path().is_file():
        answering_network()


@pytest.fixture
def app(loaded: None) -> AppTest:
    """The app, opened at its first page."""
    return AppTest.from_file(str(HOME), default_timeout=TIMEOUT_S).run()


@pytest.fixture
def open_predict(app: AppTest) -> OpenPredict:
    """Opens the Predict page at one source."""

    def open_at(source: str) -> AppTest:
        app.switch_page(PREDICT)
        app.query_params["source"] = source
        return app.run()

    return open_at


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    """The app as started from the repository's root."""
    with serving(str(HOME.relative_to(ROOT)), ROOT) as url:
        yield url


@pytest.fixture(scope="session")
def playwright() -> Iterator[Any]:
    """Playwright, where it is installed; one for all browsers."""
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with api.sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(playwright: Any) -> Iterator[Any]:
    """One Chromium for all tests."""
    chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
    yield chromium
    chromium.close()


@pytest.fixture(scope="session")
def browser_with_camera(playwright: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A Chromium whose camera sees a three on paper, all the time."""
    film = tmp_path_factory.mktemp("camera") / "three.mjpeg"
    film.write_bytes(photo_jpeg(3) * FRAMES)
    flags = [
        *FLAGS,
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={film}",
    ]
    chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
    yield chromium
    chromium.close()


@pytest.fixture
def visit(browser: Any, address: str) -> Iterator[Visit]:
    """Opens a page in a fresh context; afterwards fails on console errors, foreign requests."""
    with visiting(browser, address) as open_page:
        yield open_page


@pytest.fixture
def photographer(browser_with_camera: Any, address: str) -> Iterator[Visit]:
    """The same with a camera."""
    with visiting(browser_with_camera, address) as open_page:
        yield open_page
