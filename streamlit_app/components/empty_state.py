"""Help for a visitor who has not given a picture yet."""

from __future__ import annotations

import streamlit as st

from streamlit_app.components.address_choice import set_choice
from streamlit_app.components.examples import show_examples
from streamlit_app.components.sources.camera import show_camera_help
from streamlit_app.components.sources.choice import CHOICE_KEY, PARAMETER
from streamlit_app.i18n import _


def show_empty_state(source_key: str, *, numbers: bool) -> None:
    """Show tips for the drawing pad; for other sources, show example pictures."""
    if source_key == "draw":
        _show_tips(numbers=numbers)
        return
    if source_key == "camera":
        show_camera_help()
        st.button(
            _("Upload a photo instead"),
            icon=":material/upload:",
            on_click=set_choice,
            args=(PARAMETER, CHOICE_KEY, "upload"),
        )
    st.subheader(_("Nothing at hand? Try one of these."), anchor=False)
    show_examples()


def _show_tips(*, numbers: bool) -> None:
    st.subheader(_("Tips"), anchor=False)
    if numbers:
        st.markdown(
            _(
                "- Leave a little room between digits, and more between two numbers.\n"
                "- Several rows are read from top to bottom.\n"
                "- Points, commas, slashes and signs are left out of the answer."
            )
        )
        return
    st.markdown(
        _(
            "- One digit from 0 to 9, as large as the pad allows.\n"
            "- Every stroke is answered at once: watch the answer change as you write.\n"
            "- A **1** with a long flag and a **7** without its bar look alike. Cross the 7, or "
            "keep the flag of the 1 short."
        )
    )
