"""What this is, in one screen."""

from __future__ import annotations

import streamlit as st

from streamlit_app.boundary import error_boundary
from streamlit_app.card import load_figures
from streamlit_app.components.introduction import show_figures, show_how
from streamlit_app.components.page_head import show_page_head
from streamlit_app.i18n import _

PREDICT_PAGE = "app_pages/predict.py"


def show_invitation() -> None:
    """What it does, and the two ways to try it at once."""
    show_page_head(_("Handwriting in, digit out"))
    st.markdown(
        _(
            "Photograph or draw a digit from 0 to 9. Digitscope finds it, reads it, and shows "
            "you every step between the picture and the answer."
        )
    )
    with st.container(horizontal=True):
        if st.button(_("Draw a digit"), icon=":material/draw:", type="primary"):
            st.switch_page(PREDICT_PAGE, query_params={"source": "draw"})
        if st.button(_("Upload a photo"), icon=":material/upload:"):
            st.switch_page(PREDICT_PAGE, query_params={"source": "upload"})


def show_limits() -> None:
    """What not to expect."""
    st.caption(
        _(
            "Good to know: one digit per picture. Where nothing, too much or no digit is to be "
            "seen, the answer is a reason, not a guess. It can be wrong: look at its confidence. "
            "Your pictures are read in memory and are not kept."
        )
    )


show_invitation()
show_how()
with error_boundary():
    show_figures(load_figures())
show_limits()
