"""Readings as JSON objects and as lines for people."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from digitscope.errors import InvalidImageError
from digitscope.probabilities import format_probability
from digitscope.types import Quality, Reading


def describe_reading(file: Path, reading: Reading) -> dict[str, Any]:
    """Put a reading into the form of `--json`."""
    ranked = reading.prediction.ranked if reading.prediction is not None else ()
    return {
        "file": str(file),
        "status": "rejected" if reading.digit is None else "ok",
        "digit": reading.digit,
        "confidence": reading.confidence,
        "top": [[digit, probability] for digit, probability in ranked],
        "quality": _describe_quality(reading.quality),
        "reason": None if reading.reason is None else str(reading.reason),
        "background": str(reading.preprocessed.background),
        "ms": round(reading.ms, 3),
    }


def _describe_quality(quality: Quality | None) -> dict[str, Any] | None:
    if quality is None:
        return None
    return {
        "score": quality.score,
        "level": str(quality.level),
        "contrast": quality.contrast,
        "size_px": quality.size_px,
        "aspect_ratio": quality.aspect_ratio,
    }


def describe_error(file: Path, error: InvalidImageError, background: str) -> dict[str, Any]:
    """Put a file that is no picture into the form of `--json`."""
    return {
        "file": str(file),
        "status": "error",
        "digit": None,
        "confidence": None,
        "top": [],
        "quality": None,
        "reason": str(error),
        "background": background,
        "ms": 0.0,
    }


def format_answer(answer: dict[str, Any]) -> str:
    """Put an answer on one line for people."""
    if answer["status"] != "ok":
        return f"{answer['file']}: {answer['status']}: {answer['reason']}{_format_guess(answer)}"
    others = ", ".join(
        f"{digit} {format_probability(share)}" for digit, share in answer["top"][1:3]
    )
    sure = format_probability(answer["confidence"])
    return (
        f"{answer['file']}: {answer['digit']}  {sure} sure (then {others}); "
        f"quality {answer['quality']['level']}; {answer['ms']:.0f} ms"
    )


def _format_guess(answer: dict[str, Any]) -> str:
    """Put the best guess of a refusal in brackets, where the network was asked."""
    if not answer["top"]:
        return ""
    digit, share = answer["top"][0]
    return f" (best guess {digit}, {format_probability(share)})"
