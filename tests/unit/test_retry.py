"""Which attempts are made at a picture, which of them answers, and what none of them repeats."""

from __future__ import annotations

import dataclasses
import gc
import weakref
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from digitscope import retry
from digitscope.errors import BackgroundUnavailableError
from digitscope.preprocessing import pipeline
from digitscope.preprocessing.background_removers import REMBG_MODELS, REMOVERS
from digitscope.preprocessing.pipeline import LOCATING, STEPS, PipelineStep
from digitscope.preprocessing.state import Attempt, State
from digitscope.preprocessing.working_picture import WorkingPicture, to_working_size
from digitscope.retry import FINAL, LINE, read_with_retries
from digitscope.types import (
    Background,
    Float32Array,
    Level,
    Prediction,
    Preprocessed,
    Quality,
    Reading,
    Reason,
    UInt8Array,
)
from tests.unit.drawn import INK_RGB, sheet, write

GOOD = Quality(0.8, Level.EXCELLENT, contrast=0.5, size_px=200, aspect_ratio=0.7)
POOR = Quality(0.2, Level.POOR, contrast=0.1, size_px=20, aspect_ratio=0.7)
OPENCV, AUTO = Background.OPENCV, Background.AUTO
Read = Callable[..., tuple[Reading, "Script"]]


def _reading(
    digit: int | None,
    confidence: float,
    reason: Reason | None = None,
    quality: Quality | None = GOOD,
) -> Reading:
    probabilities = np.full(10, (1 - confidence) / 9, np.float32)
    probabilities[digit or 0] = confidence
    found = Preprocessed(None, quality, reason, OPENCV, np.zeros((4, 4, 3), np.uint8))
    return Reading(digit, reason, Prediction(probabilities), found, 0.0)


NONE = _reading(None, 0.3, Reason.NOT_A_DIGIT)
SURE_3, SURE_7, UNSURE_5 = _reading(3, 0.99), _reading(7, 0.99), _reading(5, 0.9)
IN_DOUBT = {
    "unsure": _reading(3, 0.85),
    "of a poor picture": _reading(3, 0.99, quality=POOR),
    "between two digits": _reading(None, 0.5, Reason.UNCERTAIN),
}
FIRST = Attempt(OPENCV)
THOROUGH, BY_INK = Attempt(OPENCV, thorough=True), Attempt(Background.INK)
BROAD, ELSEWHERE = Attempt(OPENCV, thorough=True, broad=True), Attempt(OPENCV, skip=1)
AT_THE_SAME_SHAPE = (FIRST, THOROUGH, BY_INK, BROAD)
IN_ORDER = (*AT_THE_SAME_SHAPE, ELSEWHERE)
NETWORKS = (*REMBG_MODELS, Background.INK)


class Script:
    """Stands in for the steps and the network: says what each attempt brings."""

    def __init__(self, readings: dict[Attempt, Reading]) -> None:
        self.readings = readings
        self.made: list[Attempt] = []
        self.forced: list[Attempt] = []

    def preprocess(
        self, picture: WorkingPicture, attempt: Attempt, *, force: bool = False
    ) -> Preprocessed:
        self.made.append(attempt)
        if force:
            self.forced.append(attempt)
        return Preprocessed(None, None, None, attempt.background, picture.rgb)

    def answer(self, _: Preprocessed) -> Reading:
        return self.readings.get(self.made[-1], NONE)


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> Read:
    """Read an empty sheet by a script: what each attempt brings, or no digit."""

    def run(
        readings: dict[Attempt, Reading], background: Background = AUTO, *, force: bool = False
    ) -> tuple[Reading, Script]:
        script = Script(readings)
        monkeypatch.setattr(retry, "preprocess", script.preprocess)
        picture = to_working_size(sheet())
        return read_with_retries(picture, background, script.answer, force=force), script

    return run


@pytest.fixture
def networks(monkeypatch: pytest.MonkeyPatch) -> Counter[Background]:
    """Networks that mark the whole picture, the ink network's file there: how often each ran."""
    runs: Counter[Background] = Counter()

    class Network:
        def __init__(self, name: Background) -> None:
            self.name = name

        def find_region(self, rgb: UInt8Array, /) -> Float32Array:
            runs[self.name] += 1
            return np.ones(rgb.shape[:2], np.float32)

    for name in NETWORKS:
        monkeypatch.setitem(REMOVERS, name, Network(name))
    monkeypatch.setattr(retry, "INK_MODEL", Path(__file__))  # any file
    return runs


