"""Several files at once: one line each, and the line chosen is shown large."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from digitscope.errors import InvalidImageError
from digitscope.image_io import load_picture
from streamlit_app.boundary import error_boundary
from streamlit_app.components.pictures import for_display, inline
from streamlit_app.components.wording import refusal_texts
from streamlit_app.i18n import _, language, told
from streamlit_app.resources import read_once
from streamlit_app.state import Options, Outcome, Picture, app_state

TABLE_KEY = "files_table"
THUMBNAIL_PX = 64
ROW_PX = 56
NO_DIGIT = "–"
COLUMNS = ("picture", "file", "digit", "confidence", "reason")


def chosen_file(count: int) -> int:
    """Which of the files is to be shown large: the line chosen in the table, else the first."""
    selection = st.session_state.get(TABLE_KEY, {}).get("selection", {})
    rows = selection.get("rows", [])
    return rows[0] if rows and rows[0] < count else 0


def make_outcome(picture: Picture, options: Options) -> Outcome:
    """Read one file for the table; a file that is no picture becomes a line that says so."""
    try:
        shown = load_picture(picture.data).rgb
        reading = read_once(picture, options)
    except InvalidImageError as error:
        return Outcome("", None, None, told(error.message))
    reason = "" if reading.reason is None else refusal_texts(reading).why
    thumbnail = inline(for_display(shown, THUMBNAIL_PX).convert("RGB"))
    return Outcome(thumbnail, reading.digit, reading.confidence, reason)


def read_all(pictures: Sequence[Picture], options: Options) -> list[Outcome]:
    """Read each file that is new, with a bar that says how far it has come."""
    state, bar = app_state(), st.empty()
    outcomes = []
    for done, picture in enumerate(pictures):
        if not state.knows_outcome(picture, options, language()):
            text = _("Reading file {done} of {total}").format(done=done + 1, total=len(pictures))
            bar.progress(done / len(pictures), text=text)

        def make(picture: Picture = picture) -> Outcome:
            return make_outcome(picture, options)

        outcomes.append(state.remembered_outcome(picture, options, language(), make))
    bar.empty()
    return outcomes


def as_table(pictures: Sequence[Picture], outcomes: Sequence[Outcome]) -> pd.DataFrame:
    """One row a file, columns `COLUMNS`."""
    rows = [
        (each.thumbnail, picture.name, each.digit, each.confidence, each.reason)
        for picture, each in zip(pictures, outcomes, strict=True)
    ]
    return pd.DataFrame(rows, columns=COLUMNS).astype({"digit": "Int64"})


@error_boundary()
def show_batch(pictures: Sequence[Picture], options: Options) -> None:
    """The table of all files, and the same as a download."""
    outcomes = read_all(pictures, options)
    table = as_table(pictures, outcomes)
    answered = sum(each.digit is not None for each in outcomes)
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
    ):
        st.subheader(
            _("{answered} of {total} files answered").format(
                answered=answered, total=len(outcomes)
            ),
            anchor=False,
            width="content",
        )
        st.download_button(
            _("Download as CSV"),
            data=table.drop(columns="picture").to_csv(index=False).encode(),
            file_name="digitscope.csv",
            mime="text/csv",
            icon=":material/download:",
            on_click="ignore",
        )
    st.dataframe(
        table.assign(digit=table["digit"].astype("string").fillna(NO_DIGIT)),
        hide_index=True,
        row_height=ROW_PX,
        key=TABLE_KEY,
        on_select="rerun",
        selection_mode="single-row",
        column_config=_column_config(),
        alt=_("Each file with its answer, its confidence, or the reason why there is none"),
    )
    st.caption(_("Choose a line to see that file above."))


def show_place(picture: Picture, count: int) -> None:
    """Which of several files the answer above is about, and where the others are."""
    st.caption(
        _("This is `{file}`, one of {total} files: the table below has every answer.").format(
            file=picture.name, total=count
        )
    )


def _column_config() -> dict[str, object]:
    """How the columns are called and drawn."""
    column = st.column_config
    return {
        "picture": column.ImageColumn(_("Picture"), width="small"),
        "file": column.TextColumn(_("File"), width="small"),
        "digit": column.TextColumn(_("Digit"), width="small"),
        "confidence": column.ProgressColumn(
            _("Confidence"), width="small", min_value=0.0, max_value=1.0, format="percent"
        ),
        "reason": column.TextColumn(_("Reason"), width="large"),
    }
