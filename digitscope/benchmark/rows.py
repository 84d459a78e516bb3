"""Outcomes as rows of JSON, and back."""

from __future__ import annotations

import dataclasses
from typing import Any

from digitscope.benchmark.labelled import Labelled
from digitscope.benchmark.outcomes import Outcome, Verdict
from digitscope.types import Level, Quality, Reason


def to_row(outcome: Outcome) -> dict[str, Any]:
    """Put an outcome into the form of a row; its file is told as it was named."""
    quality = outcome.quality
    return {
        "file": str(outcome.labelled.path),
        "kind": outcome.labelled.kind,
        "label": outcome.labelled.label,
        "headline": outcome.labelled.headline,
        "verdict": str(outcome.verdict),
        "digit": outcome.digit,
        "reason": None if outcome.reason is None else str(outcome.reason),
        "guess": outcome.guess,
        "confidence": outcome.confidence,
        "probabilities": list(outcome.probabilities),
        "quality": None if quality is None else dataclasses.asdict(quality),
        "ms": round(outcome.ms, 3),
        "error": outcome.error,
        "notice": outcome.notice,
    }


def from_row(row: dict[str, Any], labelled: Labelled) -> Outcome:
    """Make the outcome again that a row was made of.

    Raises:
        ValueError, KeyError, TypeError: it is no such row.
    """
    quality = row["quality"]
    return Outcome(
        labelled,
        Verdict(row["verdict"]),
        row["digit"],
        None if row["reason"] is None else Reason(row["reason"]),
        tuple(float(share) for share in row["probabilities"]),
        None if quality is None else Quality(**{**quality, "level": Level(quality["level"])}),
        float(row["ms"]),
        row["error"],
        row["notice"],
    )