@pytest.fixture
def broken_networks(monkeypatch: pytest.MonkeyPatch) -> Counter[Background]:
    """Networks that cannot run here, though the ink file is there: how often each tried."""
    tries: Counter[Background] = Counter()

    class Broken:
        def __init__(self, name: Background) -> None:
            self.name = name

        def find_region(self, _: UInt8Array, /) -> Float32Array:
            tries[self.name] += 1
            raise BackgroundUnavailableError("There are no weights of {name}.", name=self.name)

    for name in NETWORKS:
        monkeypatch.setitem(REMOVERS, name, Broken(name))
    monkeypatch.setattr(retry, "INK_MODEL", Path(__file__))  # any file
    return tries


# --- Which attempts are made, and which of them answers ------------------------------------------


@pytest.mark.parametrize(
    "first",
    [SURE_3, *(_reading(None, 0.3, reason) for reason in FINAL)],
    ids=lambda reading: str(reading.reason or reading.digit),
)
def test_a_sure_answer_or_a_refusal_of_the_whole_picture_is_final(
    first: Reading, read: Read, networks: Counter[Background]
) -> None:
    reading, script = read({FIRST: first})
    assert reading is first
    assert script.made == [FIRST]
    assert not networks


def test_where_no_digit_is_seen_every_attempt_is_made_in_order(
    read: Read, networks: Counter[Background]
) -> None:
    reading, script = read({})
    assert reading is NONE
    assert tuple(script.made) == IN_ORDER


@pytest.mark.parametrize("first", IN_DOUBT.values(), ids=IN_DOUBT)
def test_an_answer_in_doubt_leads_to_attempts_at_the_same_shape_alone(
    first: Reading, read: Read, networks: Counter[Background]
) -> None:
    """Was a fault: one attempt at another shape was computed and thrown away."""
    reading, script = read({FIRST: first, ELSEWHERE: SURE_7})
    assert reading is first
    assert tuple(script.made) == AT_THE_SAME_SHAPE


