"""What this is, in one screen."""

from __future__ import annotations

import streamlit as st

from streamlit_app.boundary import error_boundary
from streamlit_app.card import Figures, load_figures
from streamlit_app.components.illustrations import (
    answered,
    brought_to_pixels,
    found_on_paper,
)
from streamlit_app.i18n import _, percent
from streamlit_app.looks import looks

PREDICT_PAGE = "app_pages/predict.py"
CARD_PX = 250


def show_invitation() -> None:
    """What it does, and the two ways to try it at once."""
    st.title(_("Handwriting in, digit out"), anchor=False)
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


def show_how() -> None:
    """How it works, in three points."""
    points = (
        (
            found_on_paper(),
            _("Find"),
            _("The ink is told from paper, shadows and ruled lines, wherever it stands."),
        ),
        (
            brought_to_pixels(),
            _("Prepare"),
            _("Eleven steps bring it to 28 by 28 pixels, just as the network learned digits."),
        ),
        (
            answered(looks().accent),
            _("Read"),
            _("A small neural network says which digit it is, and how sure it is."),
        ),
    )
    with st.grid(len(points), min_column_width=CARD_PX, border=True) as grid:
        for number, (picture, title, text) in enumerate(points, start=1):
            with grid.cell():
                st.image(picture, width="stretch", alt=title)
                st.subheader(f":primary[{number}] {title}", anchor=False)
                st.markdown(text)


def show_figures(figures: Figures) -> None:
    """What was measured; nothing where nothing was."""
    shown = (
        (
            _("Right on MNIST's test set"),
            figures.test_accuracy,
            lambda x: percent(x, 2),
        ),
        (_("Right on real photos"), figures.photo_accuracy, lambda x: percent(x, 1)),
        (_("Parameters learned"), figures.parameters, lambda x: f"{int(x):,}"),
    )
    known = [(label, form(value)) for label, value, form in shown if value is not None]
    if not known:
        return
    with st.grid(len(known), min_column_width=CARD_PX) as grid:
        for label, value in known:
            grid.metric(label, value)


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
