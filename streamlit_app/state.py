"""What one visitor's session remembers, typed. Never shared between visitors."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import streamlit as st

from digitscope.types import Background, Reading

STATE_KEY = "digitscope_state"
READINGS_KEPT = 6  # a reading holds its eleven pictures: a few megabytes


@dataclass(frozen=True)
class Picture:
    """A picture as the visitor gave it.

    Attributes:
        data: the file's bytes, whatever they may be.
        name: what to call it on the page.
    """

    data: bytes
    name: str

    @property
    def fingerprint(self) -> str:
        """The same for the same bytes."""
        return sha256(self.data).hexdigest()


@dataclass(frozen=True)
class Options:
    """How a picture is to be read."""

    tta: bool = False
    background: Background = Background.AUTO


@dataclass
class Drawing:
    """The drawing pad's memory; survives a page change.

    Attributes:
        strokes: the canvas' objects, oldest first.
        png: the canvas as it looked with these strokes; None before the first.
        seed: the strokes that the canvas was last told to start from.
        revision: goes up whenever the canvas must take `seed` anew.
        outdated_png: what the canvas goes on to report until it has taken the seed.
    """

    strokes: list[dict[str, Any]] = field(default_factory=list)
    png: bytes | None = None
    seed: list[dict[str, Any]] = field(default_factory=list)
    revision: int = 0
    outdated_png: bytes | None = None

    def restart_from(self, strokes: list[dict[str, Any]]) -> None:
        """Tell the canvas to show exactly these strokes; it answers a moment later."""
        self.seed, self.revision = strokes, self.revision + 1
        self.strokes, self.outdated_png = strokes, self.png

    def take(self, strokes: list[dict[str, Any]], png: bytes) -> None:
        """Remember what the canvas shows, unless it still shows what was to go."""
        if png != self.outdated_png:
            self.strokes, self.png, self.outdated_png = strokes, png, None


@dataclass
class AppState:
    """Everything that one session keeps between two runs of a page."""

    upload: Picture | None = None
    drawing: Drawing = field(default_factory=Drawing)
    readings: OrderedDict[tuple[str, Options], Reading] = field(default_factory=OrderedDict)

    def remembered(
        self, picture: Picture, options: Options, make: Callable[[], Reading]
    ) -> Reading:
        """The reading of this picture with these options, made only if it is new."""
        key = (picture.fingerprint, options)
        if key not in self.readings:
            self.readings[key] = make()
        self.readings.move_to_end(key)
        while len(self.readings) > READINGS_KEPT:
            self.readings.popitem(last=False)
        return self.readings[key]


def app_state() -> AppState:
    """This session's memory, made on first use."""
    if STATE_KEY not in st.session_state:
        st.session_state[STATE_KEY] = AppState()
    state: AppState = st.session_state[STATE_KEY]
    return state
