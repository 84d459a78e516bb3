"""The session's memory and the texts' small rules."""

from __future__ import annotations

import re
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from digitscope.types import Background, Level, Prediction, Preprocessed, Quality, Reading, Reason
from streamlit_app.components.quality import advice, level_style
from streamlit_app.components.wording import Finding, certainty, refusal_texts
from streamlit_app.i18n import percent
from streamlit_app.state import Cache, Drawing

KEPT = 6


class Counter:
    """Makes a new result a call."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self) -> int:
        self.calls += 1
        return self.calls


def test_a_cache_is_bounded_and_forgets_what_was_not_used_for_longest() -> None:
    cache, make = Cache(KEPT), Counter()
    for key in range(KEPT):
        cache.get(key, make)
    cache.get(0, make)
    cache.get("new", make)
    assert len(cache) == KEPT
    assert 0 in cache
    assert 1 not in cache


def test_what_is_known_is_not_made_anew() -> None:
    cache, make = Cache(KEPT), Counter()
    assert [cache.get("a", make), cache.get("a", make), make.calls] == [1, 1, 1]


def test_two_runs_of_one_session_that_overlap_make_it_once() -> None:
    cache, make, gate = Cache(KEPT), Counter(), threading.Event()

    def make_slowly() -> int:
        gate.wait(5)
        return make()

    with ThreadPoolExecutor(2) as threads:
        results = [threads.submit(cache.get, "a", make_slowly) for _ in range(2)]
        gate.set()
        assert [result.result() for result in results] == [1, 1]


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
    texts = refusal_texts(Finding(reason, None, digits_seen=0))
    assert texts.heading
    assert texts.why.endswith(".")
    assert texts.advice.endswith(".")


def test_two_rivals_are_named() -> None:
    shares = np.full(10, 0.01, np.float32)
    shares[4], shares[9] = 0.5, 0.42
    page = np.zeros((2, 2, 3), np.uint8)
    nothing = Preprocessed(None, None, Reason.UNCERTAIN, Background.OPENCV, page)
    finding = Finding.of(Reading(None, Reason.UNCERTAIN, Prediction(shares), nothing, ms=1.0))
    assert finding is not None
    assert refusal_texts(finding).heading == "Unsure: 4 or 9?"


@pytest.mark.parametrize(
    ("rivals", "word", "other"),
    [((1, 7), "Cross the 7", "loop"), ((7, 1), "Cross the 7", "loop"), ((2, 3), "clearer", "loop")],
)
def test_advice_fits_the_doubt(rivals: tuple[int, int], word: str, other: str) -> None:
    advice_given = refusal_texts(Finding(Reason.UNCERTAIN, rivals, digits_seen=1)).advice
    assert word in advice_given
    assert other not in advice_given


@pytest.mark.parametrize("rivals", [(a, b) for a in range(10) for b in range(10) if a != b])
def test_advice_names_no_digit_but_the_two(rivals: tuple[int, int]) -> None:
    said = refusal_texts(Finding(Reason.UNCERTAIN, rivals, digits_seen=1)).advice
    assert {int(digit) for digit in re.findall(r"\d", said)} <= set(rivals)


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


@pytest.mark.parametrize(("confidence", "words"), [(0.99, "Sure"), (0.95, "Sure"), (0.8, "Likely")])
def test_confidence_in_words(confidence: float, words: str) -> None:
    assert certainty(confidence).word == words


@pytest.mark.parametrize(
    ("share", "text"),
    [(1.0, "100.0%"), (0.9999, ">99.9%"), (0.5, "50.0%"), (0.0004, "<0.1%"), (0.0, "0.0%")],
)
def test_percent_never_rounds_to_none_or_all(share: float, text: str) -> None:
    assert percent(share) == text
