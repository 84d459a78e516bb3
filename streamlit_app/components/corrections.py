"""Corrects numbers by hand: a text field for each, and buttons for each unsure digit."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from digitscope.number_types import UNSURE, Number, NumberDigit
from streamlit_app.components.pictures import as_data_url, for_display
from streamlit_app.i18n import _
from streamlit_app.state import NumberAnswer, Options, Picture

FIELD_PX = 150  # two in a row, also on a phone
TILE_PX = 56  # twice MNIST's 28
GUESSES = 2  # as many as fit into one line with the tile


def field_key(picture: Picture, options: Options, index: int) -> str:
    """The session key of a number's corrected text."""
    return f"number_{picture.fingerprint[:16]}_{options.background}_{index}"


def corrected(picture: Picture, options: Options, texts: Sequence[str]) -> list[str]:
    """The numbers with the visitor's corrections.

    Args:
        picture: the picture with the numbers.
        options: how it was read.
        texts: the numbers as they were read.
    """
    return [
        st.session_state.get(field_key(picture, options, index), text)
        for index, text in enumerate(texts)
    ]


def show_corrections(picture: Picture, answer: NumberAnswer) -> None:
    """Show a text field for each number; the copy button copies the fields' texts."""
    st.subheader(_("Check and correct"), anchor=False)
    with st.grid("auto", min_column_width=FIELD_PX, gap="small") as grid:
        for index, number in enumerate(answer.reading.numbers):
            with grid.cell(), st.container(gap="xsmall"):
                key = field_key(picture, answer.options, index)
                _show_field(index, number, key)
                for place, digit in enumerate(number.digits):
                    if digit.digit is None:
                        _show_guesses(number, place, key)


def _show_field(index: int, number: Number, key: str) -> None:
    if key not in st.session_state:
        st.session_state[key] = number.text
    label = _("Number {number}").format(number=index + 1)
    st.text_input(label, key=key, persist_state="session")


def _show_guesses(number: Number, place: int, key: str) -> None:
    """Show an unsure digit's tile, and buttons with its most probable digits."""
    digit = number.digits[place]
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        label = _("Digit {place} of {count}").format(place=place + 1, count=len(number.digits))
        st.image(as_data_url(for_display(digit.tile, TILE_PX)), width=TILE_PX, alt=label)
        for guess, _share in digit.prediction.ranked[:GUESSES]:
            st.button(
                str(guess),
                key=f"{key}_{place}_{guess}",
                help=_("Take {digit} for the question mark").format(digit=guess),
                on_click=_put,
                args=(key, number, place, guess),
            )


def _put(key: str, number: Number, place: int, guess: int) -> None:
    """Put a digit into its place, unless the visitor changed the number's length."""
    text = st.session_state[key]
    if len(text) == len(number.digits):
        st.session_state[key] = f"{text[:place]}{guess}{text[place + 1 :]}"


def count_unsure(texts: Sequence[str]) -> int:
    """The number of question marks that are left."""
    return sum(text.count(UNSURE) for text in texts)


def least_confidence(numbers: Sequence[Number]) -> float:
    """The lowest confidence of the digits that were answered."""
    digits: list[NumberDigit] = [digit for number in numbers for digit in number.digits]
    return min(digit.confidence for digit in digits if digit.digit is not None)
