"""What a plain MNIST network makes of the same picture: resized as it is, without the steps."""

from __future__ import annotations

import cv2
import numpy as np
import streamlit as st

from digitscope.types import TILE_PX, Prediction, UInt8Array
from streamlit_app.boundary import error_boundary
from streamlit_app.components.pictures import for_display, inline
from streamlit_app.i18n import _, percent
from streamlit_app.resources import reader
from streamlit_app.state import Answer

SHOWN_PX = 168  # six times MNIST's 28
KEY = "show_comparison"


def naive_tile(rgb: UInt8Array) -> UInt8Array:
    """What most MNIST demos do with a picture: grey, 28 by 28, light on dark.

    Args:
        rgb: (height, width, 3) uint8, the whole picture.

    Returns:
        (28, 28) uint8, inverted where the picture is mostly light.
    """
    grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
    tile = cv2.resize(grey, (TILE_PX, TILE_PX), interpolation=cv2.INTER_AREA)
    return (255 - tile if tile.mean() > 127 else tile).astype(np.uint8)


@st.fragment
@error_boundary()
def show_comparison(answer: Answer) -> None:
    """A switch, and behind it both ways side by side; only this part runs again."""
    if answer.reading.preprocessed.tile is None:
        return
    asked = st.toggle(
        _("Compare: the same network without the steps"), key=KEY, persist_state="session"
    )
    if asked:
        show_both_ways(answer)


def show_both_ways(answer: Answer) -> None:
    """The picture resized as it is and what the network says of it, beside the eleven steps."""
    tile, prediction = answer.reading.preprocessed.tile, answer.reading.prediction
    if tile is None or prediction is None:
        return
    naive = naive_tile(answer.reading.preprocessed.working_rgb)
    left, right = st.columns(2, border=True)
    with left:
        _show_way(_("Resized as it is"), naive, reader().predict(naive), is_answer=True)
    with right:
        _show_way(
            _("Through the eleven steps"),
            tile.pixels,
            prediction,
            is_answer=answer.reading.digit is not None,
        )
    st.caption(
        _(
            "The same network both times. On the left the whole picture was made grey and shrunk "
            "to 28 by 28 pixels, as simple MNIST programs do it; on the right the digit was found "
            "and prepared first."
        )
    )


def _show_way(title: str, pixels: UInt8Array, prediction: Prediction, *, is_answer: bool) -> None:
    st.subheader(title, anchor=False)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.image(inline(for_display(pixels, SHOWN_PX)), width=SHOWN_PX, alt=title)
        with st.container(width="stretch"):
            if is_answer:
                st.metric(_("Read as"), str(prediction.digit))
                st.caption(percent(prediction.confidence))
            else:
                st.metric(_("Read as"), "?")
                st.caption(_("Refused: see the reason above."))
