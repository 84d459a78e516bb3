"""The journal of a benchmark: what was read is kept on disk, so that a stopped run can go on."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any, TextIO, TypeAlias

from digitscope.benchmark.dataset import Sample
from digitscope.benchmark.results import Result, result_from_row, result_to_row

JOURNAL_FILE = "unfinished.jsonl"
PACKAGE = Path(__file__).resolve().parents[1]
Key: TypeAlias = tuple[str, str, str]  # file, label, kind: one file may stand in several rows


def fingerprint_code() -> str:
    """Hash the core's source: results of other code are not taken over."""
    content = hashlib.sha256()
    for path in sorted(PACKAGE.rglob("*.py")):
        content.update(path.read_bytes())
    return content.hexdigest()


class Journal:
    """A file of results: its first line names the settings, each other line is one result.

    To be used in a ``with`` statement.
    """

    def __init__(self, folder: Path, settings: dict[str, Any]) -> None:
        """Find what an unfinished run with the same settings left.

        Args:
            folder: made where it is missing.
            settings: all that a result depends on, fit for JSON.

        Raises:
            OSError: the folder cannot be written to.
        """
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / JOURNAL_FILE
        self._settings = json.dumps(settings, sort_keys=True)
        self._rows = self._load()
        self._stream: TextIO | None = None

    def _load(self) -> dict[Key, dict[str, Any]]:
        """Rows of the same run by picture; a last line that was cut short is left out."""
        try:
            settings, *lines = self._path.read_text(encoding="utf-8").splitlines()
        except (OSError, ValueError):
            return {}
        if settings != self._settings:
            return {}
        rows: dict[Key, dict[str, Any]] = {}
        for line in lines:
            try:
                row = json.loads(line)
                rows[row["file"], row["label"], row["kind"]] = row
            except (ValueError, KeyError, TypeError):
                break
        return rows

    def __enter__(self) -> Journal:
        """Write the known rows to a new file, which replaces the old one when it is complete."""
        unfinished = self._path.with_suffix(".tmp")
        self._stream = unfinished.open("w", encoding="utf-8")
        self._write(self._settings, *(json.dumps(row) for row in self._rows.values()))
        self._stream.close()
        unfinished.replace(self._path)
        self._stream = self._path.open("a", encoding="utf-8")
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file; it stays until `remove`."""
        if self._stream is not None:
            self._stream.close()

    def remove(self) -> None:
        """Remove the file: the run is finished."""
        self._path.unlink(missing_ok=True)

    def _write(self, *lines: str) -> None:
        if self._stream is None:
            raise RuntimeError("A journal is written inside a with statement.")
        self._stream.writelines(f"{line}\n" for line in lines)
        self._stream.flush()
        os.fsync(self._stream.fileno())

    def recall(self, sample: Sample) -> Result | None:
        """Give back the result of a picture that was read before, or None."""
        try:
            return result_from_row(self._rows[str(sample.path), sample.label, sample.kind], sample)
        except (KeyError, TypeError, ValueError):  # not read yet, or not a row of ours
            return None

    def add(self, result: Result) -> None:
        """Keep a result; it is on the disk when this returns."""
        self._write(json.dumps(result_to_row(result)))
