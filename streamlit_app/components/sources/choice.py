"""The choice between the ways to give a picture. A further one is a file and an entry here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from streamlit_app.components.sources.camera import camera_field
from streamlit_app.components.sources.draw import draw_pad
from streamlit_app.components.sources.mnist import mnist_picker
from streamlit_app.components.sources.upload import upload_field
from streamlit_app.i18n import _
from streamlit_app.state import Picture


@dataclass(frozen=True)
class Source:
    """One way to give a picture.

    Attributes:
        key: its name in the address: ``?source=draw``.
        icon: a Material symbol.
        label: its name for people, in their language.
        invitation: the same as something to do.
        render: draws the input; returns the pictures that were given: none, one or several.
        prompt: how to go about it, shown in place of an answer while there is no picture.
        shows_picture: the input itself shows what was given.
        is_live: answered while it is being drawn or leafed through: an answer must not move it.
    """

    key: str
    icon: str
    label: Callable[[], str]
    invitation: Callable[[], str]
    render: Callable[[], Sequence[Picture]]
    prompt: Callable[[], str]
    shows_picture: bool
    is_live: bool = False


SOURCES: tuple[Source, ...] = (
    Source(
        key="upload",
        icon=":material/upload:",
        invitation=lambda: _("Upload a photo"),
        label=lambda: _("Upload"),
        render=upload_field,
        prompt=lambda: _("One handwritten digit. The answer appears here."),
        shows_picture=False,
    ),
    Source(
        key="camera",
        icon=":material/photo_camera:",
        invitation=lambda: _("Take a photo"),
        label=lambda: _("Camera"),
        render=camera_field,
        prompt=lambda: _("Hold one handwritten digit before the camera."),
        shows_picture=True,
    ),
    Source(
        key="draw",
        icon=":material/draw:",
        invitation=lambda: _("Draw a digit"),
        label=lambda: _("Draw"),
        render=draw_pad,
        prompt=lambda: _("Large, in the middle of the pad."),
        shows_picture=True,
        is_live=True,
    ),
    Source(
        key="mnist",
        icon=":material/grid_on:",
        invitation=lambda: _("Browse MNIST"),
        label=lambda: _("MNIST"),
        render=mnist_picker,
        prompt=lambda: _("Choose a tile."),
        shows_picture=True,
        is_live=True,
    ),
)
SOURCE_BY_KEY = {source.key: source for source in SOURCES}
PARAMETER = "source"  # in the address
CHOICE_KEY = "source_choice"


def _follow_choice() -> None:
    """Let the address say what was chosen."""
    st.query_params[PARAMETER] = st.session_state[CHOICE_KEY]


def choose_source() -> Source:
    """Let the visitor choose; the address leads and follows: ``?source=draw``.

    Not `bind="query-params"`: that puts the label into the address, which changes with the
    language.
    """
    asked = st.query_params.get(PARAMETER)
    if asked in SOURCE_BY_KEY:
        st.session_state[CHOICE_KEY] = asked
    elif CHOICE_KEY not in st.session_state:
        st.session_state[CHOICE_KEY] = SOURCES[0].key
    chosen = st.segmented_control(
        _("How to give the picture"),
        list(SOURCE_BY_KEY),
        required=True,
        format_func=lambda key: SOURCE_BY_KEY[key].label(),
        key=CHOICE_KEY,
        on_change=_follow_choice,
        persist_state="session",
        label_visibility="collapsed",
    )
    return SOURCE_BY_KEY[chosen or SOURCES[0].key]
