"""Reads pictures in zip and tar files, without unpacking them to disk."""

from __future__ import annotations

import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from functools import lru_cache, partial
from pathlib import Path

from digitscope.batch.items import (
    MAX_BYTES,
    Item,
    check_size,
    expand_pages,
    failed_item,
    is_picture_name,
)
from digitscope.errors import InvalidImageError

ZIP_SUFFIXES = (".zip",)
TAR_SUFFIXES = (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz")
BROKEN_ZIP = (OSError, zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError)
BROKEN_TAR = (OSError, tarfile.TarError, zlib.error, EOFError)


def iter_zip(path: Path) -> Iterator[Item]:
    """Yield the pictures of a zip file, in its order; each is read when its item is loaded."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = [one.filename for one in archive.infolist() if not one.is_dir()]
    except BROKEN_ZIP as error:
        yield failed_item(str(path), "A zip file", error)
        return
    for name in filter(_is_wanted, names):
        yield from expand_pages(
            f"{path}/{name}", partial(read_zip_member, str(path.absolute()), name)
        )


def read_zip_member(path: str, name: str) -> bytes:
    """Read the bytes of one member.

    Raises:
        InvalidImageError: the member is damaged, too large or has a password.
    """
    try:
        with _opened_zip(path).open(name) as stream:
            return check_size(stream.read(MAX_BYTES + 1))
    except BROKEN_ZIP as error:
        raise InvalidImageError(
            "Expected a picture in a zip file. Received: {cause}.", cause=str(error)
        ) from error


@lru_cache(maxsize=1)
def _opened_zip(path: str) -> zipfile.ZipFile:
    """Keep the last zip file open, because reading its list of members may be slow."""
    return zipfile.ZipFile(path)


def iter_tar(path: Path) -> Iterator[Item]:
    """Yield the pictures of a tar file, compressed or not, in its order.

    The file is read once from start to end, with one member in memory at a time.
    """
    try:
        with tarfile.open(path, "r|*") as archive:
            for member in archive:
                archive.members = []  # type: ignore[attr-defined]  # else all are kept
                if member.isfile() and _is_wanted(member.name):
                    yield from _tar_items(archive, member, f"{path}/{member.name}")
    except BROKEN_TAR as error:
        yield failed_item(str(path), "A whole tar file", error)


def _tar_items(archive: tarfile.TarFile, member: tarfile.TarInfo, name: str) -> Iterator[Item]:
    stream = archive.extractfile(member)
    content = b"" if stream is None else stream.read(MAX_BYTES + 1)
    return expand_pages(name, partial(check_size, content))


def _is_wanted(name: str) -> bool:
    """Whether a member is a picture, and not a macOS metadata file."""
    return is_picture_name(name) and not name.startswith("__MACOSX/")
