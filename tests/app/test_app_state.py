"""The session's memory and the texts' small rules."""

from __future__ import annotations

import numpy as np
import pytest

from digitscope.types import Background, Level, Prediction, Preprocessed, Quality, Reading, Reason
from streamlit_app.components.quality import advice, level_style
from streamlit_app.components.wording import certainty, refusal_texts
from streamlit_app.i18n import percent
from streamlit_app.state import READINGS_KEPT, AppState, Drawing, Options, Picture

NOTHING = Preprocessed((), None, None, Reason.BLANK, Background.OPENCV)


class Reader:
    """Stands in for the core: counts what it is asked."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self) -> Reading:
        self.calls += 1
        return Reading(None, Reason.BLANK, None, NOTHING, ms=1.0)


@pytest.fixture
def reader() -> Reader:
    return Reader()


def test_readings_are_bounded(reader: Reader) -> None:
    state = AppState()
    for number in range(READINGS_KEPT + 3):
        state.remembered(Picture(bytes([number]), "a"), Options(), reader)
    assert len(state.readings) == READINGS_KEPT


def test_same_bytes_and_options_are_read_once(reader: Reader) -> None:
    state = AppState()
    for name in ("a.png", "b.png"):
        state.remembered(Picture(b"x", name), Options(), reader)
    assert reader.calls == 1


def test_other_options_are_read_anew(reader: Reader) -> None:
    state = AppState()
    for tta in (False, True):
        state.remembered(Picture(b"x", "x"), Options(tta=tta), reader)
    assert reader.calls == 2


def test_a_late_report_does_not_bring_back_what_was_undone() -> None:
    drawing = Drawing()
    drawing.take([{"n": 1}, {"n": 2}], b"two")
    drawing.restart_from(drawing.strokes[:-1])
    drawing.take([{"n": 1}, {"n": 2}], b"two")
    assert drawing.strokes == [{"n": 1}]
    drawing.take([{"n": 1}], b"one")
    assert (drawing.strokes, drawing.png) == ([{"n": 1}], b"one")


def test_each_restart_is_told_apart() -> None:
    drawing = Drawing()
    drawing.restart_from([])
    first = drawing.revision
    drawing.restart_from([])
    assert drawing.revision > first


@pytest.mark.parametrize("reason", list(Reason))
def test_every_refusal_has_a_text_and_an_advice(reason: Reason) -> None:
    texts = refusal_texts(Reading(None, reason, None, NOTHING, ms=1.0))
    assert texts.heading
    assert texts.why.endswith(".")
    assert texts.advice.endswith(".")


def test_two_rivals_are_named() -> None:
    shares = np.full(10, 0.01, np.float32)
    shares[4], shares[9] = 0.5, 0.42
    reading = Reading(None, Reason.UNCERTAIN, Prediction(shares), NOTHING, ms=1.0)
    assert refusal_texts(reading).heading == "Unsure: 4 or 9?"


@pytest.mark.parametrize(
    ("quality", "word"),
    [
        (Quality(0.4, Level.FAIR, 0.05, 300, 0.6), "light"),
        (Quality(0.6, Level.GOOD, 0.6, 20, 0.6), "closer"),
        (Quality(0.6, Level.GOOD, 0.6, 300, 1.9), "taller"),
        (Quality(0.9, Level.EXCELLENT, 0.4, 300, 0.6), "Nothing to improve"),
    ],
)
def test_advice_is_about_the_weakest_figure(quality: Quality, word: str) -> None:
    assert word in advice(quality)


@pytest.mark.parametrize("level", list(Level))
def test_every_level_has_its_look(level: Level) -> None:
    assert all(level_style(level))


@pytest.mark.parametrize(
    ("confidence", "words"), [(0.99, "Sure"), (0.95, "Sure"), (0.8, "Likely"), (0.4, "Unsure")]
)
def test_confidence_in_words(confidence: float, words: str) -> None:
    assert certainty(confidence).word == words


@pytest.mark.parametrize(
    ("share", "text"),
    [(1.0, "100.0%"), (0.9999, ">99.9%"), (0.5, "50.0%"), (0.0004, "<0.1%"), (0.0, "0.0%")],
)
def test_percent_never_rounds_to_none_or_all(share: float, text: str) -> None:
    assert percent(share) == text
