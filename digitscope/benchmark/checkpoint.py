"""What a benchmark has read so far, kept on disk: a run that was stopped goes on where it was."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, TextIO, TypeAlias

from digitscope.benchmark.dataset import Sample
from digitscope.benchmark.results import Result
from digitscope.benchmark.rows import from_row, to_row

JOURNAL_FILE = "unfinished.jsonl"
PACKAGE = Path(__file__).resolve().parents[1]
Key: TypeAlias = tuple[str, str, str]  # file, label, kind: one file may stand in several rows


def fingerprint_code() -> str:
    """Hash the core's source: what another code has read is not taken over."""
    content = hashlib.sha256()
    for path in sorted(PACKAGE.rglob("*.py")):
        content.update(path.read_bytes())
    return content.hexdigest()


class Journal:
    """Outcomes in a file of a folder: the first line says of which run, then one line each.

    To be used in a ``with`` statement.
    """

    def __init__(self, folder: Path, settings: dict[str, Any]) -> None:
        """Find what an unfinished run with the same settings left.

        Args:
            folder: made where it is missing.
            settings: all that an result depends on, fit for JSON.

        Raises:
            OSError: the folder cannot be written to.
        """
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / JOURNAL_FILE
        self._settings = json.dumps(settings, sort_keys=True)
        self._rows = self._load()
        self._stream: TextIO | None = None

    def _load(self) -> dict[Key, dict[str, Any]]:
        """Rows of the same run by picture; a last line cut short is left out."""
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
        """Write anew what is known, then stand ready for more."""
        self._stream = self._path.open("w", encoding="utf-8")
        self._write(self._settings, *(json.dumps(row) for row in self._rows.values()))
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file; it stays until `remove`."""
        if self._stream is not None:
            self._stream.close()

    def remove(self) -> None:
        """Remove the file: nothing is unfinished any more."""
        self._path.unlink(missing_ok=True)

    def _write(self, *lines: str) -> None:
        if self._stream is None:
            raise RuntimeError("A journal is written inside a with statement.")
        self._stream.writelines(f"{line}\n" for line in lines)
        self._stream.flush()

    def recall(self, sample: Sample) -> Result | None:
        """Give back the result of a picture already read, or None."""
        try:
            key = (str(sample.path), sample.label, sample.kind)
            return from_row(self._rows[key], sample)
        except (KeyError, TypeError, ValueError):  # not read yet, or a row that is none
            return None

    def add(self, result: Result) -> None:
        """Keep an result, on disk before this returns."""
        self._write(json.dumps(to_row(result)))
