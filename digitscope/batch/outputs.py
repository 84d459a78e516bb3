"""Writes rows to a file: CSV and Parquet with flat columns, JSON lines unchanged.

| column | value |
| --- | --- |
| ``file status digit confidence reason quality background ms error notice`` | as in the row; |
| | ``quality`` is the score |
| ``numbers`` | with whole numbers: their texts; ``confidence`` is the lowest of them |
| ``quality_level`` and so on | the factors of the score |
| ``left top right bottom`` | box of the digit in the original picture, px |
| ``p0`` to ``p9`` | the ten probabilities |
| ``NAME NAME_confidence NAME_reason`` | with boxes: the answer of each field |
"""

from __future__ import annotations

import csv
import dataclasses
import json
from collections.abc import Callable, Iterable
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from digitscope.batch.errors import BatchError, require_package
from digitscope.batch.rows import Row, RowOptions
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
FIELD_COLUMNS = ("", "_confidence", "_reason")  # suffixes of the name of a form's field
BOX_COLUMNS = ("left", "top", "right", "bottom")
INTEGERS = {"digit", "quality_size_px", *BOX_COLUMNS}
TEXTS = {"file", "status", "reason", "background", "error", "notice", "quality_level", "numbers"}
ROW_GROUP = 10_000  # rows of a Parquet file that are in memory at once


def check_output(path: Path, options: RowOptions) -> None:
    """Check a file's extension, its columns and the package needed, before a picture is read.

    Raises:
        BatchError: the file cannot be written.
    """
    if path.suffix not in WRITERS:
        raise BatchError(
            f"A file that ends in {', '.join(WRITERS)} is expected for the rows. Received: {path}."
        )
    if path.is_dir():
        raise BatchError(f"A file is expected for the rows. Received: the folder {path}.")
    columns = [*MAIN_COLUMNS, *(f"{name}{end}" for name in options.fields for end in FIELD_COLUMNS)]
    if len(set(columns)) < len(columns):
        raise BatchError(
            f"Fields are expected whose columns have other names than {', '.join(MAIN_COLUMNS)} "
            f"and than each other. Received: {', '.join(options.fields)}."
        )
    if path.suffix == ".parquet":
        require_package("pyarrow", "Writing Parquet")


def write_rows(path: Path, rows: Iterable[Row], options: RowOptions) -> None:
    """Write rows to a file; an existing file is replaced when the new one is complete.

    Args:
        path: output file; its extension sets the format.
        rows: the rows, consumed one after the other.
        options: how the rows were read; the columns depend on it.

    Raises:
        OSError: the file cannot be written.
    """
    unfinished = path.with_name(path.name + ".tmp")
    WRITERS[path.suffix](unfinished, rows, options)
    unfinished.replace(path)


def flatten(row: Row, options: RowOptions) -> dict[str, Cell]:
    """Convert a row to one cell for each column, with the columns always in the same order."""
    quality = row.get("quality") or {}
    flat: dict[str, Any] = {name: row.get(name) for name in MAIN_COLUMNS}
    flat["quality"] = quality.get("score")
    if options.fields:
        return _printable(flat | _field_cells(row, options))
    if options.numbers:
        flat["numbers"], flat["confidence"] = _answer(row)
        return _printable(flat)
    flat |= {f"quality_{name}": quality.get(name) for name in FACTORS}
    flat |= dict(zip(BOX_COLUMNS, row["box_xyxy"] or [None] * 4, strict=True))
    ten = row["probabilities"] or [None] * CLASSES
    return _printable(flat | {f"p{digit}": value for digit, value in enumerate(ten)})


def _answer(row: Row) -> tuple[Cell, Cell]:
    """The digit, or the numbers' texts joined by spaces; and the (lowest) confidence."""
    if "numbers" not in row:
        return row.get("digit"), row.get("confidence")
    texts = " ".join(number["text"] for number in row["numbers"])
    return texts or None, min((one["confidence"] for one in row["numbers"]), default=None)


def _field_cells(row: Row, options: RowOptions) -> dict[str, Cell]:
    cells: dict[str, Cell] = {}
    for name in options.fields:
        read = row["fields"].get(name, {})
        values = *_answer(read), read.get("reason")
        cells |= {f"{name}{end}": value for end, value in zip(FIELD_COLUMNS, values, strict=True)}
    return cells


def _printable(flat: dict[str, Any]) -> dict[str, Cell]:
    """Escape what UTF-8 cannot encode, because file names may contain any bytes."""
    return {
        name: value.encode("utf-8", "backslashreplace").decode()
        if isinstance(value, str)
        else value
        for name, value in flat.items()
    }


def _write_csv(path: Path, rows: Iterable[Row], options: RowOptions) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, _columns(options))
        writer.writeheader()
        writer.writerows(flatten(row, options) for row in rows)


def _write_jsonl(path: Path, rows: Iterable[Row], _: RowOptions) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        stream.writelines(json.dumps(without_thumbnails(row)) + "\n" for row in rows)


def without_thumbnails(row: Row) -> Row:
    """The row as it is written to JSON lines."""
    kept = {name: value for name, value in row.items() if name != "thumbnail"}
    if "fields" in kept:
        kept["fields"] = {name: without_thumbnails(one) for name, one in row["fields"].items()}
    return kept


def _write_parquet(path: Path, rows: Iterable[Row], options: RowOptions) -> None:
    from pyarrow import parquet

    waiting = iter(rows)
    with parquet.ParquetWriter(path, to_table([], options).schema) as writer:
        while group := list(islice(waiting, ROW_GROUP)):
            writer.write_table(to_table(group, options))


def to_table(rows: Iterable[Row], options: RowOptions) -> pa.Table:
    """Convert rows to a pyarrow table; its columns and types depend on the options only."""
    import pyarrow as pa

    schema = pa.schema([(name, _arrow_type(name, options)) for name in _columns(options)])
    return pa.Table.from_pylist([flatten(row, options) for row in rows], schema)


def _columns(options: RowOptions) -> list[str]:
    nothing: Row = dict.fromkeys((*MAIN_COLUMNS, "box_xyxy", "probabilities"))
    nothing |= {"fields": {}} | ({"numbers": []} if options.numbers else {})
    return list(flatten(nothing, options))


def _arrow_type(column: str, options: RowOptions) -> Any:
    import pyarrow as pa

    is_reason = column in {f"{name}_reason" for name in options.fields}
    is_answer = column in options.fields
    if column in TEXTS or is_reason or (is_answer and options.numbers):
        return pa.string()
    return pa.int32() if column in INTEGERS or is_answer else pa.float64()


WRITERS: dict[str, Callable[[Path, Iterable[Row], RowOptions], None]] = {
    ".csv": _write_csv,
    ".jsonl": _write_jsonl,
    ".parquet": _write_parquet,
}
