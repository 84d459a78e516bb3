"""Reads on this machine: a process a core, each with one reader."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import lru_cache
from itertools import islice
from typing import TypeAlias

from digitscope.batch.items import Item
from digitscope.batch.rows import Row, RowOptions, RowReader, make_error_row

Job: TypeAlias = tuple[int, Item]  # its number among all items, from 0

AHEAD = 16  # items given to a process before their turn: none waits for a slow one
ENDED = "The process that read this file ended. It may need more memory than there is."


def count_cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def read_in_processes(jobs: Iterable[Job], options: RowOptions, workers: int) -> Iterator[Row]:
    """Read items in several processes.

    Args:
        jobs: taken as they are needed, so that there may be any number of them.
        options: how they are read.
        workers: number of processes.

    Returns:
        A row for each, in their order. A file that ends its process gets a row of an error.

    Raises:
        ModelUnavailableError: the model cannot be loaded.
    """
    waiting = iter(jobs)
    is_done = False
    while not is_done:
        with _pool(options, workers) as pool:
            left = yield from _read_until_broken(pool, waiting, AHEAD * workers)
        is_done = not left
        for number, item in left:
            yield _read_alone(number, item, options)


def _read_until_broken(
    pool: ProcessPoolExecutor, waiting: Iterator[Job], ahead: int
) -> Generator[Row, None, list[Job]]:
    """Give out rows; return the jobs that are left where a process ended, else none."""
    running: deque[tuple[Job, Future[Row]]] = deque()
    try:
        while True:
            for job in islice(waiting, ahead - len(running)):
                running.append((job, _submitted(pool, job)))
            if not running:
                return []
            row = running[0][1].result()
            running.popleft()
            yield row
    except BrokenProcessPool:
        return [job for job, _ in running]


def _submitted(pool: ProcessPoolExecutor, job: Job) -> Future[Row]:
    """Hand a job to a process; to a broken pool as well, whose futures tell."""
    try:
        return pool.submit(_read, *job)
    except BrokenProcessPool as error:
        failed: Future[Row] = Future()
        failed.set_exception(error)
        return failed


def _read_alone(number: int, item: Item, options: RowOptions) -> Row:
    """Read an item in a process of its own, which it may end."""
    with _pool(options, 1) as pool:
        try:
            return pool.submit(_read, number, item).result()
        except BrokenProcessPool:
            return make_error_row(item.name, ENDED, options)


@contextmanager
def _pool(options: RowOptions, workers: int) -> Iterator[ProcessPoolExecutor]:
    """Processes that are started anew, not copied: threads of a library do not survive a copy."""
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(workers, context, _prepare, (options,))
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


# --- In the processes ----------------------------------------------------------------------------


def _prepare(options: RowOptions) -> None:
    """Ctrl-C is the first process's; where that is killed, this one ends too."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _options.append(options)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _read(number: int, item: Item) -> Row:
    return _row_reader().read(number, item)


@lru_cache(maxsize=1)
def _row_reader() -> RowReader:
    """Made at the first item, so that its errors reach the first process."""
    import cv2

    cv2.setNumThreads(1)  # a process a core
    return RowReader(_options[0])


_options: list[RowOptions] = []  # of this process
