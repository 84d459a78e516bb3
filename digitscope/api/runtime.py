"""Work that takes the processor, off the event loop: so many at one time, so many waiting."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from digitscope.api.problems import BUSY, TOO_SLOW, ProblemError

T = TypeVar("T")


class WorkPool:
    """A bounded pool of threads: what does not fit is refused at once, what takes long is told."""

    def __init__(self, workers: int, max_in_flight: int, timeout_s: float) -> None:
        """Start with nothing to do.

        Args:
            workers: threads.
            max_in_flight: pieces of work being done or waiting; more are refused.
            timeout_s: after which nobody waits for an answer any more.
        """
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="reading")
        self._max_in_flight, self._timeout_s = max_in_flight, timeout_s
        self._in_flight, self._lock = 0, threading.Lock()

    @property
    def in_flight(self) -> int:
        """Pieces of work being done or waiting."""
        return self._in_flight

    def check_room(self) -> None:
        """Refuse early, before a body is received in vain.

        Raises:
            ProblemError: BUSY.
        """
        if self._in_flight >= self._max_in_flight:
            raise ProblemError(
                BUSY,
                f"At most {self._max_in_flight} requests wait for an answer. Ask again in a while.",
                f"one request more than {self._max_in_flight}",
            )

    async def run(self, work: Callable[[], T]) -> T:
        """Do a piece of work in a thread.

        Its place is free again when it has ended, not when nobody waits for it any more.

        Raises:
            ProblemError: BUSY, or TOO_SLOW.
        """
        self._take_place()
        future = self._threads.submit(work)
        future.add_done_callback(self._leave_place)
        try:
            return await asyncio.wait_for(asyncio.wrap_future(future), self._timeout_s)
        except TimeoutError as error:
            raise ProblemError(
                TOO_SLOW, f"No answer within {self._timeout_s:g} s. Ask again in a while."
            ) from error

    def _take_place(self) -> None:
        with self._lock:
            self.check_room()
            self._in_flight += 1

    def _leave_place(self, _: object) -> None:
        with self._lock:
            self._in_flight -= 1

    def close(self) -> None:
        """Finish what is being done, drop what nobody waits for."""
        self._threads.shutdown(wait=True, cancel_futures=True)
