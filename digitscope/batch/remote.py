"""Pictures in a bucket (``s3://``, ``gs://``, with pyarrow) or at a URL (``https://``)."""

from __future__ import annotations

import http.client
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from digitscope.batch.errors import require_package
from digitscope.batch.items import (
    MAX_BYTES,
    Item,
    check_size,
    expand_pages,
    failed_item,
    is_picture_name,
)
from digitscope.errors import InvalidImageError

if TYPE_CHECKING:
    from pyarrow import fs

BUCKET_SCHEMES = ("s3://", "gs://")
WEB_SCHEMES = ("https://", "http://")
SCHEMES = (*BUCKET_SCHEMES, *WEB_SCHEMES)
TIMEOUT_S = 30.0
TRIES, PAUSE_S = 3, 1.0  # retries, because a server may be busy for a moment


@dataclass(frozen=True)
class Bucket:
    """A bucket, and how to connect to it.

    Attributes:
        scheme: ``s3`` or ``gs``.
        name: the bucket's name.
        login: ``key:word@``, or "".
        options: options of pyarrow, including the ``?``, or "".
    """

    scheme: str
    name: str
    login: str = ""
    options: str = ""


def split_address(address: str) -> tuple[Bucket, str]:
    """Split an address into its bucket and the path in the bucket.

    >>> split_address("s3://key:word@scans/1931/?region=eu")
    (Bucket(scheme='s3', name='scans', login='key:word@', options='?region=eu'), '1931')
    """
    plain, mark, options = address.partition("?")
    scheme, _, path = plain.partition("://")
    authority, _, inside = path.partition("/")
    login, at, name = authority.rpartition("@")
    return Bucket(scheme, name, login + at, mark + options), inside.strip("/")


def without_secrets(address: str) -> str:
    """Remove login and options from a bucket's address, so that it may be shown and stored.

    >>> without_secrets("s3://key:word@scans/1931?region=eu")
    's3://scans/1931'
    """
    if not address.startswith(BUCKET_SCHEMES):
        return address
    bucket, inside = split_address(address)
    return f"{bucket.scheme}://{bucket.name}/{inside}"


def iter_remote(address: str) -> Iterator[Item]:
    """Yield the file at an address, or all pictures of a bucket's folder, sorted by name.

    Raises:
        BatchError: pyarrow is missing.
    """
    if address.startswith(WEB_SCHEMES):
        yield from expand_pages(address, partial(read_web, address))
        return
    require_package("pyarrow", "A bucket")
    try:
        yield from _iter_bucket(address)
    except OSError as error:
        yield failed_item(without_secrets(address), "A bucket that can be listed", error)


def _iter_bucket(address: str) -> Iterator[Item]:
    from pyarrow import fs

    bucket, inside = split_address(address)
    files = connect(bucket)
    root = f"{bucket.name}/{inside}".rstrip("/")
    is_file = files.get_file_info(root).type == fs.FileType.File
    for path in [root] if is_file else _walk(files, root):
        yield from expand_pages(f"{bucket.scheme}://{path}", partial(read_bucket, bucket, path))


def _walk(files: fs.FileSystem, folder: str) -> Iterator[str]:
    """Yield all pictures below a folder, sorted; one folder's list is in memory at a time."""
    from pyarrow import fs

    for one in sorted(files.get_file_info(fs.FileSelector(folder)), key=lambda one: one.path):
        if one.type == fs.FileType.Directory:
            yield from _walk(files, one.path)
        elif is_picture_name(one.base_name):
            yield one.path


@lru_cache(maxsize=8)
def connect(bucket: Bucket) -> fs.FileSystem:
    """The file system of a bucket; one connection for all its files."""
    from pyarrow import fs

    address = f"{bucket.scheme}://{bucket.login}{bucket.name}{bucket.options}"
    return fs.FileSystem.from_uri(address)[0]


def read_bucket(bucket: Bucket, path: str) -> bytes:
    """Read the bytes of a file; `path` begins with the bucket's name.

    Raises:
        InvalidImageError: the file cannot be read.
    """
    try:
        with connect(bucket).open_input_stream(path) as stream:
            return check_size(stream.read(MAX_BYTES + 1))
    except OSError as error:
        raise InvalidImageError(
            "Expected a file in a bucket. Received: {cause}.", cause=str(error)
        ) from error


def read_web(address: str) -> bytes:
    """Read the bytes at a URL; a failed attempt is repeated twice.

    Raises:
        InvalidImageError: the file cannot be read.
    """
    for left in reversed(range(TRIES)):
        try:
            # The scheme was checked when the item was made: it is never file://.
            with urllib.request.urlopen(address, timeout=TIMEOUT_S) as stream:  # noqa: S310
                return check_size(stream.read(MAX_BYTES + 1))
        except (OSError, http.client.HTTPException, ValueError) as error:
            is_final = isinstance(error, urllib.error.HTTPError) and error.code < 500
            if not left or is_final:
                raise InvalidImageError(
                    "Expected a picture at this address. Received: {cause}.", cause=str(error)
                ) from error
            time.sleep(PAUSE_S)
    raise AssertionError("the last try answers or raises")
