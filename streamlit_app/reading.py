"""Reads a visitor's picture with given options, and caches the answer in the session."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from digitscope.types import Explanation
from streamlit_app.memory import release_freed
from streamlit_app.resources import answering_network, explaining_reader
from streamlit_app.settings import load_settings
from streamlit_app.state import Answer, Options, Picture, app_state


def read(
    picture: Picture, options: Options, *, tell_wait: Callable[[], None] | None = None
) -> Answer:
    """Read a picture, or return the cached answer.

    Args:
        picture: the visitor's picture.
        options: how to read it.
        tell_wait: called if the picture has to wait, because the server reads its maximum already.

    Raises:
        InvalidImageError: the bytes are no picture; visitors may see the message.
        ModelUnavailableError: the network's file is missing or broken.
    """

    def make() -> Answer:
        network = answering_network()
        with reading_allowed(tell_wait):
            reading = network.reader.read(
                app_state().decode(picture),
                tta=options.tta,
                background=options.background,
                force=options.force,
            )
            return Answer(reading, network.engine, options)

    return app_state().answers.get((picture.fingerprint, options), make)


def is_read(picture: Picture, options: Options) -> bool:
    """Whether the answer to this picture with these options is cached."""
    return (picture.fingerprint, options) in app_state().answers


def explain(picture: Picture, answer: Answer) -> Explanation | None:
    """Explain the answer to a picture, or return the cached explanation; None without a tile."""

    def make() -> Explanation | None:
        with reading_allowed():
            return explaining_reader().explain(answer.reading)

    return app_state().explanations.get((picture.fingerprint, answer.options), make)


@functools.cache
def _places(count: int) -> threading.BoundedSemaphore:
    """The server's semaphore for the pictures that are read at the same time."""
    return threading.BoundedSemaphore(count)


@contextmanager
def reading_allowed(tell_wait: Callable[[], None] | None = None) -> Iterator[None]:
    """Hold the server's semaphore for reading; call `tell_wait` first if that has to wait."""
    places = _places(load_settings().max_reads)
    if not places.acquire(blocking=False):
        if tell_wait is not None:
            tell_wait()
        places.acquire()
    try:
        yield
    finally:
        places.release()
        release_freed()
