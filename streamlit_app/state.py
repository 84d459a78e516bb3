"""What one visitor's session remembers, typed. Never shared between visitors."""

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
        data: the file's bytes, whatever they may be.
        title: what to call it on the page, in the visitor's language.
        label: the digit that it is known to show, or None.
        number: tells two files with the same content apart.
    """

    data: bytes
    title: Callable[[], str] = field(compare=False)
    label: int | None = None
    number: str = field(default_factory=lambda: uuid4().hex, compare=False)

    @classmethod
    def from_file(cls, data: bytes, file_name: str) -> Picture:
        """A picture that is called as its file is."""
        return cls(data, lambda: file_name)

    @property
    def name(self) -> str:
        """What to call it on the page."""
        return self.title()

    @cached_property
    def fingerprint(self) -> str:
        """The same for the same bytes."""
        return sha256(self.data).hexdigest()


@dataclass(frozen=True)
class Options:
    """How a picture is to be read.

    Attributes:
        tta: test-time augmentation: look five times.
        background: the way to tell the digit from its ground.
        force: ask the network even about a shape that cannot be a digit.
        numbers: read all numbers of the picture, not one digit.
    """

    tta: bool = False
    background: Background = Background.AUTO
    force: bool = False
    numbers: bool = False


@dataclass(frozen=True, eq=False)
class Answer:
    """What came of reading a picture.

    Attributes:
        reading: the core's reading.
        engine: which network computed: ``keras`` or ``onnxruntime``.
        options: how the picture was read.
    """

    reading: Reading
    engine: str
    options: Options


@dataclass(frozen=True, eq=False)
class NumberAnswer:
    """What came of reading the numbers of a picture; the attributes are those of `Answer`."""

    reading: NumberReading
    engine: str
    options: Options


@dataclass(frozen=True)
class Row:
    """One line of the table of files.

    Attributes:
        thumbnail: the picture, small, as a ``data:`` address; "" where it is none.
        reading: the reading as plain data, see `digitscope.serialization`.
        why: says why there is no answer, in the visitor's language; "" where there is one.
    """

    thumbnail: str
    reading: dict[str, Any]
    why: Callable[[], str]


@dataclass
class Drawing:
    """The drawing pad's memory; survives a page change.

    Attributes:
        strokes: the canvas' objects, oldest first.
        png: the canvas as it looked with these strokes; None before the first.
        seed: the strokes that the canvas was last told to start from.
        revision: goes up whenever the canvas must take `seed` anew.
        outdated_png: what the canvas goes on to report until it has taken the seed.
        reports_taken: number of the pad's last report.
        is_whole_page_run: the page runs as a whole, not the pad's part alone.
        is_pen_down: a stroke is being drawn at this moment.
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
        """Tell the canvas to show exactly these strokes; it answers a moment later."""
        self.seed, self.revision = strokes, self.revision + 1
        self.strokes, self.outdated_png = strokes, self.png

    def take(self, strokes: list[dict[str, Any]], png: bytes) -> None:
        """Remember what the canvas shows, unless it still shows what was to go."""
        if png != self.outdated_png:
            self.strokes, self.png, self.outdated_png = strokes, png, None


class Cache:
    """Remembers the latest results by key; the one that was not used for longest goes first.

    A page that is run again while its former run still computes waits for that run's result: two
    runs of one session may overlap.
    """

    def __init__(self, size: int) -> None:
        """Remember at most `size` results."""
        self._size = size
        self._results: OrderedDict[object, Any] = OrderedDict()
        self._lock = threading.RLock()

    def __contains__(self, key: object) -> bool:
        """Whether the result is there already."""
        return key in self._results

    def __len__(self) -> int:
        """How many results there are."""
        return len(self._results)

    def get(self, key: object, make: Callable[[], T]) -> T:
        """The result under `key`, made if it is new."""
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
        is_example: the upload is one of our examples.
        refused_upload: how many files and bytes were refused as too many, or None.
        photo: what the camera took.
        rank: how hard the tile shown is: 0 is the hardest.
        last_tile: the latest digit read, (28, 28), for the Architecture page.
        decoded: the latest picture opened: one decoding serves all that is asked of it.
        answers, explanations: by picture and options.
        rows: of the table of files, by picture and options.
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
        """The picture opened, upright RGB.

        Raises:
            InvalidImageError: the bytes are no picture; the text is fit for a person.
        """
        return self.decoded.get(picture.fingerprint, lambda: image_io.load_picture(picture.data))


def app_state() -> AppState:
    """This session's memory, made on first use."""
    if STATE_KEY not in st.session_state:
        st.session_state[STATE_KEY] = AppState()
    state: AppState = st.session_state[STATE_KEY]
    return state
