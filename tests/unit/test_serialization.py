"""Readings as JSON objects and as lines: what the command line's tests cannot bring about."""

from __future__ import annotations

import json

import numpy as np
import pytest

from digitscope.cli.read import format_answer
from digitscope.serialization import quality_from_dict, quality_to_dict, reading_to_dict
from digitscope.types import Background, Level, Prediction, Preprocessed, Quality, Reading, Reason

QUALITY = Quality(0.9, Level.EXCELLENT, 0.6, 200, 0.5)


def _reading(digit: int | None, reason: Reason | None) -> Reading:
    probabilities = np.full(10, 0.05, np.float32)
    probabilities[[4, 9]] = 0.375, 0.225
    page = np.zeros((8, 8, 3), np.uint8)
    preprocessed = Preprocessed(None, QUALITY, reason, Background.U2NETP, page)
    return Reading(digit, reason, Prediction(probabilities), preprocessed, 12.34567)


@pytest.mark.parametrize("reason", [Reason.UNCERTAIN, Reason.SEVERAL_DIGITS])
def test_a_refusal_that_the_network_took_part_in_shows_what_it_said(reason: Reason) -> None:
    answer = _with_file(_reading(None, reason))
    assert (answer["status"], answer["digit"], answer["confidence"]) == ("rejected", None, None)
    assert answer["reason"] == str(reason)
    assert len(answer["top"]) == 10
    assert answer["top"][0] == [4, 0.375]


def _with_file(reading: Reading) -> dict[str, object]:
    return {"file": "a.png"} | reading_to_dict(reading)


def test_the_route_the_time_and_the_quality_are_told() -> None:
    answer = _with_file(_reading(4, None))
    assert (answer["background"], answer["ms"]) == ("u2netp", 12.346)
    assert answer["quality"] == {
        "score": 0.9,
        "level": "excellent",
        "contrast": 0.6,
        "size_px": 200,
        "aspect_ratio": 0.5,
        "evenness": 1.0,
        "clearness": 1.0,
        "wholeness": 1.0,
    }
    assert json.loads(json.dumps(answer)) == answer


def test_a_quality_comes_back_from_its_row() -> None:
    assert quality_from_dict(json.loads(json.dumps(quality_to_dict(QUALITY)))) == QUALITY


def test_the_line_for_people() -> None:
    line = format_answer(_with_file(_reading(4, None)))
    assert line == "a.png: 4  37.5% sure (then 9 22.5%, 0 5.0%); quality excellent; 12 ms"


def test_the_line_of_a_refusal_names_the_best_guess() -> None:
    line = format_answer(_with_file(_reading(None, Reason.UNCERTAIN)))
    assert line == "a.png: rejected: uncertain (best guess 4, 37.5%)"
