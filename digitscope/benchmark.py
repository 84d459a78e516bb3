"""Reading a labelled folder: how many right, wrong and refused, and how long it took.

A labelled folder holds pictures and a ``labels.csv`` with the columns ``file`` (path in the folder)
and ``label``; ``kind`` and ``headline`` (yes or no) are used where they are there. A label of one
digit asks for that digit; any other (empty: no digit; several) asks for a refusal.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import numpy as np

from digitscope.errors import DigitscopeError, InvalidImageError
from digitscope.reader import DigitReader
from digitscope.types import Background, Reason

LABELS_FILE = "labels.csv"
ALL_KINDS = "all"


class BenchmarkError(DigitscopeError, ValueError):
    """The folder cannot be used as a labelled folder."""


class Verdict(StrEnum):
    """What came of one picture."""

    CORRECT = "correct"
    WRONG = "wrong"
    REFUSED = "refused"
    ERROR = "error"


@dataclass(frozen=True)
class Labelled:
    """One row of a labels file."""

    path: Path
    label: str
    kind: str
    headline: bool

    @property
    def is_one_digit(self) -> bool:
        """Whether a digit is the right answer (and not a refusal)."""
        return len(self.label) == 1 and self.label.isdigit()


@dataclass(frozen=True)
class Outcome:
    """What the reader made of one labelled picture."""

    labelled: Labelled
    verdict: Verdict
    digit: int | None
    reason: Reason | None
    confidence: float | None
    ms: float
    error: str = ""
    notice: str = ""


@dataclass(frozen=True)
class Summary:
    """The outcomes of one kind of picture, counted."""

    kind: str
    n: int
    correct: int
    wrong: int
    refused: int
    errors: int
    median_ms: float
    p95_ms: float


def _rows(folder: Path) -> Iterator[dict[str, str]]:
    labels = folder / LABELS_FILE
    if not labels.is_file():
        raise BenchmarkError(
            f"A folder with a {LABELS_FILE} is expected. Received: {folder}. "
            "The file needs the columns 'file' and 'label'."
        )
    try:
        text = labels.read_text(encoding="utf-8-sig")  # spreadsheets write a byte order mark
    except (OSError, UnicodeDecodeError) as error:
        raise BenchmarkError(
            f"{LABELS_FILE} is expected as UTF-8 text. Received: {labels} "
            f"({type(error).__name__}). Save it again as CSV in UTF-8."
        ) from error
    rows = csv.DictReader(text.splitlines(), restval="")
    if not {"file", "label"} <= set(rows.fieldnames or ()):
        raise BenchmarkError(
            f"{LABELS_FILE} needs the columns 'file' and 'label'. Received: {rows.fieldnames}."
        )
    yield from rows


def load_labels(
    folder: Path, kinds: Sequence[str] = (), headline_only: bool = False
) -> list[Labelled]:
    """Read a folder's labels.

    Args:
        folder: holds the pictures and ``labels.csv``.
        kinds: keep only these kinds; none named: all.
        headline_only: keep only the rows that say ``headline=yes``.

    Raises:
        BenchmarkError: no usable labels file, or nothing is left.
    """
    labelled = [
        Labelled(
            folder / row["file"],
            row["label"].strip(),
            row.get("kind") or ALL_KINDS,
            (row.get("headline") or "yes") == "yes",
        )
        for row in _rows(folder)
    ]
    chosen = [
        item
        for item in labelled
        if (not kinds or item.kind in kinds) and (item.headline or not headline_only)
    ]
    if not chosen:
        there = ", ".join(sorted({item.kind for item in labelled})) or "none"
        raise BenchmarkError(
            f"No picture is left to read. Received: kinds {', '.join(kinds) or 'all'}; "
            f"the folder has {there}."
        )
    return chosen


def _verdict(labelled: Labelled, digit: int | None) -> Verdict:
    if not labelled.is_one_digit:
        return Verdict.CORRECT if digit is None else Verdict.WRONG
    if digit is None:
        return Verdict.REFUSED
    return Verdict.CORRECT if str(digit) == labelled.label else Verdict.WRONG


def read_labelled(
    reader: DigitReader,
    labelled: Labelled,
    *,
    tta: bool = False,
    background: Background | None = None,
) -> Outcome:
    """Read one labelled picture; a file that is no picture is an outcome too."""
    try:
        reading = reader.read(labelled.path, tta=tta, background=background)
    except InvalidImageError as error:
        return Outcome(labelled, Verdict.ERROR, None, None, None, 0.0, str(error))
    verdict = _verdict(labelled, reading.digit)
    confidence = None if reading.prediction is None else reading.prediction.confidence
    return Outcome(
        labelled,
        verdict,
        reading.digit,
        reading.reason,
        confidence,
        reading.ms,
        notice=reading.preprocessed.notice,
    )


def run_benchmark(
    reader: DigitReader,
    items: Iterable[Labelled],
    *,
    tta: bool = False,
    background: Background | None = None,
    progress: Callable[[Outcome], None] | None = None,
) -> list[Outcome]:
    """Read every labelled picture, telling `progress` of each."""
    outcomes = []
    for item in items:
        outcomes.append(read_labelled(reader, item, tta=tta, background=background))
        if progress is not None:
            progress(outcomes[-1])
    return outcomes


def summarise(outcomes: Sequence[Outcome]) -> list[Summary]:
    """Count the outcomes by kind, in the order in which the kinds first appear."""
    kinds = dict.fromkeys(outcome.labelled.kind for outcome in outcomes)
    return [
        _summarise_kind(kind, [one for one in outcomes if one.labelled.kind == kind])
        for kind in kinds
    ]


def _summarise_kind(kind: str, outcomes: Sequence[Outcome]) -> Summary:
    verdicts = [outcome.verdict for outcome in outcomes]
    times_ms = np.array([one.ms for one in outcomes if one.verdict is not Verdict.ERROR] or [0.0])
    return Summary(
        kind,
        len(outcomes),
        verdicts.count(Verdict.CORRECT),
        verdicts.count(Verdict.WRONG),
        verdicts.count(Verdict.REFUSED),
        verdicts.count(Verdict.ERROR),
        float(np.median(times_ms)),
        float(np.percentile(times_ms, 95)),
    )
