"""Pictures from files: chosen, or dropped onto the field. One of them is shown large."""

from __future__ import annotations

import streamlit as st

from streamlit_app.i18n import _, number
from streamlit_app.settings import MEGABYTE, load_settings
from streamlit_app.state import Picture, app_state

FILE_TYPES = ("png", "jpg", "jpeg", "webp", "bmp", "gif", "tif", "tiff")
FIELD_KEY = "upload_files"


def _keep_files() -> None:
    """Copy the files' bytes into the session: the widget loses them when the page changes.

    If there are too many files or bytes, all files are refused and none is kept.
    """
    files = st.session_state[FIELD_KEY]
    state, settings = app_state(), load_settings()
    total = sum(file.size for file in files)
    is_too_much = len(files) > settings.max_files or total > settings.max_total_bytes
    state.refused_upload = (len(files), total) if is_too_much else None
    state.is_example = False
    known = {picture.number: picture for picture in state.uploads}
    state.uploads = [
        known.get(file.file_id) or _as_picture(file) for file in ([] if is_too_much else files)
    ]


def _as_picture(file: st.runtime.uploaded_file_manager.UploadedFile) -> Picture:
    name = file.name
    return Picture(file.getvalue(), lambda: name, number=file.file_id)


def upload_field(numbers: bool) -> list[Picture]:
    """Show the field; returns the files, also after a visit to another page."""
    st.file_uploader(
        _("Photos or scans of numbers") if numbers else _("Photos or scans, one digit each"),
        type=FILE_TYPES,
        accept_multiple_files=True,
        key=FIELD_KEY,
        on_change=_keep_files,
        help=_("Your pictures are read in memory and are not kept."),
    )
    if (refused := app_state().refused_upload) is not None:
        _tell_refusal(*refused)
    return app_state().uploads


def _tell_refusal(count: int, total_bytes: int) -> None:
    """Say what is too much, and what is allowed."""
    settings = load_settings()
    st.error(
        _(
            "That is too much at once: {count} files of {size} MB together. Up to {max_count} "
            "files and {max_size} MB can be read; take some away."
        ).format(
            count=number(count),
            size=number(total_bytes / MEGABYTE, ".1f"),
            max_count=number(settings.max_files),
            max_size=number(settings.max_total_bytes // MEGABYTE),
        ),
        icon=":material/error:",
    )
