"""Numbers as a CSV file: one line for each number."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import streamlit as st

from streamlit_app.components.corrections import corrected
from streamlit_app.i18n import _
from streamlit_app.state import Options, Picture

FIELDS = ("file", "number", "text", "read", "confidence", "left", "top", "right", "bottom")
FILE_NAME = "digitscope.csv"


def number_lines(
    picture: Picture, options: Options, reading: Mapping[str, Any]
) -> Iterator[dict[str, Any]]:
    """Yield a line for each number of a picture: as it was corrected, and as it was read.

    Args:
        picture: the picture that was read.
        options: how it was read.
        reading: from `digitscope.serialization.number_reading_to_dict`.
    """
    numbers = reading["numbers"]
    texts = corrected(picture, options, [number["text"] for number in numbers])
    for index, (number, text) in enumerate(zip(numbers, texts, strict=True), start=1):
        values = (picture.name, index, text, number["text"], number["confidence"], *number["box"])
        yield dict(zip(FIELDS, values, strict=True))


def as_csv(lines: Iterable[Mapping[str, Any]]) -> bytes:
    """The lines as a CSV file with a header."""
    file = io.StringIO()
    writer = csv.DictWriter(file, FIELDS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(lines)
    return file.getvalue().encode()


def show_download(data: bytes) -> None:
    """Show the button that downloads a CSV file."""
    st.download_button(
        _("Download as CSV"),
        data=data,
        file_name=FILE_NAME,
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
    )
