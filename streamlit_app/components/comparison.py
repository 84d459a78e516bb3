"""Compares the answer with the same network's answer for the picture, only resized."""

from __future__ import annotations

import cv2
import numpy as np
import streamlit as st
from PIL.Image import Image
from streamlit.delta_generator import DeltaGenerator

from digitscope.types import TILE_PX, Prediction, UInt8Array
from streamlit_app.boundary import error_boundary
from streamlit_app.components.examples import PHOTO, PREDICT_PAGE, SMALL_DRAWING
from streamlit_app.components.pictures import as_data_url, bordered, for_display
from streamlit_app.i18n import _, percent
from streamlit_app.reading import read
from streamlit_app.resources import is_model_loaded, loading_text, reader
from streamlit_app.state import Answer, Options

SHOWN_PX = 168  # six times MNIST's 28
KEY = "show_comparison"
EXAMPLE_KEY = "comparison_example"
BLIND_GUESS_BELOW = 0.2  # confidence; pure chance among ten digits would be 0.1


def naive_tile(rgb: UInt8Array) -> UInt8Array:
    """Preprocess a picture as most MNIST demos do: grey, 28 by 28, light on dark.

    Args:
        rgb: (height, width, 3) uint8, the whole picture.

    Returns:
        (28, 28) uint8, inverted if the picture is mostly light.
    """
    grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
    tile = cv2.resize(grey, (TILE_PX, TILE_PX), interpolation=cv2.INTER_AREA)
    return (255 - tile if tile.mean() > 127 else tile).astype(np.uint8)


@st.fragment
@error_boundary()
def show_comparison(answer: Answer) -> None:
    """Show a switch and, if it is on, both ways side by side; only this part reruns."""
    if answer.reading.preprocessed.tile is None:
        return
    asked = st.toggle(
        _("Compare: the same network without the steps"), key=KEY, persist_state="session"
    )
    if asked:
        show_both_ways(answer)


def show_difference() -> None:
    """Show an example read both ways, for new visitors; it is computed live."""
    st.subheader(_("The same network, with and without the steps"), anchor=False)
    if not is_model_loaded():
        st.caption(loading_text())
        return
    _show_example()
    st.caption(_same_network())
    if st.button(_("Compare with a picture of your own"), icon=":material/compare:"):
        st.session_state[KEY] = True
        st.switch_page(PREDICT_PAGE)


@st.fragment
@error_boundary()
def _show_example() -> None:
    """Show one of two examples, read both ways."""
    examples = {"drawing": SMALL_DRAWING, "photo": PHOTO}
    sentences = {
        "drawing": _("A small digit in a thin pen, off the middle."),
        "photo": _("A digit on ruled paper, off the middle."),
    }
    chosen = st.segmented_control(
        _("Which picture to compare with"),
        list(examples),
        default="drawing",
        required=True,
        format_func=lambda name: examples[name].label(),
        key=EXAMPLE_KEY,
        label_visibility="collapsed",
    )
    answer = read(examples[chosen].load(), Options())
    given, naive, prepared = st.columns(3, border=True)
    with given:
        shown = for_display(answer.reading.preprocessed.working_rgb, SHOWN_PX)
        _show_picture(examples[chosen].label(), shown)
        st.caption(sentences[chosen])
    _show_ways(answer, naive, prepared)


def show_both_ways(answer: Answer) -> None:
    """Show the result for the resized picture beside the result of the eleven steps."""
    left, right = st.columns(2, border=True)
    _show_ways(answer, left, right)
    st.caption(_same_network())


def _same_network() -> str:
    return _(
        "The same network both times. On the left the whole picture was made grey and shrunk to "
        "28 by 28 pixels, as simple MNIST programs do it; on the right the digit was found and "
        "prepared first."
    )


def _show_ways(answer: Answer, left: DeltaGenerator, right: DeltaGenerator) -> None:
    """Show both tiles, and the network's answer for each."""
    reading = answer.reading
    naive = naive_tile(reading.preprocessed.working_rgb)
    with left:
        _show_picture(_("Resized as it is"), for_display(naive, SHOWN_PX))
        _show_answer(reader().predict(naive))
    with right:
        if reading.preprocessed.tile is not None:
            pixels = reading.preprocessed.tile.pixels
            _show_picture(_("Through the eleven steps"), for_display(pixels, SHOWN_PX))
        _show_answer(reading.prediction if reading.digit is not None else None)


def _show_picture(title: str, picture: Image) -> None:
    st.markdown(f"**{title}**")
    st.image(as_data_url(bordered(np.asarray(picture.convert("RGB")))), alt=title)


def _show_answer(prediction: Prediction | None) -> None:
    """Show the digit and its probability; None means that the picture was refused."""
    if prediction is None:
        st.metric(_("Read as"), "?")
        st.caption(_("Refused: no digit, rather than a wrong one."))
    else:
        st.metric(
            _("Read as"),
            str(prediction.digit),
            delta=percent(prediction.confidence),
            delta_color="off",
            delta_arrow="off",
        )
        if prediction.confidence < BLIND_GUESS_BELOW:
            st.caption(_("A blind guess: each of the ten digits is about as likely."))
