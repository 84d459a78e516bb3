"""A journal: each row is written to disk at once, so that a stopped run can be resumed.

The benchmark and `digitscope batch` use one. Rows are stored in the order of the run. A resumed
run reads them in the same order, so memory does not grow with the number of rows.
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
    """Hash the package's source (SHA-256), so that results of other code are not reused."""
    content = hashlib.sha256()
    for path in sorted(PACKAGE.rglob("*.py")):
        content.update(path.read_bytes())
    return content.hexdigest()


class Journal:
    """A file of JSON lines: the first line holds the settings, every other line is a row.

    Use it in a ``with`` statement. A run calls `recall` for each item, in order, until it returns
    None. From there on the run computes the rows itself and calls `add`.
    """

    def __init__(self, path: Path, settings: Mapping[str, Any], sync_every_s: float = 0.0) -> None:
        """Set the path; the file is not opened yet.

        Args:
            path: of the file; a missing folder is created when it is opened.
            settings: everything that a row depends on, JSON-serialisable.
            sync_every_s: minimum seconds between two `fsync` calls; 0 syncs every row. Rows not yet
                synced are lost only if the power fails.
        """
        self.path = path
        self._header = _to_line(settings)
        self._sync_every_s = sync_every_s
        self._synced_at = 0.0
        self._end = 0  # byte after the last row that was recalled or added
        self._is_recalling = False  # whether rows of an earlier run may follow
        self._stream: BinaryIO | None = None

    def read_settings(self) -> Row | None:
        """Read the settings of an existing journal; None if there is none."""
        try:
            with self.path.open("rb") as stream:
                return _from_line(stream.readline())
        except FileNotFoundError:
            return None

    def __enter__(self) -> Journal:
        """Open the file; a file with other settings is overwritten.

        Raises:
            OSError: the file cannot be written.
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
        """Sync all rows to disk and close the file; it is kept until `remove`."""
        if self._stream is not None:
            os.fsync(self._stream.fileno())
            self._stream.close()
            self._stream = None

    def remove(self) -> None:
        """Delete the file, when the run is finished."""
        self.path.unlink(missing_ok=True)

    def recall(self, expected: Mapping[str, Any]) -> Row | None:
        """Return the next row of an earlier run, if it is the expected one.

        Args:
            expected: keys and values that the row must have.

        Returns:
            The row; None if it is missing, cut short or a different one. The next `add` then
            deletes all rows from there on.
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
        """Write a row."""
        if self._is_recalling:
            self._forget_the_rest()
        self._append(_to_line(row))

    def rows(self) -> Iterator[Row]:
        """Read all recalled and added rows from disk, one by one."""
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
        """Delete everything after the last recalled row."""
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
    """Parse a row; None if the line is cut short or is not a JSON object."""
    try:
        row = json.loads(line) if line.endswith(b"\n") else None
    except ValueError:  # also for bytes that are not UTF-8
        return None
    return row if isinstance(row, dict) else None
