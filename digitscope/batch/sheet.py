"""An HTML page of all unsure answers, for a person to check."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path

from digitscope.batch.rows import OK, Row
from digitscope.page_templates import load_template

TEMPLATE = "sheet.html"
MAX_CARDS = 2000  # browsers cannot open a page with many more


def write_sheet(path: Path, rows: Iterable[Row], statuses: Mapping[str, int]) -> None:
    """Write one self-contained HTML file, with a card for each unsure answer.

    Args:
        path: the file.
        rows: rows of the batch, with thumbnails.
        statuses: number of rows of each status.

    Raises:
        OSError: the file cannot be written.
    """
    page = load_template(__package__ or "", TEMPLATE).stream(
        statuses=dict(statuses), cards=islice(_cards(rows), MAX_CARDS), max_cards=MAX_CARDS
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", errors="backslashreplace") as stream:
        stream.writelines(page)


def _cards(rows: Iterable[Row]) -> Iterator[Row]:
    """Yield the rows that are not ``ok``; of a form, the fields that are not ``ok``."""
    for row in rows:
        if row["status"] == OK:
            continue
        fields = row.get("fields") or {"": row}
        for name, one in fields.items():
            if one["status"] != OK:
                yield one | {"file": row["file"], "field": name}
