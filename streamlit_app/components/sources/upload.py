"""Pictures from files: chosen, or dropped onto the field. The first is shown large."""

from __future__ import annotations

import streamlit as st

from streamlit_app.components.batch import chosen_file
from streamlit_app.i18n import _, number
from streamlit_app.state import Picture, app_state

FILE_TYPES = ("png", "jpg", "jpeg", "webp", "bmp", "gif", "tif", "tiff")
FIELD_KEY = "upload_files"
MOST_FILES = 30  # at once: a second or two of reading, and a session's share of the memory


def _keep_files() -> None:
    """Copy the files' bytes into the session: the field forgets them when the page changes."""
    files = st.session_state[FIELD_KEY]
    state = app_state()
    state.uploads = [Picture(file.getvalue(), file.name) for file in files[:MOST_FILES]]
    state.is_example = False


def upload_field() -> Picture | None:
    """Draw the field; returns the file to show large, also after a visit to another page."""
    files = st.file_uploader(
        _("Photos or scans, one digit each"),
        type=FILE_TYPES,
        accept_multiple_files=True,
        key=FIELD_KEY,
        on_change=_keep_files,
        help=_("Your pictures are read in memory and are not kept."),
    )
    if len(files) > MOST_FILES:
        st.warning(
            _("The first {most} of your {count} files were read.").format(
                most=MOST_FILES, count=number(len(files))
            ),
            icon=":material/warning:",
        )
    uploads = app_state().uploads
    return uploads[chosen_file(len(uploads))] if uploads else None
