"""What one visitor's session remembers, typed. Never shared between visitors."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from typing import Any, TypeVar

import streamlit as st

from digitscope.types import Background, Explanation, Reading, UInt8Array

STATE_KEY = "digitscope_state"
READINGS_KEPT = 6  # a reading holds its eleven pictures: a few megabytes
OUTCOMES_KEPT = 200  # a line of the table: a few kilobytes

Kept = TypeVar("Kept")


@dataclass(frozen=True)
class Picture:
    """A picture as the visitor gave it.

    Attributes:
        data: the file's bytes, whatever they may be.
        name: what to call it on the page.
        label: the digit that it is known to show, or None.
    """

    data: bytes
    name: str
    label: int | None = None

    @cached_property
    def fingerprint(self) -> str:
        """The same for the same bytes."""
        return sha256(self.data).hexdigest()


@dataclass(frozen=True)
class Options:
    """How a picture is to be read.

    Attributes:
        tta: look five times.
        background: the way to tell the digit from its ground.
        force: ask the network even about a shape that cannot be a digit.
    """

    tta: bool = False
    background: Background = Background.AUTO
    force: bool = False


@dataclass(frozen=True)
class Outcome:
    """One line of the table of files.

    Attributes:
        thumbnail: the picture, small, as a ``data:`` address; "" where it is none.
        digit: the answer, or None.
        confidence: of the answer, 0..1, or None.
        reason: why there is no answer, for people; "" where there is one.
    """

    thumbnail: str
    digit: int | None
    confidence: float | None
    reason: str


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
    """Everything that one session keeps between two runs of a page.

    Attributes:
        uploads: the files, in the order given; one of them may be an example.
        is_example: the upload is one of our examples.
        photo: what the camera took.
        tile_number: which of the MNIST tiles is shown; None before the first.
        rank: how hard the tile shown is: 0 is the hardest.
        last_tile: the latest digit read, (28, 28), for the Architecture page.
    """

    uploads: list[Picture] = field(default_factory=list)
    is_example: bool = False
    photo: Picture | None = None
    drawing: Drawing = field(default_factory=Drawing)
    tile_number: int | None = None
    rank: int = 0
    last_tile: UInt8Array | None = None
    readings: OrderedDict[tuple[str, Options], Reading] = field(default_factory=OrderedDict)
    explanations: OrderedDict[tuple[str, Options], Explanation | None] = field(
        default_factory=OrderedDict
    )
    outcomes: OrderedDict[tuple[str, Options, str], Outcome] = field(default_factory=OrderedDict)

    def remembered(
        self, picture: Picture, options: Options, make: Callable[[], Reading]
    ) -> Reading:
        """The reading of this picture with these options, made only if it is new."""
        return _recalled(self.readings, (picture.fingerprint, options), make, READINGS_KEPT)

    def knows_reading(self, picture: Picture, options: Options) -> bool:
        """Whether the answer to this picture with these options is there already."""
        return (picture.fingerprint, options) in self.readings

    def remembered_explanation(
        self, picture: Picture, options: Options, make: Callable[[], Explanation | None]
    ) -> Explanation | None:
        """What spoke for the answer to this picture, worked out only if it is new."""
        return _recalled(self.explanations, (picture.fingerprint, options), make, READINGS_KEPT)

    def knows_outcome(self, picture: Picture, options: Options, language: str) -> bool:
        """Whether the line of this picture in the table needs no reading."""
        return (picture.fingerprint, options, language) in self.outcomes

    def remembered_outcome(
        self, picture: Picture, options: Options, language: str, make: Callable[[], Outcome]
    ) -> Outcome:
        """The line of this picture in the table, made only if it is new."""
        key = (picture.fingerprint, options, language)
        return _recalled(self.outcomes, key, make, OUTCOMES_KEPT)


def _recalled(
    store: OrderedDict[Any, Kept], key: object, make: Callable[[], Kept], most: int
) -> Kept:
    """What is stored under `key`, made if it is new; the least recently used goes."""
    if key not in store:
        store[key] = make()
    store.move_to_end(key)
    while len(store) > most:
        store.popitem(last=False)
    return store[key]


def app_state() -> AppState:
    """This session's memory, made on first use."""
    if STATE_KEY not in st.session_state:
        st.session_state[STATE_KEY] = AppState()
    state: AppState = st.session_state[STATE_KEY]
    return state
