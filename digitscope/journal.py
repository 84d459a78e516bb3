"""A journal: rows that are on disk as soon as they are made, so that a stopped run can go on.

The benchmark and `digitscope batch` keep one. Rows stand in the order in which a run makes them,
so a run that goes on meets them in the same order and memory does not grow with their number.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias

PACKAGE = Path(__file__).resolve().parent
Row: TypeAlias = dict[str, Any]


def fingerprint_code() -> str:
    """Hash the core's source: results of other code are not taken over."""
    content = hashlib.sha256()
    for path in sorted(PACKAGE.rglob("*.py")):
        content.update(path.read_bytes())
    return content.hexdigest()


class Journal:
    """A file of JSON lines: the first names the settings, each other one is a row.

    To be used in a ``with`` statement. A run asks for the row of each of its items with `recall`,
    in order, until that gives None; from there on it makes rows and adds them.
    """

    def __init__(self, path: Path, settings: Mapping[str, Any], sync_every_s: float = 0.0) -> None:
        """Name the file; nothing is opened yet.

        Args:
            path: its folder is made where it is missing.
            settings: all that a row depends on, fit for JSON.
            sync_every_s: added rows are on the disk at the latest this much later; 0 at once.
                Without a loss of power they are never lost.
        """
        self.path = path
        self._header = _to_line(settings)
        self._sync_every_s = sync_every_s
        self._synced_at = 0.0
        self._end = 0  # of the rows that were recalled or added
        self._is_recalling = False  # whether rows of an earlier run may follow
        self._stream: BinaryIO | None = None

    def read_settings(self) -> Row | None:
        """The settings of the run whose journal lies here; None where there is none."""
        try:
            with self.path.open("rb") as stream:
                return _from_line(stream.readline())
        except FileNotFoundError:
            return None

    def __enter__(self) -> Journal:
        """Open the file; one of other settings is begun anew.

        Raises:
            OSError: it cannot be written to.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._stream = self.path.open("r+b" if self.path.exists() else "w+b")
        self._end = 0
        self._is_recalling = self._stream.readline() == self._header
        if self._is_recalling:
            self._end = len(self._header)
        else:
            self._forget_the_rest()
            self._append(self._header)
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file, with all rows on the disk; it stays until `remove`."""
        if self._stream is not None:
            os.fsync(self._stream.fileno())
            self._stream.close()
            self._stream = None

    def remove(self) -> None:
        """Remove the file: the run is finished."""
        self.path.unlink(missing_ok=True)

    def recall(self, expected: Mapping[str, Any]) -> Row | None:
        """Give back the next row of an earlier run, where it is the one that is expected.

        Args:
            expected: keys and values that the row must have.

        Returns:
            The row; None where it was not made, was cut short or is another one. All rows from
            there on are forgotten when the next one is added.
        """
        if not self._is_recalling:
            return None
        line = self._opened().readline()
        row = _from_line(line)
        if row is None or any(row.get(key) != value for key, value in expected.items()):
            return None
        self._end += len(line)
        return row

    def add(self, row: Mapping[str, Any]) -> None:
        """Keep a row."""
        if self._is_recalling:
            self._forget_the_rest()
        self._append(_to_line(row))

    def rows(self) -> Iterator[Row]:
        """All rows that were recalled or added, one after the other, from the disk."""
        with self.path.open("rb") as stream:
            position = len(stream.readline())
            while position < self._end:
                line = stream.readline()
                position += len(line)
                yield json.loads(line)

    def _opened(self) -> BinaryIO:
        if self._stream is None:
            raise RuntimeError("A journal is written inside a with statement.")
        return self._stream

    def _forget_the_rest(self) -> None:
        """Remove what stands behind the last row that was recalled."""
        self._opened().seek(self._end)
        self._opened().truncate()
        self._is_recalling = False

    def _append(self, line: bytes) -> None:
        stream = self._opened()
        stream.write(line)
        stream.flush()
        self._end += len(line)
        if time.monotonic() - self._synced_at >= self._sync_every_s:
            os.fsync(stream.fileno())
            self._synced_at = time.monotonic()


def _to_line(row: Mapping[str, Any]) -> bytes:
    return json.dumps(row).encode() + b"\n"


def _from_line(line: bytes) -> Row | None:
    """A row; None where the line was cut short or holds something else."""
    try:
        row = json.loads(line) if line.endswith(b"\n") else None
    except ValueError:  # also for bytes that are no UTF-8
        return None
    return row if isinstance(row, dict) else None
