"""Give a picture, read the answer."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from digitscope.types import Reading
from streamlit_app.boundary import error_boundary
from streamlit_app.components.batch import show_batch, show_place
from streamlit_app.components.evidence import show_evidence, show_photo
from streamlit_app.components.examples import show_way_back
from streamlit_app.components.first_help import show_first_help
from streamlit_app.components.options import choose_options
from streamlit_app.components.page_head import show_page_head
from streamlit_app.components.quality import may_be_improved, show_quality
from streamlit_app.components.result import (
    read_announced,
    show_details,
    show_headline,
    show_prompt,
    show_reason,
    wants_guess,
)
from streamlit_app.components.sources.choice import Source, choose_source
from streamlit_app.components.steps import show_steps
from streamlit_app.i18n import _
from streamlit_app.resources import is_network_awake, read_once, reader
from streamlit_app.state import Options, Picture, app_state


def is_one_of_several(source: Source) -> bool:
    """Whether several files were given at once."""
    return source.key == "upload" and len(app_state().uploads) > 1


def answer(source: Source, picture: Picture | None) -> Reading | None:
    """Show the answer to the picture, the prompt for one, or what is wrong with it."""
    if picture is None:
        show_prompt(source.invitation(), source.prompt())
        if is_network_awake():
            reader()  # tells now, not with the first picture, that it cannot be loaded
        return None
    if not is_network_awake():
        show_prompt(_("One moment"), _("Your picture is read as soon as the network is loaded."))
        return None
    reading = read_once(picture, options) if source.is_live else read_announced(picture, options)
    show_headline(reading, picture, with_reason=not source.is_live)
    if reading.preprocessed.tile is not None:
        app_state().last_tile = reading.preprocessed.tile.pixels
    return reading


show_page_head(_("Read a digit"))
source = choose_source()
headline = st.empty()  # above the input: on a phone nobody scrolls for the answer
below_headline = st.container()
left, right = st.columns(2, gap="medium", border=True)
picture, reading, options = None, None, Options()
with left, error_boundary():
    picture = source.render()
    options = choose_options()
with headline, error_boundary():
    reading = answer(source, picture)
if picture is not None and is_one_of_several(source):
    with below_headline:
        show_place(picture, len(app_state().uploads))
with right, error_boundary():
    if reading is None or picture is None:
        show_first_help(source.key)
    else:
        if source.is_live:
            show_reason(reading)
        if reading.digit is None and wants_guess():
            options = replace(options, force=True)
            reading = read_once(picture, options)
        show_details(reading, read_once(picture, replace(options, tta=False)), options)
        if reading.quality is not None and may_be_improved(reading, picture):
            show_quality(reading.quality)
with left, error_boundary():
    if reading is not None and picture is not None and not source.shows_picture:
        show_photo(picture, reading)
    show_way_back()
if is_one_of_several(source) and is_network_awake():
    show_batch(app_state().uploads, options)
if reading is not None and picture is not None:
    with error_boundary():
        with_photo = source.shows_picture and picture.label is None
        show_evidence(picture, reading, options, with_photo=with_photo)
        show_steps(reading)
