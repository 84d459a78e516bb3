"""The top of every page: title, language switch, and a note while the network is loading."""

from __future__ import annotations

import streamlit as st

from streamlit_app.components.model_loading import show_model_loading
from streamlit_app.i18n import LANGUAGE_KEY, LANGUAGES, _, language

SWITCH_KEY = "language_switch"


def show_page_head(title: str) -> None:
    """Show the title and the language switch; below, a note while the network is loading."""
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
    ):
        st.title(title, anchor=False, width="content")
        choose_language()
    show_model_loading()


def choose_language() -> None:
    """Show the switch; the choice lasts for the session."""
    st.session_state[SWITCH_KEY] = language()  # overwrites the value of an interrupted run
    st.segmented_control(
        _("Language"),
        list(LANGUAGES),
        required=True,
        format_func=str.upper,
        key=SWITCH_KEY,
        on_change=_follow_switch,
        label_visibility="collapsed",
    )


def _follow_switch() -> None:
    """Store the choice in its own key, because a page change deletes the switch's value."""
    st.session_state[LANGUAGE_KEY] = st.session_state[SWITCH_KEY]
