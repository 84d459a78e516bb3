"""The table of the eleven steps: what holds for every one of them."""

from __future__ import annotations

import dataclasses
from string import Formatter
from typing import Any

import cv2
import numpy as np
import pytest

from digitscope.preprocessing.pipeline import LOCATING, STEPS, PipelineStep, run_steps
from digitscope.preprocessing.state import Attempt, State
from digitscope.preprocessing.working_picture import WorkingPicture, to_working_size
from digitscope.types import UInt8Array
from tests.unit.drawn import Points, sheet, write

KEYS = (
    "background composition greyscale denoising polarity locating "
    "contrast resizing centring closing normalisation"
)
SEVEN: Points = [(110, 60), (210, 60), (150, 190)]


def _ruled() -> UInt8Array:
    page = sheet()
    for y in range(-40, 240, 40):
        cv2.line(page, (0, y), (319, y + 40), (120, 130, 160), 2)
    return page


NOTHING_TO_LOCATE = "empty, forced"
WAYS: dict[str, tuple[UInt8Array, Attempt]] = {
    "dark ink": (write(sheet(), SEVEN), Attempt()),
    "light ink": (write(255 - sheet(), SEVEN, ink_rgb=(250, 250, 250)), Attempt()),
    "thin": (write(sheet(), SEVEN, width_px=1), Attempt()),
    "broken": (write(sheet(), [(160, 30), (160, 110)], [(160, 118), (160, 210)]), Attempt()),
    "on lines askew, thorough": (write(_ruled(), SEVEN), Attempt(thorough=True)),
    NOTHING_TO_LOCATE: (sheet(), Attempt()),
    "a dash, forced": (write(sheet(), [(60, 120), (260, 120)], width_px=10), Attempt()),
}
EVERY_STEP = pytest.mark.parametrize(
    ("way", "step"),
    [
        pytest.param(way, step, id=f"{way}-{step.key}")
        for way in WAYS
        for step in (STEPS[:LOCATING] if way == NOTHING_TO_LOCATE else STEPS)
    ],
)


def _states(way: str) -> tuple[State, ...]:
    picture, attempt = WAYS[way]
    return run_steps(to_working_size(picture.copy()), attempt, force=True)


def _around(step: PipelineStep, way: str) -> tuple[State, State]:
    """The states before and after a step."""
    states = _states(way)
    return states[step.number - 1], states[step.number]


def _afresh(state: State) -> State:
    """The same state, but nothing shared with another attempt."""
    return dataclasses.replace(state, picture=dataclasses.replace(state.picture, shared={}))


def _content(value: Any) -> Any:
    """All that a record holds, arrays as bytes; what attempts share is left out."""
    if isinstance(value, np.ndarray):
        return value.shape, str(value.dtype), value.tobytes()
    if isinstance(value, WorkingPicture):
        return _content(value.rgb), value.scale, value.given_size_wh
    if dataclasses.is_dataclass(value):
        names = (one.name for one in dataclasses.fields(value))
        return tuple((name, _content(getattr(value, name))) for name in names)
    return value


def test_eleven_steps_stand_in_their_order() -> None:
    assert [step.number for step in STEPS] == list(range(1, 12))
    assert " ".join(step.key for step in STEPS) == KEYS
    assert STEPS[LOCATING - 1].key == "locating"


def test_each_step_says_why_in_a_sentence() -> None:
    assert all(step.purpose.endswith(".") and step.title for step in STEPS)
    assert len({step.title for step in STEPS}) == 11


@EVERY_STEP
def test_a_step_leaves_the_state_before_it_as_it_was(step: PipelineStep, way: str) -> None:
    before, _ = _around(step, way)
    content = _content(before)
    after = step.apply(_afresh(before), WAYS[way][1])
    step.explain(before, after)
    assert _content(before) == content


@EVERY_STEP
def test_a_step_gives_the_same_twice(step: PipelineStep, way: str) -> None:
    before, after = _around(step, way)
    assert _content(step.apply(_afresh(before), WAYS[way][1])) == _content(after)


@EVERY_STEP
def test_a_step_explains_itself_by_a_picture_and_a_sentence(step: PipelineStep, way: str) -> None:
    before, after = _around(step, way)
    content = _content(after)
    image, sentence = step.explain(before, after)
    assert image.dtype == np.uint8 and min(image.shape) > 0
    assert image.ndim == 2 or image.shape[2:] == (3,)
    fields = {name for text in sentence.templates for _, name, _, _ in Formatter().parse(text)}
    assert fields - {None} == set(sentence.facts)
    assert sentence.endswith(".") and not set("{}") & set(sentence)
    assert _content(after) == content
