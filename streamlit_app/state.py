"""The state of one visitor's session, never shared between visitors."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from typing import Any, TypeVar
from uuid import uuid4

import streamlit as st

from digitscope import image_io
from digitscope.number_types import NumberReading
from digitscope.types import Background, Reading, UInt8Array

STATE_KEY = "digitscope_state"
ANSWERS_KEPT = 6  # an answer holds the picture at working size: a few megabytes
ROWS_KEPT = 200  # a row of the table: a few kilobytes

T = TypeVar("T")


@dataclass(frozen=True)
class Picture:
    """A picture as the visitor gave it.

    Attributes:
        data: the file's bytes, not checked.
        title: returns its name on the page, in the visitor's language.
        label: the digit that it is known to show, or None.
        number: unique id; it differs for two files with the same content.
    """

    data: bytes
    title: Callable[[], str] = field(compare=False)
    label: int | None = None
    number: str = field(default_factory=lambda: uuid4().hex, compare=False)

    @classmethod
    def from_file(cls, data: bytes, file_name: str) -> Picture:
        """A picture with the name of its file."""
        return cls(data, lambda: file_name)

    @property
    def name(self) -> str:
        """Its name on the page."""
        return self.title()

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of the bytes."""
        return sha256(self.data).hexdigest()


@dataclass(frozen=True)
class Options:
    """How a picture is to be read.

    Attributes:
        tta: test-time augmentation: read the tile at five rotations.
        background: method of background removal.
        force: run the network even on a shape that cannot be a digit.
        numbers: read all numbers of the picture, not one digit.
    """

    tta: bool = False
    background: Background = Background.AUTO
    force: bool = False
    numbers: bool = False


@dataclass(frozen=True, eq=False)
class Answer:
    """The result of reading a picture.

    Attributes:
        reading: the core's reading.
        engine: library that ran the network: ``keras`` or ``onnxruntime``.
        options: how the picture was read.
    """

    reading: Reading
    engine: str
    options: Options


@dataclass(frozen=True, eq=False)
class NumberAnswer:
    """The result of reading the numbers of a picture; the attributes are those of `Answer`."""

    reading: NumberReading
    engine: str
    options: Options


@dataclass(frozen=True)
class Row:
    """One row of the table of files.

    Attributes:
        thumbnail: the picture, small, as a ``data:`` URL; "" if it cannot be opened.
        reading: the reading as a dict, see `digitscope.serialization`.
        why: returns why there is no answer, in the visitor's language; "" if there is one.
    """

    thumbnail: str
    reading: dict[str, Any]
    why: Callable[[], str]


@dataclass
class Drawing:
    """The state of the drawing pad; survives a page change.

    Attributes:
        strokes: the strokes on the canvas, oldest first.
        png: the canvas with these strokes, as PNG; None before the first.
        seed: the strokes that the canvas was last told to show.
        revision: increases whenever the canvas must show `seed` again.
        outdated_png: the picture that the canvas still reports until it shows the seed.
        reports_taken: number of the last report received from the pad.
        is_whole_page_run: whether the whole page runs, not the pad's fragment alone.
        is_pen_down: whether a stroke is being drawn.
    """

    strokes: list[dict[str, Any]] = field(default_factory=list)
    png: bytes | None = None
    seed: list[dict[str, Any]] = field(default_factory=list)
    revision: int = 0
    outdated_png: bytes | None = None
    reports_taken: int = 0
    is_pen_down: bool = False
    is_whole_page_run: bool = False

    @contextmanager
    def whole_page_run(self) -> Iterator[None]:
        """Mark a run of the whole page."""
        self.is_whole_page_run = True
        try:
            yield
        finally:
            self.is_whole_page_run = False

    def restart_from(self, strokes: list[dict[str, Any]]) -> None:
        """Tell the canvas to show exactly these strokes; its report comes later."""
        self.seed, self.revision = strokes, self.revision + 1
        self.strokes, self.outdated_png = strokes, self.png

    def take(self, strokes: list[dict[str, Any]], png: bytes) -> None:
        """Store what the canvas shows, unless it still shows the outdated drawing."""
        if png != self.outdated_png:
            self.strokes, self.png, self.outdated_png = strokes, png, None


class Cache:
    """A cache of results by key that removes the least recently used one.

    Two runs of one session may overlap: the second waits while the first computes the result.
    """

    def __init__(self, size: int) -> None:
        """Keep at most `size` results."""
        self._size = size
        self._results: OrderedDict[object, Any] = OrderedDict()
        self._lock = threading.RLock()

    def __contains__(self, key: object) -> bool:
        """Whether the result of `key` is cached."""
        return key in self._results

    def __len__(self) -> int:
        """The number of cached results."""
        return len(self._results)

    def get(self, key: object, make: Callable[[], T]) -> T:
        """The result of `key`; `make` computes it if it is not cached."""
        with self._lock:
            result: T = self._results[key] if key in self._results else make()
            self._results[key] = result
            self._results.move_to_end(key)
            if len(self._results) > self._size:
                self._results.popitem(last=False)
            return result


@dataclass
class AppState:
    """Everything that one session keeps between two runs of a page.

    Attributes:
        language: what the visitor chose, or None.
        uploads: the files, in the order given; one of them may be an example.
        chosen: number of the upload that is shown large; None for the first.
        is_example: whether the upload is one of our examples.
        refused_upload: number of files and bytes that were refused as too many, or None.
        photo: the latest photo of the camera.
        rank: position of the shown MNIST tile in the list of tiles to browse.
        last_tile: tile of the latest digit read, (28, 28) uint8, for the Architecture page.
        decoded: the latest opened picture, so that it is decoded only once.
        answers, explanations: cached by picture and options.
        rows: rows of the table of files, cached by picture and options.
    """

    language: str | None = None
    uploads: list[Picture] = field(default_factory=list)
    chosen: str | None = None
    is_example: bool = False
    refused_upload: tuple[int, int] | None = None
    photo: Picture | None = None
    drawing: Drawing = field(default_factory=Drawing)
    rank: int = 0
    last_tile: UInt8Array | None = None
    decoded: Cache = field(default_factory=lambda: Cache(1))
    answers: Cache = field(default_factory=lambda: Cache(ANSWERS_KEPT))
    explanations: Cache = field(default_factory=lambda: Cache(ANSWERS_KEPT))
    rows: Cache = field(default_factory=lambda: Cache(ROWS_KEPT))

    def decode(self, picture: Picture) -> image_io.Picture:
        """The opened picture, upright RGB.

        Raises:
            InvalidImageError: the bytes are no picture; visitors may see the message.
        """
        return self.decoded.get(picture.fingerprint, lambda: image_io.load_picture(picture.data))


def app_state() -> AppState:
    """The state of this session, created on first use."""
    if STATE_KEY not in st.session_state:
        st.session_state[STATE_KEY] = AppState()
    state: AppState = st.session_state[STATE_KEY]
    return state
