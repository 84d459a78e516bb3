"""Give a picture, read the answer."""

from __future__ import annotations

import streamlit as st

from digitscope.imaging import load_picture
from digitscope.types import Reading
from streamlit_app.boundary import error_boundary
from streamlit_app.components.options import choose_options
from streamlit_app.components.pictures import inline, photo
from streamlit_app.components.quality import show_quality
from streamlit_app.components.result import show_prompt, show_reading, show_tile
from streamlit_app.components.sources import Source, choose_source
from streamlit_app.components.steps import show_steps
from streamlit_app.i18n import _
from streamlit_app.resources import read_once, reader
from streamlit_app.state import Picture

PHOTO_PX = 400
TILE_PX = 140  # five times MNIST's 28


def show_photo(picture: Picture, reading: Reading) -> None:
    """The picture that was given, framed where the digit was read."""
    tile = reading.preprocessed.tile
    given_rgb = load_picture(picture.data).rgb if tile is None else tile.working_rgb
    shown = inline(photo(given_rgb, tile, PHOTO_PX))
    if reading.digit is None:
        tile = None
    words = _("Your picture") if tile is None else _("Your picture, framed where it was read")
    with st.container(horizontal_alignment="center"):
        st.image(shown, caption=picture.name, alt=words)


def show_evidence(reading: Reading) -> None:
    """What an answer rests on: the picture's quality and the network's own view."""
    if reading.quality is None or reading.digit is None:
        return
    quality, tile = st.columns(2, gap="medium", border=True)
    with quality:
        show_quality(reading.quality)
    with tile, st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        show_tile(reading, TILE_PX)
        with st.container(width="stretch", gap="xsmall"):
            st.subheader(_("What the network saw"), anchor=False)
            st.caption(_("Your digit as 28 by 28 pixels, upright in the middle, like MNIST."))


def answer(source: Source, picture: Picture | None) -> Reading | None:
    """Show the answer to the picture, the prompt for one, or what is wrong with it."""
    reading = None
    with error_boundary():
        if picture is None:
            show_prompt(source.icon, source.prompt())
            reader()  # awake by the time that there is a picture
        else:
            reading = read_once(picture, options)
            show_reading(reading)
    return reading


st.title(_("Read a digit"), anchor=False)
with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
    source = choose_source()
    options = choose_options()
left, right = st.columns(2, gap="medium", border=True)
with left, error_boundary():
    picture = source.render()
with right:
    reading = answer(source, picture)
if picture is not None and reading is not None:
    with error_boundary():
        if not source.shows_picture:
            with left:
                show_photo(picture, reading)
        show_evidence(reading)
        show_steps(reading)
