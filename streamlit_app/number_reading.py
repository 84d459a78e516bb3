"""Reads the numbers of a picture, and caches the answer in the session."""

from __future__ import annotations

from collections.abc import Callable

from streamlit_app.reading import reading_allowed
from streamlit_app.resources import answering_network
from streamlit_app.state import NumberAnswer, Options, Picture, app_state


def read_numbers(
    picture: Picture, options: Options, *, tell_wait: Callable[[], None] | None = None
) -> NumberAnswer:
    """Read all numbers of a picture, or return the cached answer; see `reading.read`.

    Raises:
        InvalidImageError: the bytes are no picture; visitors may see the message.
        ModelUnavailableError: the network's file is missing or broken.
    """

    def make() -> NumberAnswer:
        network = answering_network()
        with reading_allowed(tell_wait):
            opened = app_state().decode(picture)
            reading = network.reader.read_numbers(opened, background=options.background)
            return NumberAnswer(reading, network.engine, options)

    return app_state().answers.get((picture.fingerprint, options), make)
