"""Reads on this machine: several processes, each with its own reader."""

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

Job: TypeAlias = tuple[int, Item]  # index among all items, from 0, and item

AHEAD = 16  # queued items for each process: none waits for a slow one
ENDED = "The process that read this file ended. It may need more memory than there is."


def count_cores() -> int:
    """The number of cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def read_in_processes(jobs: Iterable[Job], options: RowOptions, workers: int) -> Iterator[Row]:
    """Read items in several processes.

    Args:
        jobs: consumed lazily, so that their number is not limited.
        options: how items are read.
        workers: number of processes.

    Returns:
        One row for each job, in the same order. If a file crashes its process, its row is an error.

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
    """Yield rows; return the jobs that are left if a process crashed, else an empty list."""
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
    """Submit a job; if the pool is broken, the returned future has the error."""
    try:
        return pool.submit(_read, *job)
    except BrokenProcessPool as error:
        failed: Future[Row] = Future()
        failed.set_exception(error)
        return failed


def _read_alone(number: int, item: Item, options: RowOptions) -> Row:
    """Read an item in its own process, because it may crash the process."""
    with _pool(options, 1) as pool:
        try:
            return pool.submit(_read, number, item).result()
        except BrokenProcessPool:
            return make_error_row(item.name, ENDED, options)


@contextmanager
def _pool(options: RowOptions, workers: int) -> Iterator[ProcessPoolExecutor]:
    """A pool that spawns its processes: threads of libraries do not survive a fork."""
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(workers, context, _prepare, (options,))
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


# --- In the processes ----------------------------------------------------------------------------


def _prepare(options: RowOptions) -> None:
    """Set up a worker: it ignores Ctrl-C, and ends if its parent process ends."""
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
    """The process's reader, made at the first item so that its errors reach the parent."""
    import cv2

    cv2.setNumThreads(1)  # one process for each core
    return RowReader(_options[0])


_options: list[RowOptions] = []  # one entry in each worker
