"""The Predict page: `choose_input`, then `read_choice`, then `show`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import streamlit as st

from streamlit_app.boundary import error_boundary
from streamlit_app.components.batch import chosen_index, show_batch, show_place
from streamlit_app.components.comparison import show_comparison
from streamlit_app.components.empty_state import show_empty_state
from streamlit_app.components.examples import show_way_back
from streamlit_app.components.explanation import show_explanation, show_photo
from streamlit_app.components.mode import choose_numbers
from streamlit_app.components.numbers import show_numbers
from streamlit_app.components.options import choose_options
from streamlit_app.components.page_head import show_page_head
from streamlit_app.components.quality import may_be_improved, show_quality
from streamlit_app.components.result import (
    read_announced,
    show_details,
    show_guess_toggle,
    show_headline,
    show_probabilities,
    show_prompt,
    show_reason,
)
from streamlit_app.components.slots import Choice, Slots, lay_out
from streamlit_app.components.sources.choice import Source, choose_source
from streamlit_app.components.steps import show_steps
from streamlit_app.i18n import _
from streamlit_app.number_reading import read_numbers
from streamlit_app.reading import read
from streamlit_app.resources import is_model_loaded, reader
from streamlit_app.state import Answer, NumberAnswer, Options, Picture, app_state
from streamlit_app.visitors import VISITORS


def choose_input(source: Source, slots: Slots, *, numbers: bool) -> Choice:
    """Let the visitor give a picture and say how to read it."""
    pictures: Sequence[Picture] = ()
    options = Options(numbers=numbers)
    with slots.input, error_boundary():
        pictures = source.render(numbers)
        options = choose_options(numbers=numbers)
    return Choice(pictures, chosen_index(pictures), options)


def read_choice(source: Source, choice: Choice, slots: Slots) -> Answer | NumberAnswer | None:
    """Read the picture; without a picture or a loaded network, show a message and return None."""
    read_it: Callable[..., Answer | NumberAnswer] = read_numbers if choice.options.numbers else read
    with slots.headline, error_boundary():
        if choice.picture is None:
            show_prompt(*source.prompts(numbers=choice.options.numbers))
            if is_model_loaded():
                reader()  # raises now, not with the first picture, if it cannot be loaded
        elif not is_model_loaded():
            text = _("Your picture is read as soon as the network is loaded.")
            show_prompt(_("One moment"), text)
        elif source.is_live:
            return read_it(choice.picture, choice.options)
        else:
            return read_announced(choice.picture, choice.options, read_it)
    return None


def show(
    source: Source, choice: Choice, answer: Answer | NumberAnswer | None, slots: Slots
) -> Answer | None:
    """Show the answer and its figures.

    Returns:
        The answer or the requested best guess; None if the parts below have nothing to show.
    """
    picture = choice.picture
    if picture is None or answer is None:
        with slots.details, error_boundary():
            show_empty_state(source.key, numbers=choice.options.numbers)
        return None
    with slots.place:
        if len(choice.pictures) > 1:
            show_place(picture, len(choice.pictures))
    if isinstance(answer, NumberAnswer):
        show_numbers(source, choice, answer, slots)
        return None
    return show_digit(source, picture, answer, slots)


def show_digit(source: Source, picture: Picture, answer: Answer, slots: Slots) -> Answer:
    """Show one digit; returns the answer or the requested best guess."""
    with slots.headline, error_boundary():
        show_headline(answer, picture, with_reason=not source.is_live)
    if answer.reading.preprocessed.tile is not None:
        app_state().last_tile = answer.reading.preprocessed.tile.pixels
    with slots.details, error_boundary():
        answer = show_figures(source, picture, answer)
    with slots.input, error_boundary():
        if not source.shows_picture:
            show_photo(picture, answer)
    return answer


def show_figures(source: Source, picture: Picture, answer: Answer) -> Answer:
    """Show the figures of the answer; returns it or the requested best guess."""
    if source.key == "draw" and app_state().drawing.is_pen_down:
        show_probabilities(answer.reading)
        return answer
    if source.is_live:
        show_reason(answer, picture)
    if answer.reading.digit is None and show_guess_toggle():
        answer = read(picture, replace(answer.options, force=True))
    show_details(answer, read(picture, replace(answer.options, tta=False)))
    if answer.reading.quality is not None and may_be_improved(answer.reading, picture):
        show_quality(answer.reading.quality)
    return answer


def show_below(source: Source, choice: Choice, answer: Answer | None) -> None:
    """Show the parts below: the table of files, the explanation, the comparison, the steps."""
    picture = choice.picture
    if len(choice.pictures) > 1 and is_model_loaded():
        show_batch(choice.pictures, choice.options, choice.index)
    if answer is not None and picture is not None:
        with error_boundary():
            show_explanation(
                picture, answer, with_photo=source.shows_picture and picture.label is None
            )
            show_comparison(answer)
            show_steps(answer.reading)


def answer_input(source: Source, *, numbers: bool) -> tuple[Choice, Answer | None]:
    """Show input and answer, from top to bottom; returns both."""
    slots = lay_out(source, numbers=numbers)
    choice = choose_input(source, slots, numbers=numbers)
    answer = show(source, choice, read_choice(source, choice, slots), slots)
    with slots.input:
        show_way_back()
    return choice, answer


@st.fragment
def answer_pad(source: Source, *, numbers: bool) -> tuple[Choice, Answer | None]:
    """As `answer_input`, as a fragment; the page reruns only after the pen is up."""
    drawing = app_state().drawing
    with VISITORS.served():
        result = answer_input(source, numbers=numbers)
    if not drawing.is_pen_down and not drawing.is_whole_page_run:
        st.rerun()
    return result


def show_page() -> None:
    """Show the whole page."""
    show_page_head(_("Read a digit"))
    with st.container(horizontal=True):
        source = choose_source()
        numbers = source.numbers_prompt is not None and choose_numbers()
    if source.key == "draw":
        with app_state().drawing.whole_page_run():
            choice, answer = answer_pad(source, numbers=numbers)
    else:
        choice, answer = answer_input(source, numbers=numbers)
    show_below(source, choice, answer)


show_page()
