"""The exit codes of all commands, and the error that ends one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from digitscope.errors import DigitscopeError

OK, SOME_FAILED, WRONG_USAGE, STOPPED = 0, 1, 2, 130  # 130 as shells have it after Ctrl-C


class OutputError(DigitscopeError):
    """What was asked for cannot be written where it should go."""


@contextmanager
def writing_to(folder: Path | None) -> Iterator[None]:
    """Turn a folder that cannot be written to into an error of ours."""
    try:
        yield
    except OSError as error:
        if folder is None or isinstance(error, BrokenPipeError):
            raise
        raise OutputError(
            f"A folder to write to is expected. Received: {folder} ({error.strerror})."
        ) from error
