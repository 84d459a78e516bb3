"""Readings as plain data, in the same form for command line, API, batch and benchmark.

| key | value |
| --- | --- |
| ``status`` | ``ok``, ``rejected`` or ``error`` |
| ``digit``, ``confidence`` | the answer and its probability; null for a refusal |
| ``top`` | ten ``[digit, probability]``, most probable first; empty where no tile was made |
| ``quality`` | the score, its level and the six factors; null where no digit was located |
| ``reason`` | why there is no digit, or null |
| ``background`` | the route that found the ink |
| ``ms`` | milliseconds that the reading took |
| ``notice`` | what the user should know about the background route, or "" |
| ``box_xyxy`` | left, top, right, bottom in the given picture, px; null where nothing was located |
| ``probabilities`` | the ten by digit; null where no tile was made |
"""

from __future__ import annotations

import dataclasses
from typing import Any

from digitscope.number_types import Number, NumberReading
from digitscope.types import Level, Prediction, Quality, Reading

MS_DECIMALS = 3


def reading_to_dict(reading: Reading) -> dict[str, Any]:
    """Turn a reading into plain data, fit for JSON; the keys are in the module's table."""
    seen, prediction = reading.preprocessed, reading.prediction
    return {
        "status": "rejected" if reading.digit is None else "ok",
        "digit": reading.digit,
        "confidence": reading.confidence,
        "top": [] if prediction is None else [list(pair) for pair in prediction.ranked],
        "quality": None if reading.quality is None else quality_to_dict(reading.quality),
        "reason": None if reading.reason is None else str(reading.reason),
        "background": str(seen.background),
        "ms": round(reading.ms, MS_DECIMALS),
        "notice": str(seen.notice),
        "box_xyxy": None if seen.detection is None else list(seen.detection.box_xyxy),
        "probabilities": None if prediction is None else probabilities_to_list(prediction),
    }


def number_reading_to_dict(reading: NumberReading) -> dict[str, Any]:
    """Turn a reading of numbers into plain data, fit for JSON.

    | key | value |
    | --- | --- |
    | ``status`` | ``ok``, ``uncertain`` if a digit is null, ``rejected``, or ``error`` |
    | ``numbers`` | in reading order: ``text``, ``confidence``, ``box`` and ``digits`` of each |
    | ``reason``, ``background``, ``ms``, ``notice`` | as of a reading of one digit |
    """
    return {
        "status": reading.status,
        "numbers": [_number_to_dict(number) for number in reading.numbers],
        "reason": None if reading.reason is None else str(reading.reason),
        "background": str(reading.background),
        "ms": round(reading.ms, MS_DECIMALS),
        "notice": str(reading.notice),
    }


def _number_to_dict(number: Number) -> dict[str, Any]:
    return {
        "text": number.text,
        "confidence": number.confidence,
        "box": list(number.box_xyxy),
        "digits": [
            {"digit": one.digit, "confidence": one.confidence, "box": list(one.box_xyxy)}
            for one in number.digits
        ],
    }


def numbers_error_to_dict(error: Exception, background: str) -> dict[str, Any]:
    """Describe an unreadable file in the form of `number_reading_to_dict`."""
    return {
        "status": "error",
        "numbers": [],
        "reason": str(error),
        "background": background,
        "ms": 0.0,
        "notice": "",
    }


def error_to_dict(error: Exception, background: str) -> dict[str, Any]:
    """Describe an unreadable file in the form of `reading_to_dict`.

    Args:
        error: why it cannot be opened.
        background: the requested route.
    """
    return {
        "status": "error",
        "digit": None,
        "confidence": None,
        "top": [],
        "quality": None,
        "reason": str(error),
        "background": background,
        "ms": 0.0,
        "notice": "",
        "box_xyxy": None,
        "probabilities": None,
    }


def probabilities_to_list(prediction: Prediction) -> list[float]:
    """The ten probabilities; the index is the digit."""
    return [float(probability) for probability in prediction.probabilities]


def quality_to_dict(quality: Quality) -> dict[str, Any]:
    """The score, its level and the six factors."""
    return dataclasses.asdict(quality) | {"level": str(quality.level)}


def quality_from_dict(row: dict[str, Any]) -> Quality:
    """The reverse of `quality_to_dict`.

    Raises:
        ValueError, KeyError, TypeError: the row has other keys or values.
    """
    return Quality(**{**row, "level": Level(row["level"])})


def format_probability(probability: float) -> str:
    """Write a probability in per cent, never rounded to 0% or 100%.

    >>> format_probability(0.99999), format_probability(0.5), format_probability(0.0)
    ('>99.9%', '50.0%', '<0.1%')
    """
    if probability > 0.999:
        return ">99.9%"
    return "<0.1%" if probability < 0.001 else f"{probability:.1%}"
