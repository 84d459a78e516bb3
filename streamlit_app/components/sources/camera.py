"""A picture from the camera: a webcam, or a phone's."""

from __future__ import annotations

from urllib.parse import urlsplit

import streamlit as st

from streamlit_app.i18n import _
from streamlit_app.state import Picture, app_state

FIELD_KEY = "camera_photo"
SAFE_HOSTS = ("localhost", "127.0.0.1", "::1")  # browsers allow cameras on these without https


def _keep_photo() -> None:
    """Copy the photo into the session: the widget loses it when the page changes."""
    file = st.session_state[FIELD_KEY]
    app_state().photo = file and Picture(file.getvalue(), lambda: _("Your photo"))


def is_camera_allowed(address: str | None) -> bool:
    """Whether browsers allow a page at this URL to use a camera."""
    parts = urlsplit(address or "https:")
    return parts.scheme == "https" or parts.hostname in SAFE_HOSTS


def camera_field(numbers: bool) -> list[Picture]:
    """Show the camera; returns the latest photo, also after a visit to another page."""
    if not is_camera_allowed(st.context.url):
        st.warning(
            _("Your browser gives the camera only to addresses that begin with https://."),
            icon=":material/lock:",
        )
    st.camera_input(
        _("The numbers, filling most of the picture")
        if numbers
        else _("One digit, filling about half of the picture"),
        key=FIELD_KEY,
        on_change=_keep_photo,
        resolution="720p",
        help=_("Your photo is read in memory and is not kept."),
    )
    photo = app_state().photo
    return [] if photo is None else [photo]


def show_camera_help() -> None:
    """Say what to do if the camera gives no picture."""
    with st.expander(_("No picture from the camera?"), icon=":material/videocam_off:"):
        st.markdown(
            _(
                "- **Refused by mistake?** Click the symbol left of the page's address, allow the "
                "camera, and load the page again.\n"
                "- **In use elsewhere?** Close the program or the tab that holds it.\n"
                "- **No camera here?** Take the photo with your phone and upload it."
            )
        )
