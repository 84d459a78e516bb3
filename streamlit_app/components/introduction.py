"""The introduction for new visitors: how the app works, and how well."""

from __future__ import annotations

import streamlit as st

from streamlit_app.card import ModelCard
from streamlit_app.components.illustrations import answered, brought_to_pixels, found_on_paper
from streamlit_app.i18n import _, number, percent
from streamlit_app.theme import theme

COLUMNS = 3
CARD_PX = 250  # three in a row on a laptop, one on a phone


def show_how() -> None:
    """Show how the app works, in three points."""
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
            answered(theme().accent),
            _("Read"),
            _("A small neural network says which digit it is, and how sure it is."),
        ),
    )
    with st.grid(COLUMNS, min_column_width=CARD_PX, border=True) as grid:
        for number, (picture, title, text) in enumerate(points, start=1):
            with grid.cell():
                st.image(picture, width="stretch", alt=title)
                st.subheader(f":primary[{number}] {title}", anchor=False)
                st.markdown(text)


def show_figures(card: ModelCard) -> None:
    """Show the measured figures; nothing if there are none."""
    test, photos = card.number("test.accuracy"), card.number("photos.accuracy")
    parameters = card.number("parameters")
    known: list[tuple[str, str]] = []
    if test is not None:
        known.append((_("Right on MNIST's test set"), percent(test, 2)))
    if photos is not None:
        known.append((_("Right on development photos"), percent(photos)))
    if parameters is not None:
        known.append((_("Parameters learned"), number(int(parameters))))
    if not known:
        return
    with st.grid(COLUMNS, min_column_width=CARD_PX) as grid:
        for label, value in known:
            grid.metric(label, value)
