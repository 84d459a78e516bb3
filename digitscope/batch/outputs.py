"""Rows as a file: CSV and Parquet with flat columns, JSON lines as they are.

| column | value |
| --- | --- |
| ``file status digit confidence reason quality background ms error notice`` | as in the row; |
| | ``quality`` is the score |
| ``quality_level`` and so on | the factors of the score |
| ``left top right bottom`` | the digit in the given picture, px |
| ``p0`` to ``p9`` | the ten probabilities |
| ``NAME NAME_confidence NAME_reason`` | with boxes: the digit of each field |
"""

from __future__ import annotations

import csv
import dataclasses
import json
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from digitscope.batch.errors import BatchError, require_package
from digitscope.batch.rows import Row
from digitscope.types import CLASSES, Quality

if TYPE_CHECKING:
    import pyarrow as pa

Cell: TypeAlias = str | int | float | None

MAIN_COLUMNS = (
    "file",
    "status",
    "digit",
    "confidence",
    "reason",
    "quality",
    "background",
    "ms",
    "error",
    "notice",
)
FACTORS = tuple(one.name for one in dataclasses.fields(Quality) if one.name != "score")
FIELD_COLUMNS = ("", "_confidence", "_reason")  # behind the name of a form's field
BOX_COLUMNS = ("left", "top", "right", "bottom")
INTEGERS = {"digit", "quality_size_px", *BOX_COLUMNS}
TEXTS = {"file", "status", "reason", "background", "error", "notice", "quality_level"}
ROW_GROUP = 10_000  # rows of a Parquet file that are in memory at once


def check_output(path: Path, fields: Sequence[str] = ()) -> None:
    """Check a file's ending, its columns and the package that writes it, before a picture is read.

    Raises:
        BatchError: it cannot be written.
    """
    if path.suffix not in WRITERS:
        raise BatchError(
            f"A file that ends in {', '.join(WRITERS)} is expected for the rows. Received: {path}."
        )
    if path.is_dir():
        raise BatchError(f"A file is expected for the rows. Received: the folder {path}.")
    columns = [*MAIN_COLUMNS, *(f"{name}{end}" for name in fields for end in FIELD_COLUMNS)]
    if len(set(columns)) < len(columns):
        raise BatchError(
            f"Fields are expected whose columns have other names than {', '.join(MAIN_COLUMNS)} "
            f"and than each other. Received: {', '.join(fields)}."
        )
    if path.suffix == ".parquet":
        require_package("pyarrow", "Writing Parquet")


def write_rows(path: Path, rows: Iterable[Row], fields: Sequence[str] = ()) -> None:
    """Write rows to a file; it is replaced when the new one is complete.

    Args:
        path: its ending says how.
        rows: read one after the other.
        fields: the names of a form's fields.

    Raises:
        OSError: it cannot be written.
    """
    unfinished = path.with_name(path.name + ".tmp")
    WRITERS[path.suffix](unfinished, rows, fields)
    unfinished.replace(path)


def flatten(row: Row, fields: Sequence[str]) -> dict[str, Cell]:
    """Bring a row to one cell a column, the columns always in the same order."""
    quality = row["quality"] or {}
    flat: dict[str, Any] = {name: row[name] for name in MAIN_COLUMNS}
    flat["quality"] = quality.get("score")
    if fields:
        return _printable(flat | _field_cells(row, fields))
    flat |= {f"quality_{name}": quality.get(name) for name in FACTORS}
    flat |= dict(zip(BOX_COLUMNS, row["box_xyxy"] or [None] * 4, strict=True))
    ten = row["probabilities"] or [None] * CLASSES
    return _printable(flat | {f"p{digit}": value for digit, value in enumerate(ten)})


def _field_cells(row: Row, fields: Sequence[str]) -> dict[str, Cell]:
    cells: dict[str, Cell] = {}
    for name in fields:
        read = row["fields"].get(name, {})
        values = read.get("digit"), read.get("confidence"), read.get("reason")
        cells |= {f"{name}{end}": value for end, value in zip(FIELD_COLUMNS, values, strict=True)}
    return cells


def _printable(flat: dict[str, Any]) -> dict[str, Cell]:
    """File names may be any bytes; what is no text is written as its number."""
    return {
        name: value.encode("utf-8", "backslashreplace").decode()
        if isinstance(value, str)
        else value
        for name, value in flat.items()
    }


def _write_csv(path: Path, rows: Iterable[Row], fields: Sequence[str]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, _columns(fields))
        writer.writeheader()
        writer.writerows(flatten(row, fields) for row in rows)


def _write_jsonl(path: Path, rows: Iterable[Row], _: Sequence[str]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        stream.writelines(json.dumps(without_thumbnails(row)) + "\n" for row in rows)


def without_thumbnails(row: Row) -> Row:
    """The row as it is written."""
    kept = {name: value for name, value in row.items() if name != "thumbnail"}
    if "fields" in kept:
        kept["fields"] = {name: without_thumbnails(one) for name, one in row["fields"].items()}
    return kept


def _write_parquet(path: Path, rows: Iterable[Row], fields: Sequence[str]) -> None:
    from pyarrow import parquet

    waiting = iter(rows)
    with parquet.ParquetWriter(path, to_table([], fields).schema) as writer:
        while group := list(islice(waiting, ROW_GROUP)):
            writer.write_table(to_table(group, fields))


def to_table(rows: Iterable[Row], fields: Sequence[str]) -> pa.Table:
    """Rows as a table of pyarrow, which has the same columns and types for any rows."""
    import pyarrow as pa

    schema = pa.schema([(name, _arrow_type(name, fields)) for name in _columns(fields)])
    return pa.Table.from_pylist([flatten(row, fields) for row in rows], schema)


def _columns(fields: Sequence[str]) -> list[str]:
    nothing = dict.fromkeys((*MAIN_COLUMNS, "box_xyxy", "probabilities")) | {"fields": {}}
    return list(flatten(nothing, fields))


def _arrow_type(column: str, fields: Sequence[str]) -> Any:
    import pyarrow as pa

    if column in TEXTS or column in {f"{name}_reason" for name in fields}:
        return pa.string()
    return pa.int32() if column in INTEGERS or column in fields else pa.float64()


WRITERS: dict[str, Callable[[Path, Iterable[Row], Sequence[str]], None]] = {
    ".csv": _write_csv,
    ".jsonl": _write_jsonl,
    ".parquet": _write_parquet,
}
