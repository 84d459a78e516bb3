"""The app as a visitor opens it, without a browser."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from tests.app.scenes import HOME, PREDICT, TIMEOUT_S, OpenPredict


@pytest.fixture
def app() -> AppTest:
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
