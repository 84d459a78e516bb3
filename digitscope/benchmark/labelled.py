"""A labelled folder: pictures and what they show.

It holds pictures and a ``labels.csv`` with the columns ``file`` (path in the folder) and ``label``;
``kind`` and ``headline`` (yes or no) are used where they are there. A label of one digit asks for
that digit; any other (empty: no digit; several) asks for a refusal.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from digitscope.errors import DigitscopeError
from digitscope.image_io import ImageSource

LABELS_FILE = "labels.csv"
ALL_KINDS = "all"


class BenchmarkError(DigitscopeError, ValueError):
    """The folder cannot be used as a labelled folder."""


@dataclass(frozen=True)
class Labelled:
    """A picture and what it shows: one row of a labels file.

    Attributes:
        path: of the picture's file.
        label: what it shows; one character 0..9 asks for that digit, all else for a refusal.
        kind: of picture; figures are told kind by kind.
        headline: whether it counts where one picture a writer and digit is to count.
    """

    path: Path
    label: str
    kind: str
    headline: bool

    @property
    def is_one_digit(self) -> bool:
        """Whether a digit is the right answer (and not a refusal)."""
        return len(self.label) == 1 and self.label in "0123456789"

    def picture(self) -> ImageSource:
        """What the reader is given: the file, unless a subclass has no files."""
        return self.path


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
