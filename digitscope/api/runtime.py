"""What all requests share: the reader, the worker threads, the pixel budget, metrics, settings."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, TypeVar

from fastapi import Depends, Request

from digitscope.api.metrics import Metrics
from digitscope.api.problems import BUSY, MODEL_UNAVAILABLE, TOO_SLOW, ProblemError
from digitscope.api.settings import ApiSettings
from digitscope.errors import ModelUnavailableError
from digitscope.messages import Message
from digitscope.reader import DigitReader

log = logging.getLogger(__name__)
T = TypeVar("T")
MODEL_LOADING = "The network is being loaded."


class ModelLoader:
    """Loads the reader in the background, and retries if that fails."""

    def __init__(self, make_reader: Callable[[], DigitReader], retry_s: float) -> None:
        """Start without a reader.

        Args:
            make_reader: loads the network.
            retry_s: seconds between two attempts.
        """
        self._make_reader, self._retry_s = make_reader, retry_s
        self._reader: DigitReader | None = None
        self._cause = MODEL_LOADING

    @property
    def is_loaded(self) -> bool:
        """Whether the network is loaded."""
        return self._reader is not None

    async def load(self) -> None:
        """Make the reader in a thread; retry until that succeeds."""
        while self._reader is None:
            try:
                self._reader = await asyncio.to_thread(self._make_reader)
            except (ModelUnavailableError, OSError) as error:
                self._cause = _describe_publicly(error)
                log.warning("The network cannot be loaded", extra={"cause": str(error)})
            except Exception as error:  # an unexpected one must not end the attempts, either
                self._cause = _describe_publicly(error)
                log.exception("The network cannot be loaded")
            else:
                log.info("The network answers", extra={"model": self._reader.classifier.path.name})
                return
            await asyncio.sleep(self._retry_s)

    def reader(self) -> DigitReader:
        """The reader, if it is loaded.

        Raises:
            ProblemError: MODEL_UNAVAILABLE, with the cause.
        """
        if self._reader is None:
            raise ProblemError(MODEL_UNAVAILABLE, self._cause)
        return self._reader


def _describe_publicly(error: Exception) -> str:
    """Describe for clients why there is no network; only the log names folders.

    >>> error = ModelUnavailableError("No {model}.", model=Path("/srv/my models/a.onnx"))
    >>> _describe_publicly(error)
    'No a.onnx.'
    """
    if not isinstance(error, ModelUnavailableError):
        return f"The network cannot be loaded ({type(error).__name__})."
    facts = {
        name: fact.name if isinstance(fact, Path) else fact
        for name, fact in error.message.facts.items()
    }
    return str(Message(*error.message.templates, **facts))


class WorkPool:
    """A bounded pool of threads: excess work is refused at once, slow work times out."""

    def __init__(self, workers: int, max_in_flight: int, timeout_s: float) -> None:
        """Start without tasks.

        Args:
            workers: number of threads.
            max_in_flight: tasks running or waiting; more are refused.
            timeout_s: seconds that a request waits for its answer.
        """
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="reading")
        self._max_in_flight, self._timeout_s = max_in_flight, timeout_s
        self._in_flight, self._lock = 0, threading.Lock()

    @property
    def in_flight(self) -> int:
        """The number of tasks running or waiting."""
        return self._in_flight

    def check_room(self) -> None:
        """Refuse a request before its body is received, if the pool is full.

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
        """Run a task in a thread.

        The task counts as in flight until it ends, even after its request has timed out.

        Raises:
            ProblemError: BUSY, or TOO_SLOW.
        """
        self._change_in_flight(+1)
        future = self._threads.submit(work)
        future.add_done_callback(lambda _: self._change_in_flight(-1))
        try:
            return await asyncio.wait_for(asyncio.wrap_future(future), self._timeout_s)
        except TimeoutError as error:
            raise ProblemError(
                TOO_SLOW, f"No answer within {self._timeout_s:g} s. Ask again in a while."
            ) from error

    def _change_in_flight(self, by: int) -> None:
        with self._lock:
            if by > 0:
                self.check_room()
            self._in_flight += by

    def close(self) -> None:
        """Finish running tasks, cancel the rest."""
        self._threads.shutdown(wait=True, cancel_futures=True)


class PixelBudget:
    """Limits how many pixels are decoded at the same time, because they take the memory."""

    def __init__(self, max_pixels: int) -> None:
        """Start with the whole budget free."""
        self._max_pixels = self._free_pixels = max_pixels
        self._turn, self._freed = threading.Lock(), threading.Condition()

    @contextmanager
    def hold(self, pixels: int) -> Iterator[None]:
        """Hold `pixels` of the budget; blocks until they are free.

        Only one thread waits for pixels, the others queue behind it, so that small pictures cannot
        delay a large one for ever. A picture larger than the budget is read alone.
        """
        pixels = min(pixels, self._max_pixels)
        with self._turn, self._freed:
            self._freed.wait_for(lambda: self._free_pixels >= pixels)
            self._free_pixels -= pixels
        try:
            yield
        finally:
            with self._freed:
                self._free_pixels += pixels
                self._freed.notify()


class Runtime:
    """The objects that live as long as the server."""

    def __init__(self, settings: ApiSettings, make_reader: Callable[[], DigitReader]) -> None:
        """Create the objects; the network is not loaded yet."""
        self.settings = settings
        self.loader = ModelLoader(make_reader, settings.retry_s)
        self.pool = WorkPool(settings.workers, settings.max_in_flight, settings.answer_timeout_s)
        self.pixels = PixelBudget(settings.max_decoded_pixels)
        self.metrics = Metrics(lambda: self.pool.in_flight, lambda: self.loader.is_loaded)


def runtime_of(request: Request) -> Runtime:
    """The runtime of the app that received the request."""
    runtime: Runtime = request.app.state.runtime
    return runtime


RuntimeDependency = Annotated[Runtime, Depends(runtime_of)]
