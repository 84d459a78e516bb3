"""What an answer rests on: where it looked, what the network saw."""

from __future__ import annotations

import streamlit as st

from digitscope.imaging import load_picture
from digitscope.types import Reading
from streamlit_app.components.pictures import for_display, inline, photo
from streamlit_app.i18n import _
from streamlit_app.state import Picture

PHOTO_PX = 400
TILE_PX = 168  # six times MNIST's 28


def show_evidence(picture: Picture, reading: Reading, *, with_photo: bool) -> None:
    """A card each for where it looked and what the network saw; none for most refusals.

    Args:
        picture: as it was given.
        reading: the answer to it.
        with_photo: show the picture too, where its source does not.
    """
    if reading.preprocessed.tile is None:
        return
    cards = [lambda: show_photo(picture, reading)] if with_photo else []
    cards.append(lambda: _show_tile(reading))
    for column, show_card in zip(st.columns(len(cards), border=True), cards, strict=True):
        with column:
            show_card()


def show_photo(picture: Picture, reading: Reading) -> None:
    """The picture that was given, framed where the digit was read."""
    tile = reading.preprocessed.tile
    given_rgb = load_picture(picture.data).rgb if tile is None else tile.working_rgb
    words = _("Your picture") if tile is None else _("Your picture, framed where it was read")
    st.subheader(_("Where it looked") if tile is not None else words, anchor=False)
    with st.container(horizontal_alignment="center"):
        st.image(inline(photo(given_rgb, tile, PHOTO_PX)), caption=picture.name, alt=words)


def _show_tile(reading: Reading) -> None:
    """The 28x28 picture that the network saw, enlarged."""
    tile = reading.preprocessed.tile
    if tile is None:
        return
    st.subheader(_("What the network saw"), anchor=False)
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        st.image(
            inline(for_display(tile.pixels, TILE_PX)),
            width=TILE_PX,
            alt=_("The digit as the network saw it, 28 by 28 pixels"),
        )
        with st.container(width="stretch"):
            st.caption(_("Your digit as 28 by 28 pixels, upright in the middle, like MNIST."))
