"""The records: the shapes they check, what they derive, and the closed sets of words."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from digitscope import InvalidImageError
from digitscope.messages import Message
from digitscope.types import (
    Background,
    BoxXYXY,
    Detection,
    Level,
    Prediction,
    Preprocessed,
    Reading,
    Reason,
    Step,
    Tile,
)

RGB = np.zeros((9, 9, 3), np.uint8)


def _detection(
    box_xyxy: BoxXYXY = (0, 0, 9, 9), mask: np.ndarray | None = None, confidence: float = 1.0
) -> Detection:
    return Detection(box_xyxy, np.ones((9, 9), bool) if mask is None else mask, confidence)


def _prediction(**shares: float) -> Prediction:
    probabilities = np.zeros(10, np.float32)
    for name, share in shares.items():
        probabilities[int(name[1:])] = share
    return Prediction(probabilities)


def _reading(digit: int | None, reason: Reason | None, prediction: Prediction | None) -> Reading:
    preprocessed = Preprocessed(None, None, reason, Background.OPENCV, RGB)
    return Reading(digit, reason, prediction, preprocessed, 1.0)


@pytest.mark.parametrize(
    ("enum", "words"),
    [
        (
            Reason,
            "blank, no contrast, too small, several digits, not a digit, uncertain",
        ),
        (Background, "auto, opencv, ink, u2netp, u2net, isnet-general-use"),
        (Level, "excellent, good, fair, poor"),
    ],
)
def test_the_words_that_others_rely_on_stay(enum: type, words: str) -> None:
    assert ", ".join(str(member) for member in enum) == words


@pytest.mark.parametrize(
    ("pixels", "words"),
    [
        (np.zeros((28, 27), np.uint8), r"Received: \(28, 27\) uint8"),
        (np.zeros((28, 28, 1), np.uint8), r"Received: \(28, 28, 1\) uint8"),
        (np.zeros((28, 28), np.float32), r"Received: \(28, 28\) float32"),
    ],
    ids=["narrow", "with a channel", "float"],
)
def test_a_tile_of_another_form_is_refused(pixels: np.ndarray, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Tile(pixels, _detection())


@pytest.mark.parametrize(
    "box_xyxy", [(5, 0, 5, 9), (6, 0, 5, 9), (0, 9, 5, 9), (0, 9, 5, 8), (-1, 0, 5, 9)], ids=str
)
def test_a_box_that_is_empty_or_outside_is_refused(box_xyxy: BoxXYXY) -> None:
    with pytest.raises(ValueError, match=r"left, top, right, bottom\. Received: \("):
        _detection(box_xyxy)


@pytest.mark.parametrize(
    ("mask", "words"),
    [
        (np.ones((9, 9), np.uint8), r"Received: \(9, 9\) uint8"),
        (np.ones((9, 9, 1), bool), r"Received: \(9, 9, 1\) bool"),
    ],
    ids=["bytes", "with a channel"],
)
def test_a_mask_of_another_form_is_refused(mask: np.ndarray, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        _detection(mask=mask)


@pytest.mark.parametrize("confidence", [-0.01, 1.01, float("nan")])
def test_a_confidence_beyond_its_range_is_refused(confidence: float) -> None:
    with pytest.raises(ValueError, match=r"0\.\.1\. Received"):
        _detection(confidence=confidence)


@pytest.mark.parametrize("shape", [(9,), (1, 10), ()])
def test_ten_probabilities_are_asked_for(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"Ten probabilities.*Received: shape"):
        Prediction(np.zeros(shape, np.float32))


def test_a_prediction_names_its_digit_and_ranks_the_others() -> None:
    prediction = _prediction(_7=0.5, _1=0.25, _9=0.125, _0=0.125)
    assert (prediction.digit, prediction.confidence) == (7, 0.5)
    assert prediction.ranked[:4] == ((7, 0.5), (1, 0.25), (0, 0.125), (9, 0.125))
    assert [digit for digit, _ in prediction.ranked[4:]] == [2, 3, 4, 5, 6, 8]
    assert type(prediction.digit) is int and type(prediction.confidence) is float


def test_a_reading_is_as_sure_as_its_prediction() -> None:
    assert _reading(7, None, _prediction(_7=0.75, _1=0.25)).confidence == 0.75


def test_a_refusal_has_no_confidence_even_where_the_network_was_asked() -> None:
    unsure = _prediction(_7=0.3, _1=0.25)
    assert _reading(None, Reason.UNCERTAIN, unsure).confidence is None
    assert _reading(None, Reason.BLANK, None).confidence is None


def test_steps_are_drawn_when_first_asked_for_and_only_then() -> None:
    drawn: list[Step] = []

    def draw() -> tuple[Step, ...]:
        drawn.append(Step(1, "background", RGB, Message("Done.")))
        return tuple(drawn)

    found = Preprocessed(None, None, None, Background.OPENCV, RGB, draw_steps=draw)
    reading = Reading(None, Reason.BLANK, None, found, 1.0)
    assert drawn == []
    assert reading.steps is reading.steps is found.steps
    assert len(drawn) == 1


def test_a_sentences_facts_are_written_as_the_template_says() -> None:
    assert Message("{n} lines, {part:.1%}.", n=2, part=0.125) == "2 lines, 12.5%."


def test_records_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        _prediction(_7=1.0).probabilities = np.ones(10, np.float32)  # type: ignore[misc]
    with pytest.raises(dataclasses.FrozenInstanceError):
        _reading(None, Reason.BLANK, None).digit = 3  # type: ignore[misc]


def test_a_message_is_filled_in_as_a_whole() -> None:
    message = Message("Expected {sides} sides.", "Received: {got:.1f}.", sides=4, got=3)
    assert message == "Expected 4 sides. Received: 3.0."


def test_a_message_without_facts_is_taken_as_it_is() -> None:
    assert Message("A path with {braces} in it.") == "A path with {braces} in it."


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy])
def test_an_error_made_again_says_the_same(again: Callable[[Any], Any]) -> None:
    error = again(InvalidImageError("Received: {name}.", name="7.txt"))
    assert str(error) == error.message == "Received: 7.txt."
    assert (error.message.templates, error.message.facts) == (
        ("Received: {name}.",),
        {"name": "7.txt"},
    )


@pytest.mark.parametrize(("none", "surely"), [(0.0, 1.0), (0.3, 0.7), (1.0, 0.0)])
def test_whether_there_is_a_digit_can_be_read_off_the_ten(none: float, surely: float) -> None:
    probabilities = np.full(10, none / 10, np.float32)
    probabilities[4] += 1 - none
    assert Prediction(probabilities).digit_probability == pytest.approx(surely, abs=1e-6)
