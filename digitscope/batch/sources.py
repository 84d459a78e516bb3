"""Turns a user's sources into items, lazily and always in the same order.

| source | pictures |
| --- | --- |
| a folder | all files below it with a picture's extension, sorted by name, without hidden ones |
| a glob, such as ``"scans/**/*.png"`` | all matches, sorted by name |
| ``.zip``, ``.tar``, ``.tar.gz`` and the like | the members with a picture's extension |
| ``.txt`` | one path or address in each line |
| ``.csv`` | the column ``file``, ``path`` or ``url`` |
| ``.pdf``, ``.tif`` | each page |
| ``s3://``, ``gs://`` | a file, or all pictures of a folder |
| ``https://`` | the file |
| any other file | itself |
"""

from __future__ import annotations

import csv
import glob
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from digitscope.batch.archives import TAR_SUFFIXES, ZIP_SUFFIXES, iter_tar, iter_zip
from digitscope.batch.errors import BatchError
from digitscope.batch.items import Item, failed_item, is_picture_name, path_item
from digitscope.batch.remote import SCHEMES, iter_remote

LIST_SUFFIX, TABLE_SUFFIX = ".txt", ".csv"
PATH_COLUMNS = ("file", "path", "url")


def check_sources(sources: Sequence[str]) -> None:
    """Check that every source exists, before the first picture is read.

    Raises:
        BatchError: a source is missing.
    """
    for source in sources:
        if source.startswith(SCHEMES) or Path(source).exists():
            continue
        if not glob.has_magic(source):
            raise BatchError(
                "A folder, a file, an archive, a list, a glob or an address is expected. "
                f"Received: {source}, which does not exist. Check the path."
            )
        if next(_matches(source), None) is None:
            raise BatchError(f"A glob that matches files is expected. Received: {source}.")


def iter_items(sources: Sequence[str]) -> Iterator[Item]:
    """Yield all pictures of all sources lazily, so that their number is not limited.

    Raises:
        BatchError: a CSV file has no column with paths, or a package is missing.
    """
    for source in sources:
        yield from _iter_source(source)


def count_items(sources: Sequence[str]) -> int | None:
    """The number of pictures; None if counting would mean reading them."""
    slow = (*TAR_SUFFIXES, ".pdf")
    if any(one.startswith(SCHEMES) or one.lower().endswith(slow) for one in sources):
        return None
    return sum(1 for _ in iter_items(sources))


def _iter_source(source: str) -> Iterator[Item]:
    path = Path(source)
    if source.startswith(SCHEMES):
        return iter_remote(source)
    if path.is_dir():
        return _iter_folder(path)
    if not path.exists() and glob.has_magic(source):
        return _iter_glob(source)
    for suffixes, iter_file in FILE_KINDS.items():
        if source.lower().endswith(suffixes):
            return iter_file(path)
    return path_item(path)


def _iter_folder(folder: Path) -> Iterator[Item]:
    """Yield a folder's pictures, then those of its subfolders, each sorted by name."""
    try:
        with os.scandir(folder) as entries:
            found = sorted((one.is_dir(), one.name) for one in entries if one.name[0] != ".")
    except OSError as error:
        yield failed_item(str(folder), "A folder that can be listed", error)
        return
    for is_dir, name in found:
        if is_dir and not (folder / name).is_symlink():  # links may form a cycle
            yield from _iter_folder(folder / name)
        elif not is_dir and is_picture_name(name):
            yield from path_item(folder / name)


def _iter_glob(pattern: str) -> Iterator[Item]:
    for name in sorted(_matches(pattern)):
        if not Path(name).is_dir():
            yield from path_item(Path(name))


def _matches(pattern: str) -> Iterator[str]:
    return glob.iglob(pattern, recursive=True)  # noqa: PTH207 - Path.glob takes no absolute one


def _iter_list(path: Path) -> Iterator[Item]:
    with path.open(encoding="utf-8-sig", errors="surrogateescape") as lines:
        for line in lines:
            if name := line.rstrip("\r\n"):
                yield from _listed(name, path.parent)


def _iter_table(path: Path) -> Iterator[Item]:
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as lines:
        rows = csv.DictReader(lines)
        column = next((one for one in PATH_COLUMNS if one in (rows.fieldnames or ())), None)
        if column is None:
            raise BatchError(
                f"A column {', '.join(PATH_COLUMNS)} is expected in the first line of a CSV file. "
                f"Received: {path}."
            )
        for row in rows:
            if row[column]:
                yield from _listed(row[column], path.parent)


def _listed(name: str, folder: Path) -> Iterator[Item]:
    """Yield a listed path's items; it is relative to the list's folder or the current one."""
    if name.startswith(SCHEMES):
        return iter_remote(name)
    beside = folder / name
    return path_item(beside if beside.exists() else Path(name))


FILE_KINDS: dict[tuple[str, ...], Callable[[Path], Iterator[Item]]] = {
    ZIP_SUFFIXES: iter_zip,
    TAR_SUFFIXES: iter_tar,
    (LIST_SUFFIX,): _iter_list,
    (TABLE_SUFFIX,): _iter_table,
}
