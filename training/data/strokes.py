"""UJI Pen Characters: pen strokes of 60 writers from Spain on a tablet; only the digits are read.

MNIST is American handwriting. This is European: 1s with a flag, crossed 7s, open 4s. The file is
looked for at an explicit path, then at ``$UJI_STROKES``, then in Keras' cache, then downloaded.
A file with only some of the writers, or with letters as well, can be read too. Writers 36 to 60 are
for the report only: `load_writers` does not return them by default.

Source: Prat, Marzal, Martin, Ramos-Garijo and Castro, "The UJIpenchars2 Database", UCI Machine
Learning Repository 177 (2008), https://doi.org/10.24432/C5ZW4K, licence CC BY 4.0.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from digitscope.benchmark.mnist import DataUnavailableError

STROKES_VARIABLE = "UJI_STROKES"
STROKES_URL = "https://archive.ics.uci.edu/static/public/177/uji+pen+characters+version+2.zip"
STROKES_FILE = "ujipenchars2.txt"
TRAIN_WRITERS = range(1, 29)
VALIDATION_WRITERS = range(29, 36)
TEST_WRITERS = range(36, 61)  # includes the dataset authors' test writers; never trained on
REPETITIONS = 2  # of each digit by each writer
_WORD = re.compile(r"WORD (\S+) (?:trn|tst)_UJI_W(\d+)-(\d+)")

Line = NDArray[np.float64]  # (P, 2): x and y of the points that a pen passes, y downwards


@dataclass(frozen=True, eq=False)
class PenDigit:
    """A digit as one person wrote it.

    Attributes:
        digit: 0..9.
        writer: 1..60.
        lines: one (P, 2) array a stroke, in the order of writing; hundredths of a millimetre.
    """

    digit: int
    writer: int
    lines: tuple[Line, ...]


def load_writers(
    writers: Sequence[int] = TRAIN_WRITERS, path: str | os.PathLike[str] | None = None
) -> tuple[PenDigit, ...]:
    """Read the digits of some writers, in the file's order.

    Args:
        writers: their numbers, see `TRAIN_WRITERS`, `VALIDATION_WRITERS` and `TEST_WRITERS`.
        path: the text file; by default ``$UJI_STROKES``, Keras' cache or a download.

    Raises:
        DataUnavailableError: the file is missing, is another one, or lacks some of the writers.
    """
    file = find_strokes(path)
    found = tuple(one for one in parse(file.read_text(encoding="utf-8")) if one.writer in writers)
    _check_complete(found, writers, file)
    return found


def find_strokes(path: str | os.PathLike[str] | None = None) -> Path:
    """Find the text file: `path`, else ``$UJI_STROKES``, else Keras' cache, else download it.

    Raises:
        DataUnavailableError: the named file does not exist, or the download failed.
    """
    named = path or os.environ.get(STROKES_VARIABLE)
    if not named:
        return _cached_or_downloaded()
    found = Path(named).expanduser()
    if not found.is_file():
        raise DataUnavailableError(
            f"The pen strokes are expected as a text file. Received: {found}, which does not "
            f"exist. Correct ${STROKES_VARIABLE}, or leave it out to download {STROKES_FILE}."
        )
    return found


def _cached_or_downloaded() -> Path:
    """The file in Keras' cache; downloads it if it is missing."""
    import keras

    try:
        folder = Path(keras.utils.get_file("ujipenchars2.zip", STROKES_URL, extract=True))
        return next(folder.rglob(STROKES_FILE))
    except Exception as error:  # Keras raises a bare Exception for any network fault
        raise DataUnavailableError(
            f"The pen strokes are expected from {STROKES_URL}. Received: {error}. "
            f"Fetch the archive elsewhere and name its {STROKES_FILE} in ${STROKES_VARIABLE}."
        ) from error


def parse(text: str) -> Iterator[PenDigit]:
    r"""Read the digits of UCI's text format; letters and comments are skipped.

    >>> text = "WORD 7 trn_UJI_W03-02\n  NUMSTROKES 1\n  POINTS 2 # 10 20 30 40\n"
    >>> [(one.digit, one.writer, one.lines[0].tolist()) for one in parse(text)]
    [(7, 3, [[10.0, 20.0], [30.0, 40.0]])]
    """
    rows = iter(text.splitlines())
    for row in rows:
        word = _WORD.match(row)
        if word and word[1] in "0123456789":
            yield PenDigit(int(word[1]), int(word[2]), _read_lines(rows))


def _read_lines(rows: Iterator[str]) -> tuple[Line, ...]:
    """Read the strokes that follow a WORD row: their count, then a row of points for each."""
    count = int(next(rows).split()[1])  # NUMSTROKES n
    points = [row.partition("#")[2].split() for row in islice(rows, count)]
    return tuple(np.array(one, np.float64).reshape(-1, 2) for one in points)


def _check_complete(found: Sequence[PenDigit], writers: Sequence[int], file: Path) -> None:
    """Raise an error if a writer's digit is missing. The dataset's checksum is not known."""
    counts = Counter((one.writer, one.digit) for one in found)
    lacking = sorted({w for w in writers for d in range(10) if counts[w, d] != REPETITIONS})
    if lacking:
        raise DataUnavailableError(
            f"{REPETITIONS} of each digit are expected of writers {min(writers)} to "
            f"{max(writers)}. Received: {file}, where writers {', '.join(map(str, lacking))} "
            f"have others. Name the whole {STROKES_FILE} in ${STROKES_VARIABLE}."
        )