def test_without_its_file_auto_goes_on_without_the_ink_network(
    read: Read, networks: Counter[Background], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(retry, "INK_MODEL", tmp_path / "ink.onnx")
    reading, script = read({})
    assert tuple(script.made) == (FIRST, THOROUGH, BROAD, ELSEWHERE)
    assert reading.preprocessed.notice == "" and not networks


@pytest.mark.parametrize("route", [OPENCV, Background.U2NET, Background.INK])
def test_a_route_that_was_asked_for_is_the_only_one_taken(
    route: Background, read: Read, networks: Counter[Background]
) -> None:
    _, script = read({}, route)
    assert script.made == [
        Attempt(route),
        Attempt(route, thorough=True),
        Attempt(route, thorough=True, broad=True),
        Attempt(route, skip=1),
    ]


@pytest.mark.parametrize("attempt", IN_ORDER[1:], ids=str)
def test_the_first_later_attempt_that_is_sure_answers_and_is_the_last(
    attempt: Attempt, read: Read, networks: Counter[Background]
) -> None:
    before = IN_ORDER[: IN_ORDER.index(attempt)]
    reading, script = read(dict.fromkeys(before[1:], UNSURE_5) | {attempt: SURE_7})
    assert reading is SURE_7
    assert tuple(script.made) == (*before, attempt)


def test_where_no_later_attempt_is_sure_the_first_answers(read: Read) -> None:
    assert read(dict.fromkeys(IN_ORDER[1:], UNSURE_5))[0] is NONE


@pytest.mark.parametrize("first", IN_DOUBT.values(), ids=IN_DOUBT)
@pytest.mark.parametrize("attempt", AT_THE_SAME_SHAPE[1:], ids=str)
def test_an_answer_in_doubt_gives_way_to_a_sure_one(
    first: Reading, attempt: Attempt, read: Read, networks: Counter[Background]
) -> None:
    """Was a fault: a network's attempt could not be reached."""
    reading, script = read({FIRST: first, attempt: SURE_7})
    assert reading is SURE_7
    assert script.made[-1] == attempt


def test_next_to_a_likelier_shape_a_line_is_no_1(read: Read) -> None:
    assert read({ELSEWHERE: _reading(LINE, 0.999)})[0] is NONE


@pytest.mark.parametrize("attempt", AT_THE_SAME_SHAPE, ids=str)
def test_of_the_likeliest_shape_a_line_may_be_a_1(
    attempt: Attempt, read: Read, networks: Counter[Background]
) -> None:
    line = _reading(LINE, 0.999)
    assert read({attempt: line})[0] is line


def test_only_the_first_attempt_is_forced(read: Read) -> None:
    assert read({}, force=True)[1].forced == [FIRST]
    assert read({})[1].forced == []


# --- The networks --------------------------------------------------------------------------------


def _seven_beside_a_block() -> UInt8Array:
    page = write(sheet((400, 240)), [(60, 80), (120, 80), (90, 160)], width_px=6)
    page[40:200, 240:380] = INK_RGB
    return page


def _never_sure(found: Preprocessed) -> Reading:
    return Reading(None, Reason.NOT_A_DIGIT, None, found, 0.0)


def _sure(found: Preprocessed) -> Reading:
    return dataclasses.replace(SURE_7, preprocessed=found)


@pytest.mark.parametrize("background", [AUTO, *NETWORKS])
def test_a_network_runs_at_most_once_a_picture(
    background: Background, networks: Counter[Background]
) -> None:
    """Was a fault: it ran once or twice in each of seven attempts."""
    read_with_retries(to_working_size(_seven_beside_a_block()), background, _never_sure)
    assert networks == {Background.INK if background is AUTO else background: 1}


def test_for_an_easy_picture_auto_runs_no_network(networks: Counter[Background]) -> None:
    picture = to_working_size(write(sheet(), [(110, 60), (210, 60), (150, 190)]))
    reading = read_with_retries(picture, AUTO, _sure)
    assert reading.digit == 7
    assert not networks


@pytest.mark.parametrize("name", NETWORKS)
def test_where_a_network_cannot_run_opencv_answers_with_a_notice(
    name: Background, broken_networks: Counter[Background]
) -> None:
    reading = read_with_retries(to_working_size(_seven_beside_a_block()), name, _never_sure)
    notice = reading.preprocessed.notice
    assert reading.preprocessed.background is OPENCV
    assert notice == f"There are no weights of {name}. The OpenCV route answered instead."
    assert notice.facts == {"name": name}
    assert notice.templates[-1] == "The OpenCV route answered instead."
    assert broken_networks == {name: 1}


def test_a_network_that_auto_alone_wanted_is_missed_without_a_word(
    broken_networks: Counter[Background],
) -> None:
    reading = read_with_retries(to_working_size(_seven_beside_a_block()), AUTO, _never_sure)
    assert reading.preprocessed.notice == ""
    assert broken_networks == {Background.INK: 1}


# --- Real pictures -------------------------------------------------------------------------------


def test_a_digit_beside_a_likelier_shape_is_found() -> None:
    def answer(found: Preprocessed) -> Reading:
        return _never_sure(found) if found.tile is None else _sure(found)

    reading = read_with_retries(to_working_size(_seven_beside_a_block()), OPENCV, answer)
    found = reading.preprocessed.detection
    assert reading.digit == 7
    assert found is not None and found.box_xyxy[2] < 200


def test_a_reading_keeps_nothing_of_the_attempts_that_did_not_answer() -> None:
    """Was a fault: a refused reading kept 30 MB, and the cycle collector alone freed them."""
    picture = to_working_size(_seven_beside_a_block())
    gc.disable()
    try:
        reading = read_with_retries(picture, OPENCV, _never_sure)
        assert not picture.shared
        assert len(reading.steps) == LOCATING
        kept = weakref.ref(picture)
        del picture, reading
        assert kept() is None
    finally:
        gc.enable()


def test_the_steps_before_locating_are_taken_once_for_each_ink(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Four attempts: the last and the first differ only in the shapes they skip."""
    taken: Counter[str] = Counter()

    def counted(step: PipelineStep) -> PipelineStep:
        def apply(state: State, attempt: Attempt) -> State:
            taken[step.key] += 1
            return step.apply(state, attempt)

        return dataclasses.replace(step, apply=apply)

    monkeypatch.setattr(pipeline, "STEPS", tuple(counted(step) for step in STEPS))
    read_with_retries(to_working_size(_seven_beside_a_block()), OPENCV, _never_sure)
    assert [taken[step.key] for step in STEPS[:LOCATING]] == [3] * (LOCATING - 1) + [4]
