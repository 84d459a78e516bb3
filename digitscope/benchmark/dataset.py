"""A labelled folder: pictures and what they show.

It holds pictures and a ``labels.csv`` with the columns ``file`` (path in the folder) and ``label``.
The columns ``kind``, ``headline`` (yes or no) and ``note`` are optional; all others are ignored. A
label of one digit asks for that digit; any other (empty: no digit; several) asks for a refusal.
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
YES, NO = {"yes", "y", "true", "1"}, {"no", "n", "false", "0"}  # of a headline, in any case


class BenchmarkError(DigitscopeError, ValueError):
    """The folder cannot be used as a labelled folder."""


@dataclass(frozen=True)
class Sample:
    """A picture and what it shows: one row of a labels file.

    Attributes:
        path: of the picture's file.
        label: what it shows; one character 0..9 asks for that digit, all else for a refusal.
        kind: of picture; figures are counted kind by kind.
        headline: whether it counts where one picture a writer and digit is to count.
        note: about the picture, for people.
    """

    path: Path
    label: str
    kind: str
    headline: bool
    note: str = ""

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
    """Turn a row into a sample; its file must lie in the folder."""
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
        kinds: keep only these kinds; none named: all.
        headline_only: keep only the rows that say ``headline=yes``.
        note: keep only the rows whose note contains it.

    Raises:
        BenchmarkError: no usable labels file, or nothing is left.
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
