"""Explains an answer: where the digit was found, the network's tile, the evidence in it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import streamlit as st

from digitscope.explanation.overlay import draw_detection, draw_explanation
from digitscope.types import Explanation, Reading
from streamlit_app.components.pictures import as_data_url, bordered, for_display
from streamlit_app.i18n import _
from streamlit_app.reading import explain
from streamlit_app.state import Answer, Picture

PHOTO_PX = 400
TILE_PX = 252  # nine times MNIST's 28


def show_explanation(picture: Picture, answer: Answer, *, with_photo: bool) -> None:
    """Show a card each for the detection, the network's tile and the evidence for its answer.

    Args:
        picture: the visitor's picture.
        answer: its reading.
        with_photo: show the detection in the picture, too.
    """
    reading = answer.reading
    cards: list[Callable[[], None]] = []
    if with_photo and reading.preprocessed.detection is not None:
        cards.append(partial(show_photo, picture, answer))
    if reading.preprocessed.tile is not None:
        cards.append(partial(_show_tile, reading))
    is_answered = reading.digit is not None or answer.options.force
    explanation = explain(picture, answer) if is_answered else None
    if explanation is not None:
        cards.append(partial(_show_explanation, reading, explanation))
    if not cards:
        return
    for column, show_card in zip(st.columns(len(cards), border=True), cards, strict=True):
        with column:
            show_card()


def show_photo(picture: Picture, answer: Answer) -> None:
    """Show the picture; if a digit was detected, its ink and its box are marked."""
    given = np.asarray(
        for_display(answer.reading.preprocessed.working_rgb, PHOTO_PX).convert("RGB")
    )
    detection = answer.reading.preprocessed.detection
    drawn = given if detection is None else draw_detection(detection, given)
    words = _("Your picture") if detection is None else _("Where it looked")
    st.subheader(words, anchor=False)
    with st.container(horizontal_alignment="center"):
        alt = words if detection is None else _("Your picture, its ink marked and framed")
        st.image(as_data_url(bordered(drawn)), caption=picture.name, alt=alt)


def _show_tile(reading: Reading) -> None:
    """Show the 28x28 tile that the network saw, enlarged."""
    tile = reading.preprocessed.tile
    if tile is None:
        return
    st.subheader(_("What the network saw"), anchor=False)
    with st.container(horizontal_alignment="center"):
        st.image(
            as_data_url(for_display(tile.pixels, TILE_PX)),
            width=TILE_PX,
            alt=_("The digit as the network saw it, 28 by 28 pixels"),
        )
    st.caption(_("Your digit as 28 by 28 pixels, upright in the middle, like MNIST."))


def _show_explanation(reading: Reading, explanation: Explanation) -> None:
    """Show which strokes and gaps speak for the answer, and which for the runner-up."""
    tile = reading.preprocessed.tile
    if tile is None:
        return
    st.subheader(_("What spoke for it"), anchor=False)
    facts = {"answer": explanation.answer, "contrast_class": explanation.contrast_class}
    with st.container(horizontal_alignment="center"):
        st.image(
            as_data_url(for_display(draw_explanation(tile.pixels, explanation), TILE_PX)),
            width=TILE_PX,
            alt=_("Spots of the tile that spoke for {answer} and for {contrast_class}").format(
                **facts
            ),
        )
    st.caption(
        _(
            "Blue, +: speaks for {answer}. Orange, −: speaks for {contrast_class}, the runner-up. "
            "Dots: a gap speaks too, because ink there would count."
        ).format(**facts)
    )
