"""The Home page: what the app does, in one screen."""

from __future__ import annotations

import streamlit as st

from streamlit_app.boundary import error_boundary
from streamlit_app.card import load_card
from streamlit_app.components.comparison import show_difference
from streamlit_app.components.examples import EXAMPLES, PREDICT_PAGE, show_examples
from streamlit_app.components.introduction import show_figures, show_how
from streamlit_app.components.page_head import show_page_head
from streamlit_app.components.sources.choice import PARAMETER, SOURCES
from streamlit_app.i18n import _


def show_invitation() -> None:
    """Show what the app does, and the ways to try it."""
    st.markdown(
        _(
            "Photograph or draw a digit from 0 to 9. Digitscope finds it, reads it, and shows you "
            "every step between the picture and the answer. It reads whole numbers, too."
        )
    )
    with st.container(horizontal=True):
        for source in SOURCES:
            if st.button(source.invitation(), icon=source.icon):
                st.switch_page(PREDICT_PAGE, query_params={PARAMETER: source.key})


def show_more() -> None:
    """Link the other pages, because the menu is collapsed on a phone."""
    with st.container(horizontal=True):
        st.page_link(
            "app_pages/performance.py",
            label=_("Every figure and every mistake"),
            icon=":material/monitoring:",
        )
        st.page_link(
            "app_pages/architecture.py",
            label=_("What it is made of"),
            icon=":material/account_tree:",
        )


def show_limits() -> None:
    """Say what the app cannot do."""
    st.caption(
        _(
            "Good to know: “One digit” answers pictures of a single digit, “Numbers” reads rows of "
            "digits, but no joined handwriting. Where there is no digit, the answer is a reason, "
            "not a guess. It can be wrong: look at its confidence. Your pictures are read in "
            "memory and are not kept."
        )
    )


show_page_head(_("Handwriting in, digit out"))
show_invitation()
with error_boundary():
    st.subheader(_("Nothing at hand? Try one of these."), anchor=False)
    show_examples(len(EXAMPLES))
with error_boundary():
    show_difference()
st.subheader(_("How it works"), anchor=False)
show_how()
with error_boundary():
    show_figures(load_card())
show_more()
show_limits()
