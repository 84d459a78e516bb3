"""A batch in a terminal: a progress bar with rate and time left, then notices to the user."""

from __future__ import annotations

import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec

import click

from digitscope.batch.rows import Row
from digitscope.batch.run import Batch, Engine
from digitscope.batch.sources import count_items


def read_in_terminal(batch: Batch, engine: Engine) -> None:
    """Read a batch, with a progress bar if stderr is a terminal and rich is installed.

    Raises:
        OSError: a file cannot be written.
        DigitscopeError: see `Batch.read`.
    """
    started = time.monotonic()
    with _bar(batch) as tell:
        batch.read(engine, tell)
    for line in _notices(batch, time.monotonic() - started):
        click.echo(f"digitscope: {line}", err=True)


@contextmanager
def _bar(batch: Batch) -> Iterator[Callable[[Row], None]]:
    if find_spec("rich") is None or not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    text = TextColumn("{task.description}")
    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), text)
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("", total=None)

        def count() -> None:
            progress.update(task, total=count_items(batch.sources))

        def tell(_: Row) -> None:
            speed = progress.tasks[0].speed
            rate = "" if speed is None else f"{speed:.1f}/s; "
            progress.update(task, advance=1, description=rate + format_statuses(batch.statuses))

        threading.Thread(target=count, daemon=True).start()
        yield tell


def format_statuses(statuses: Counter[str]) -> str:
    """Format the number of rows of each status, the most frequent first."""
    return ", ".join(f"{n} {status}" for status, n in statuses.most_common()) or "none"


def _notices(batch: Batch, seconds: float) -> Iterator[str]:
    yield from sorted(batch.notices)
    total = batch.statuses.total()
    if batch.resumed:
        yield f"{batch.resumed} pictures were read before, by a run that was stopped."
    rate = (total - batch.resumed) / max(seconds, 1e-9)
    told = f"{total} pictures ({format_statuses(batch.statuses)})"
    yield f"{told} in {seconds:.1f} s, {rate:.1f} a second"
    if not batch.is_finished:
        yield "Stopped. The same command goes on from here."
        return
    yield from (f"wrote {file}" for file in (batch.out, batch.sheet) if file is not None)
