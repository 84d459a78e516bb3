"""The exit codes of all commands, and the error for an output that cannot be written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from digitscope.errors import DigitscopeError

OK, SOME_FAILED, WRONG_USAGE, STOPPED = 0, 1, 2, 130  # 130: the shells' code after Ctrl-C


class OutputError(DigitscopeError):
    """An output cannot be written to the given place."""


@contextmanager
def writing_to(folder: Path | None) -> Iterator[None]:
    """Raise `OutputError` if the folder cannot be written to."""
    try:
        yield
    except OSError as error:
        if folder is None or isinstance(error, BrokenPipeError):
            raise
        raise OutputError(
            f"A folder to write to is expected. Received: {folder} ({error.strerror})."
        ) from error
