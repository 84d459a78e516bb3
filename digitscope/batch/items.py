"""An item: one picture to be read, which any process or machine can load."""

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
# Digitscope cannot read these. They still get a row, whose error says what to do.
UNREADABLE_SUFFIXES = frozenset((".heic", ".heif", ".avif"))
MAX_BYTES = 2**28  # limit for a picture in an archive or at an address, which may be endless


@dataclass(frozen=True)
class Item:
    """One picture to be read.

    Attributes:
        name: value of the column ``file``.
        load: returns the input of a reader; it can be pickled. It raises InvalidImageError if the
            picture cannot be loaded.
    """

    name: str
    load: Callable[[], ImageSource]


def suffix_of(name: str) -> str:
    """The file extension in lower case, with its dot, or ""."""
    found = re.search(r"\.[^./\\]+$", name)
    return found[0].lower() if found else ""


def is_picture_name(name: str) -> bool:
    """Whether a file in a folder, an archive or a bucket counts as a picture."""
    return suffix_of(name) in PICTURE_SUFFIXES | UNREADABLE_SUFFIXES


def path_item(path: Path) -> Iterator[Item]:
    """Yield a file on this machine as one item, or as one item for each page."""
    return expand_pages(str(path), partial(Path, path.absolute()))  # for any working directory


def failed_item(name: str, expected: str, error: Exception) -> Item:
    """An item for a source that cannot be opened or read to its end; its row has the error."""
    return Item(name, partial(_fail, f"{expected} is expected. Received: {name} ({error})."))


def _fail(text: str) -> ImageSource:
    raise InvalidImageError(text)


def check_size(content: bytes) -> bytes:
    """Return the content, of which the caller read at most `MAX_BYTES` + 1 bytes.

    Raises:
        InvalidImageError: the content is larger than `MAX_BYTES`.
    """
    if len(content) > MAX_BYTES:
        raise InvalidImageError(
            "The file is too large: at most {limit} MB can be read from an archive or an address.",
            limit=MAX_BYTES // 2**20,
        )
    return content


def expand_pages(name: str, load: Callable[[], Path | bytes]) -> Iterator[Item]:
    """Yield one item, or one for each page: of any PDF, and of a TIFF with several pages.

    If the pages cannot be counted, there is one item, and its row has the error.
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
    """The number of pages; None if the file is one picture or cannot be opened."""
    try:
        return PAGE_COUNTERS[suffix](load())
    except InvalidImageError:
        return None
