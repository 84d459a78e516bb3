"""A picture from a file: chosen, or dropped onto the field."""

from __future__ import annotations

import streamlit as st

from streamlit_app.i18n import _
from streamlit_app.state import Picture, app_state

FILE_TYPES = ("png", "jpg", "jpeg", "webp", "bmp", "gif", "tif", "tiff")
FIELD_KEY = "upload_file"


def _keep_file() -> None:
    """Copy the file's bytes into the session: the field forgets them when the page changes."""
    file = st.session_state.get(FIELD_KEY)
    app_state().upload = None if file is None else Picture(file.getvalue(), file.name)


def upload_field() -> Picture | None:
    """Draw the field; returns the latest file, also after a visit to another page."""
    st.file_uploader(
        _("A photo or a scan of one digit"),
        type=FILE_TYPES,
        key=FIELD_KEY,
        on_change=_keep_file,
        help=_("Your picture is read in memory and is not kept."),
    )
    return app_state().upload
