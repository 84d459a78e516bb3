"""Reads what a visitor gives: a picture and options in, an answer out, each pair once a session."""

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
    """Read a picture, or recall the answer where nothing has changed.

    Args:
        picture: as it was given.
        options: how to read it.
        tell_wait: called where the server reads as many pictures as it may: this one has to wait.

    Raises:
        InvalidImageError: the bytes are no picture; the text is fit for a person.
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
    """Whether the answer to this picture with these options is there already."""
    return (picture.fingerprint, options) in app_state().answers


def explain(picture: Picture, answer: Answer) -> Explanation | None:
    """What spoke for the answer to a picture, or recall it; None where there is no tile."""

    def make() -> Explanation | None:
        with reading_allowed():
            return explaining_reader().explain(answer.reading)

    return app_state().explanations.get((picture.fingerprint, answer.options), make)


@functools.cache
def _places(count: int) -> threading.BoundedSemaphore:
    """The places for pictures that are read at the same time, on the whole server."""
    return threading.BoundedSemaphore(count)


@contextmanager
def reading_allowed(tell_wait: Callable[[], None] | None = None) -> Iterator[None]:
    """Take one of the server's places for reading; wait for one where all are taken."""
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
