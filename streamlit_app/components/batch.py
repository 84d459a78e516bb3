"""Several files at once: a table with one row each; the selected file is shown large."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import streamlit as st

from digitscope.errors import InvalidImageError
from digitscope.serialization import (
    error_to_dict,
    number_reading_to_dict,
    numbers_error_to_dict,
    reading_to_dict,
)
from streamlit_app.boundary import error_boundary
from streamlit_app.components import number_table
from streamlit_app.components.corrections import corrected
from streamlit_app.components.pictures import as_data_url, for_display
from streamlit_app.components.wording import Finding, number_refusal, why_refused
from streamlit_app.i18n import _, translate
from streamlit_app.number_reading import read_numbers
from streamlit_app.reading import read
from streamlit_app.state import Options, Picture, Row, app_state

if TYPE_CHECKING:
    import pandas as pd  # takes half a second: imported only for several files

TABLE_KEY = "files_table"
THUMBNAIL_PX = 64
ROW_PX = 56
NO_DIGIT = "–"
CSV_FIELDS = ("status", "digit", "confidence", "reason", "background", "ms")


def chosen_index(pictures: Sequence[Picture]) -> int:
    """The index of the file to show large: the one selected in the table, else the first."""
    state, numbers = app_state(), [picture.number for picture in pictures]
    selection = st.session_state.get(_table_key(pictures), {}).get("selection", {})
    if lines := selection.get("rows"):
        state.chosen = numbers[lines[0]]
    return numbers.index(state.chosen) if state.chosen in numbers else 0


def _table_key(pictures: Sequence[Picture]) -> str:
    """A key that depends on the files, so that a new table does not keep the old selection."""
    return f"{TABLE_KEY}_{hash(tuple(picture.number for picture in pictures))}"


def make_row(picture: Picture, options: Options) -> Row:
    """Read one file for the table; if it is no picture, the row says so."""
    try:
        reading, why = (_read_numbers if options.numbers else _read_digit)(picture, options)
    except InvalidImageError as error:
        as_dict = numbers_error_to_dict if options.numbers else error_to_dict
        failed = as_dict(error, str(options.background))
        return Row("", failed, partial(translate, error.message))
    shown = for_display(app_state().decode(picture).rgb, THUMBNAIL_PX).convert("RGB")
    return Row(as_data_url(shown), reading, why)


def _read_digit(picture: Picture, options: Options) -> tuple[dict[str, Any], Callable[[], str]]:
    """The reading of one digit as a dict, and a function that says why there is no digit."""
    reading = read(picture, options).reading
    finding = Finding.of(reading)
    return reading_to_dict(reading), str if finding is None else partial(why_refused, finding)


def _read_numbers(picture: Picture, options: Options) -> tuple[dict[str, Any], Callable[[], str]]:
    """The reading of numbers as a dict, and a function that says why there are none."""
    reading = read_numbers(picture, options).reading
    reason = reading.reason
    why = str if reason is None else lambda: number_refusal(reason).why
    return number_reading_to_dict(reading), why


def read_all(pictures: Sequence[Picture], options: Options) -> list[Row]:
    """Read each new file, with a progress bar; returns the rows of all files."""
    known, bar = app_state().rows, st.empty()
    rows = []
    for done, picture in enumerate(pictures):
        key = (picture.fingerprint, options)
        if key not in known:
            text = _("Reading file {done} of {total}").format(done=done + 1, total=len(pictures))
            bar.progress(done / len(pictures), text=text)
        rows.append(known.get(key, partial(make_row, picture, options)))
    bar.empty()
    return rows


def as_table(pictures: Sequence[Picture], options: Options, rows: Sequence[Row]) -> pd.DataFrame:
    """The table: one row for each file; columns picture, file, digit, confidence, reason."""
    import pandas as pd

    answers = [
        _numbers_of(picture, options, row.reading) if options.numbers else _digit_of(row.reading)
        for picture, row in zip(pictures, rows, strict=True)
    ]
    return pd.DataFrame(
        {
            "picture": [row.thumbnail for row in rows],
            "file": [picture.name for picture in pictures],
            "digit": [text or NO_DIGIT for text, _confidence in answers],
            "confidence": [confidence for _text, confidence in answers],
            "reason": [row.why() for row in rows],
        }
    )


def _digit_of(reading: Mapping[str, Any]) -> tuple[str, float | None]:
    """The digit, "" if there is none, and its confidence."""
    digit = reading["digit"]
    return "" if digit is None else str(digit), reading["confidence"]


def _numbers_of(
    picture: Picture, options: Options, reading: Mapping[str, Any]
) -> tuple[str, float | None]:
    """The numbers with the visitor's corrections, and the lowest confidence."""
    numbers = reading["numbers"]
    texts = corrected(picture, options, [number["text"] for number in numbers])
    return " · ".join(texts), min((number["confidence"] for number in numbers), default=None)


def as_csv(pictures: Sequence[Picture], options: Options, rows: Sequence[Row]) -> bytes:
    """The CSV file to download, with the names and values of `digitscope.serialization`."""
    import pandas as pd

    if options.numbers:
        return number_table.as_csv(
            line
            for picture, row in zip(pictures, rows, strict=True)
            for line in number_table.number_lines(picture, options, row.reading)
        )
    lines = [
        {"file": picture.name}
        | {field: row.reading[field] for field in CSV_FIELDS}
        | {"quality": (row.reading["quality"] or {}).get("score")}
        for picture, row in zip(pictures, rows, strict=True)
    ]
    return pd.DataFrame(lines).astype({"digit": "Int64"}).to_csv(index=False).encode()


@error_boundary()
def show_batch(pictures: Sequence[Picture], options: Options, chosen: int) -> None:
    """Show the table of all files, and its download.

    Args:
        pictures: the files.
        options: how to read them.
        chosen: index of the file that is shown large.
    """
    rows = read_all(pictures, options)
    answered = sum(row.reading["status"] in ("ok", "uncertain") for row in rows)
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
    ):
        st.subheader(
            _("{answered} of {total} files answered").format(answered=answered, total=len(rows)),
            anchor=False,
            width="content",
        )
        number_table.show_download(as_csv(pictures, options, rows))
    _show_table(pictures, options, rows, chosen)
    st.caption(_("Choose a line to see that file above."))


def _show_table(
    pictures: Sequence[Picture], options: Options, rows: Sequence[Row], chosen: int
) -> None:
    st.dataframe(
        as_table(pictures, options, rows),
        hide_index=True,
        row_height=ROW_PX,
        key=_table_key(pictures),
        on_select="rerun",
        selection_mode="single-row-required",
        selection_default={"selection": {"rows": [chosen], "columns": [], "cells": []}},
        column_config=_column_config(numbers=options.numbers),
        alt=_("Each file with its answer, its confidence, or the reason why there is none"),
    )


def show_place(picture: Picture, count: int) -> None:
    """Say which of several files is shown, and where the others are."""
    st.caption(
        _("This is `{file}`, one of {total} files: the table below has every answer.").format(
            file=picture.name, total=count
        )
    )


def _column_config(*, numbers: bool) -> dict[str, Any]:
    """The titles and formats of the columns."""
    column = st.column_config
    return {
        "picture": column.ImageColumn(_("Picture"), width="small"),
        "file": column.TextColumn(_("File"), width="small"),
        "digit": column.TextColumn(
            _("Numbers") if numbers else _("Digit"), width="medium" if numbers else "small"
        ),
        "confidence": column.ProgressColumn(
            _("Confidence"), width="small", min_value=0.0, max_value=1.0, format="percent"
        ),
        "reason": column.TextColumn(_("Reason"), width="large"),
    }
