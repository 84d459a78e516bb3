"""What stands at the top of every page: its title, the language, whether the network is awake."""

from __future__ import annotations

import streamlit as st

from streamlit_app.components.model_loading import show_model_loading
from streamlit_app.i18n import LANGUAGE_KEY, LANGUAGES, _, language

SWITCH_KEY = "language_switch"


def show_page_head(title: str) -> None:
    """The page's title, the language switch beside it; below it what still has to be waited for."""
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
    ):
        st.title(title, anchor=False, width="content")
        choose_language()
    show_model_loading()


def choose_language() -> None:
    """The switch; what it says holds for the whole visit."""
    st.session_state[SWITCH_KEY] = language()  # whatever an interrupted run has left there
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
    """Remember the choice apart from the switch, whose own value ends with the page."""
    st.session_state[LANGUAGE_KEY] = st.session_state[SWITCH_KEY]
