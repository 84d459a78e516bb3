"""An item: one picture to be read, and how to get at it from any process or machine."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from digitscope.batch.pages import PAGE_COUNTERS, PAGE_OPENERS
from digitscope.errors import InvalidImageError
from digitscope.image_io import ImageSource

IMAGE_SUFFIXES = (".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".mpo", ".webp", ".gif", ".bmp", ".dib")
PICTURE_SUFFIXES = frozenset((*IMAGE_SUFFIXES, *PAGE_COUNTERS))
# These give a row that says what to do, where a folder with nothing but such files would give none.
UNREADABLE_SUFFIXES = frozenset((".heic", ".heif", ".avif"))
MAX_BYTES = 2**28  # of one picture in an archive or at an address; one may claim to be endless


@dataclass(frozen=True)
class Item:
    """One picture to be read.

    Attributes:
        name: what stands in the column ``file``.
        load: gives what a reader takes; it can be sent to another process. It raises
            InvalidImageError where the picture cannot be had.
    """

    name: str
    load: Callable[[], ImageSource]


def suffix_of(name: str) -> str:
    """The ending of a file's name in small letters, with its dot, or ""."""
    found = re.search(r"\.[^./\\]+$", name)
    return found[0].lower() if found else ""


def is_picture_name(name: str) -> bool:
    """Whether a file found in a folder, an archive or a bucket is taken as a picture."""
    return suffix_of(name) in PICTURE_SUFFIXES | UNREADABLE_SUFFIXES


def path_item(path: Path) -> Iterator[Item]:
    """A file on this machine: one item, or one a page."""
    return expand_pages(str(path), partial(Path, path.absolute()))  # from any folder


def failed_item(name: str, expected: str, error: Exception) -> Item:
    """A source that cannot be opened, or not to its end: one row that says so."""
    return Item(name, partial(_fail, f"{expected} is expected. Received: {name} ({error})."))


def _fail(text: str) -> ImageSource:
    raise InvalidImageError(text)


def check_size(content: bytes) -> bytes:
    """Give the content back, of which at most a byte more than `MAX_BYTES` was read.

    Raises:
        InvalidImageError: it is larger than that.
    """
    if len(content) > MAX_BYTES:
        raise InvalidImageError(
            "The file is too large: at most {limit} MB can be read from an archive or an address.",
            limit=MAX_BYTES // 2**20,
        )
    return content


def expand_pages(name: str, load: Callable[[], Path | bytes]) -> Iterator[Item]:
    """One item, or one a page: of a PDF always, of a TIFF where it has several.

    A file whose pages cannot be counted is one item, which says why when it is read.
    """
    suffix = suffix_of(name)
    if suffix not in PAGE_COUNTERS:
        yield Item(name, load)
        return
    pages = _count_pages(load, suffix)
    if pages is None:
        yield Item(name, load if suffix != ".pdf" else partial(PAGE_OPENERS[suffix], load, 0))
    for page in range(pages or 0):
        yield Item(f"{name}#page={page + 1}", partial(PAGE_OPENERS[suffix], load, page))


def _count_pages(load: Callable[[], Path | bytes], suffix: str) -> int | None:
    """How many pages there are; None where the file is read as it is, or cannot be opened."""
    try:
        return PAGE_COUNTERS[suffix](load())
    except InvalidImageError:
        return None
