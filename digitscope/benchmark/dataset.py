"""A labelled folder: pictures and their labels.

It holds pictures and a ``labels.csv`` with the columns ``file`` (path in the folder) and ``label``.
The columns ``kind``, ``headline`` (yes or no) and ``note`` are optional; all others are ignored.
If the label is one digit, that digit is the right answer; for any other label, it is a refusal.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

from digitscope.errors import DigitscopeError
from digitscope.image_io import ImageSource

LABELS_FILE = "labels.csv"
ALL_KINDS = "all"
YES, NO = {"yes", "y", "true", "1"}, {"no", "n", "false", "0"}  # headline, any letter case


class BenchmarkError(DigitscopeError, ValueError):
    """The folder cannot be used as a labelled folder."""


@dataclass(frozen=True)
class Sample:
    """A picture and its label: one row of ``labels.csv``.

    Attributes:
        path: the picture's file.
        label: one character 0..9 if that digit is right; any other text if a refusal is right.
        kind: kind of picture; results are also counted for each kind.
        headline: whether it is in the subset with one picture for each writer and digit.
        note: free text about the picture.
    """

    path: Path
    label: str
    kind: str
    headline: bool
    note: str = ""

    @property
    def is_one_digit(self) -> bool:
        """Whether the right answer is a digit, not a refusal."""
        return len(self.label) == 1 and self.label in "0123456789"

    def picture(self) -> ImageSource:
        """The input of the reader: the file's path, or an array in subclasses without files."""
        return self.path


def _rows(folder: Path) -> Iterator[dict[str, str]]:
    labels = folder / LABELS_FILE
    if not labels.is_file():
        raise BenchmarkError(
            f"A folder with a {LABELS_FILE} is expected. Received: {folder}. "
            "The file needs the columns 'file' and 'label'."
        )
    try:  # spreadsheets write a byte order mark
        with labels.open(encoding="utf-8-sig", newline="") as stream:
            rows = csv.DictReader(stream, restval="")
            if not {"file", "label"} <= set(rows.fieldnames or ()):
                raise BenchmarkError(
                    f"{LABELS_FILE} needs the columns 'file' and 'label'. "
                    f"Received: {rows.fieldnames}."
                )
            yield from rows
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BenchmarkError(
            f"{LABELS_FILE} is expected as UTF-8 text. Received: {labels} "
            f"({type(error).__name__}). Save it again as CSV in UTF-8."
        ) from error


def _make_sample(folder: Path, row: dict[str, str]) -> Sample:
    """Turn a row into a sample; the file must be inside the folder."""
    file, headline = PurePath(row["file"]), (row.get("headline") or "yes").strip().casefold()
    if file.is_absolute() or ".." in file.parts:
        raise BenchmarkError(f"A file inside the folder is expected. Received: {file}.")
    if headline not in YES | NO:
        raise BenchmarkError(f"'headline' is yes or no. Received: {headline}, for {file}.")
    kind = row.get("kind") or ALL_KINDS
    return Sample(folder / file, row["label"].strip(), kind, headline in YES, row.get("note") or "")


def load_labels(
    folder: Path, kinds: Sequence[str] = (), headline_only: bool = False, note: str = ""
) -> list[Sample]:
    """Read a folder's labels.

    Args:
        folder: holds the pictures and ``labels.csv``.
        kinds: keep only these kinds; empty keeps all.
        headline_only: keep only the rows that say ``headline=yes``.
        note: keep only the rows whose note contains it.

    Raises:
        BenchmarkError: there is no usable ``labels.csv``, or no row is left.
    """
    samples = [_make_sample(folder, row) for row in _rows(folder)]
    chosen = [
        sample
        for sample in samples
        if (not kinds or sample.kind in kinds)
        and (sample.headline or not headline_only)
        and note in sample.note
    ]
    if not chosen:
        there = ", ".join(sorted({sample.kind for sample in samples})) or "none"
        raise BenchmarkError(
            f"No picture is left to read. Received: kinds {', '.join(kinds) or 'all'}; "
            f"the folder has {there}."
        )
    return chosen
