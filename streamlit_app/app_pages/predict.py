"""Give a picture, read the answer: `choose_input`, then `read`, then `show`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from streamlit_app.boundary import error_boundary
from streamlit_app.components.batch import chosen_index, show_batch, show_place
from streamlit_app.components.comparison import show_comparison
from streamlit_app.components.empty_state import show_empty_state
from streamlit_app.components.examples import show_way_back
from streamlit_app.components.explanation import show_explanation, show_photo
from streamlit_app.components.options import choose_options
from streamlit_app.components.page_head import show_page_head
from streamlit_app.components.quality import may_be_improved, show_quality
from streamlit_app.components.result import (
    read_announced,
    show_details,
    show_headline,
    show_probabilities,
    show_prompt,
    show_reason,
    wants_guess,
)
from streamlit_app.components.sources.choice import Source, choose_source
from streamlit_app.components.steps import show_steps
from streamlit_app.i18n import _
from streamlit_app.reading import read
from streamlit_app.resources import is_model_loaded, reader
from streamlit_app.state import Answer, Options, Picture, app_state
from streamlit_app.visitors import VISITORS


@dataclass(frozen=True)
class Slots:
    """Where things stand: the answer above the input, since on a phone nobody scrolls for it."""

    headline: DeltaGenerator
    place: DeltaGenerator
    input: DeltaGenerator
    details: DeltaGenerator


@dataclass(frozen=True)
class Choice:
    """What the visitor gave.

    Attributes:
        pictures: none, one, or several files.
        index: which of them is to be shown large.
        options: how to read them.
    """

    pictures: Sequence[Picture] = ()
    index: int = 0
    options: Options = field(default_factory=Options)

    @property
    def picture(self) -> Picture | None:
        """The one to be shown large, or None."""
        return self.pictures[self.index] if self.pictures else None


def lay_out(source: Source) -> Slots:
    """Make the page's parts, in their order from top to bottom."""
    # `st.empty` is emptied at once in each run: a pad below it would jump under a moving pen.
    headline, place = st.container() if source.is_live else st.empty(), st.container()
    left, right = st.columns(2, gap="medium", border=True)
    return Slots(headline, place, left, right)


def choose_input(source: Source, slots: Slots) -> Choice:
    """Let the visitor give a picture and say how to read it."""
    pictures: Sequence[Picture] = ()
    options = Options()
    with slots.input, error_boundary():
        pictures = source.render()
        options = choose_options()
    return Choice(pictures, chosen_index(pictures), options)


def read_choice(source: Source, choice: Choice, slots: Slots) -> Answer | None:
    """Read the picture; where there is no answer, say why."""
    with slots.headline, error_boundary():
        if choice.picture is None:
            show_prompt(source.invitation(), source.prompt())
            if is_model_loaded():
                reader()  # tells now, not with the first picture, that it cannot be loaded
        elif not is_model_loaded():
            text = _("Your picture is read as soon as the network is loaded.")
            show_prompt(_("One moment"), text)
        elif source.is_live:
            return read(choice.picture, choice.options)
        else:
            return read_announced(choice.picture, choice.options)
    return None


def show(source: Source, choice: Choice, answer: Answer | None, slots: Slots) -> Answer | None:
    """Show the answer and its figures; returns it, or the best guess that was asked for."""
    picture = choice.picture
    if picture is None or answer is None:
        with slots.details, error_boundary():
            show_empty_state(source.key)
        return None
    with slots.headline, error_boundary():
        show_headline(answer.reading, picture, with_reason=not source.is_live)
    if answer.reading.preprocessed.tile is not None:
        app_state().last_tile = answer.reading.preprocessed.tile.pixels
    with slots.place:
        if len(choice.pictures) > 1:
            show_place(picture, len(choice.pictures))
    with slots.details, error_boundary():
        answer = show_figures(source, picture, answer)
    with slots.input, error_boundary():
        if not source.shows_picture:
            show_photo(picture, answer)
    return answer


def show_figures(source: Source, picture: Picture, answer: Answer) -> Answer:
    """Show what stands behind the answer; returns it, or the best guess that was asked for."""
    if source.key == "draw" and app_state().drawing.is_pen_down:
        show_probabilities(answer.reading)
        return answer
    if source.is_live:
        show_reason(answer.reading)
    if answer.reading.digit is None and wants_guess():
        answer = read(picture, replace(answer.options, force=True))
    show_details(answer, read(picture, replace(answer.options, tta=False)))
    if answer.reading.quality is not None and may_be_improved(answer.reading, picture):
        show_quality(answer.reading.quality)
    return answer


def show_below(source: Source, choice: Choice, answer: Answer | None) -> None:
    """Show what a visitor may want to know besides: the files, the explanation, the steps."""
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


def answer_input(source: Source) -> tuple[Choice, Answer | None]:
    """Input and answer, from top to bottom."""
    slots = lay_out(source)
    choice = choose_input(source, slots)
    answer = show(source, choice, read_choice(source, choice, slots), slots)
    with slots.input:
        show_way_back()
    return choice, answer


@st.fragment
def answer_pad(source: Source) -> tuple[Choice, Answer | None]:
    """The same while a pen moves: this part runs alone; the page follows when the pen is up."""
    drawing = app_state().drawing
    with VISITORS.served():
        result = answer_input(source)
    if not drawing.is_pen_down and not drawing.is_whole_page_run:
        st.rerun()
    return result


def show_page() -> None:
    """The whole page."""
    show_page_head(_("Read a digit"))
    source = choose_source()
    if source.key == "draw":
        with app_state().drawing.whole_page_run():
            choice, answer = answer_pad(source)
    else:
        choice, answer = answer_input(source)
    show_below(source, choice, answer)


show_page()
