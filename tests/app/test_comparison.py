"""The plain way beside the eleven steps: on Home with an example, on Predict with one's own."""

from __future__ import annotations

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from streamlit_app.components import comparison
from streamlit_app.components.comparison import naive_tile
from tests.app.scenes import OpenPredict, digit_on_paper, needs_model, press, texts, upload

pytestmark = needs_model


def test_the_plain_way_makes_light_on_dark_of_the_whole_picture() -> None:
    page = np.full((280, 560, 3), 250, np.uint8)
    page[:, 280:] = 20
    page[:, 285:] = 250  # a dark line in the middle
    tile = naive_tile(page)
    assert (tile.shape, tile.dtype) == ((28, 28), np.uint8)
    assert tile[:, 14].min() > tile[:, 0].max()


def test_both_ways_are_shown_on_request(open_predict: OpenPredict) -> None:
    app = upload(open_predict("upload"), digit_on_paper(7))
    assert "Resized as it is" not in texts(app)
    app.toggle(key="show_comparison").set_value(True).run()
    assert not app.exception
    assert "**Resized as it is**" in texts(app)
    assert "**Through the eleven steps**" in texts(app)
    assert [metric.value for metric in app.metric if metric.label == "Read as"][-1] == "7"


def test_home_shows_the_difference_and_leads_to_one_s_own(app: AppTest) -> None:
    assert "The same network, with and without the steps" in [s.value for s in app.subheader]
    assert answers(app) == ["1", "2"], "the plain way is meant to be wrong on this example"
    assert "blind guess" not in texts(app)
    press(app, "Compare with a picture of your own")
    assert not app.exception
    assert app.title[0].value == "Read a digit"


def test_a_plain_answer_that_knows_nothing_is_called_a_guess(
    app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(comparison, "BLIND_GUESS_BELOW", 1.0)  # neither example is one today
    app.session_state["comparison_example"] = "photo"
    app.run()
    assert not app.exception
    assert answers(app) == ["1", "7"], "the plain way is meant to be wrong on this example, too"
    assert "A blind guess: each of the ten digits is about as likely." in texts(app)


def answers(app: AppTest) -> list[str]:
    """What was read without the steps, and with them."""
    return [metric.value for metric in app.metric if metric.label == "Read as"]
