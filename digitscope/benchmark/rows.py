"""Outcomes as rows of JSON, and back."""

from __future__ import annotations

import dataclasses
from typing import Any

from digitscope.benchmark.dataset import Sample
from digitscope.benchmark.results import Result, Verdict
from digitscope.types import Level, Quality, Reason


def to_row(result: Result) -> dict[str, Any]:
    """Put an result into the form of a row; its file is told as it was named."""
    quality = result.quality
    return {
        "file": str(result.sample.path),
        "kind": result.sample.kind,
        "label": result.sample.label,
        "headline": result.sample.headline,
        "verdict": str(result.verdict),
        "digit": result.digit,
        "reason": None if result.reason is None else str(result.reason),
        "guess": result.guess,
        "confidence": result.confidence,
        "probabilities": list(result.probabilities),
        "quality": None if quality is None else dataclasses.asdict(quality),
        "ms": round(result.ms, 3),
        "error": result.error,
        "notice": result.notice,
    }


def from_row(row: dict[str, Any], sample: Sample) -> Result:
    """Make the result again that a row was made of.

    Raises:
        ValueError, KeyError, TypeError: it is no such row.
    """
    quality = row["quality"]
    return Result(
        sample,
        Verdict(row["verdict"]),
        row["digit"],
        None if row["reason"] is None else Reason(row["reason"]),
        tuple(float(share) for share in row["probabilities"]),
        None if quality is None else Quality(**{**quality, "level": Level(quality["level"])}),
        float(row["ms"]),
        row["error"],
        row["notice"],
    )
