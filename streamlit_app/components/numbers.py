"""Shows the numbers of a picture: as a heading, on the picture, and in text fields."""

from __future__ import annotations

import re
from collections.abc import Sequence

import streamlit as st

from digitscope.number_types import UNSURE, NumberReading
from digitscope.serialization import number_reading_to_dict
from streamlit_app.boundary import error_boundary
from streamlit_app.components.copy_button import show_copy_button
from streamlit_app.components.corrections import (
    corrected,
    count_unsure,
    least_confidence,
    show_corrections,
)
from streamlit_app.components.number_overlay import draw_numbers
from streamlit_app.components.number_table import as_csv, number_lines, show_download
from streamlit_app.components.pictures import as_data_url
from streamlit_app.components.result import show_notice, show_prompt, show_time
from streamlit_app.components.slots import Choice, Slots
from streamlit_app.components.sources.choice import Source
from streamlit_app.components.wording import number_certainty, number_refusal
from streamlit_app.i18n import _, percent
from streamlit_app.state import NumberAnswer, Picture, app_state

MAX_HEADING_CHARS = 48  # above this, the heading only says how many numbers there are
BETWEEN = " · "
MARKDOWN = re.compile(r"([!-/:-@\[-`{-~])")  # ASCII punctuation, which may be markup


def show_numbers(source: Source, choice: Choice, answer: NumberAnswer, slots: Slots) -> None:
    """Show the numbers, with the visitor's corrections everywhere."""
    picture, reading = choice.picture, answer.reading
    if picture is None:
        return
    texts = corrected(picture, answer.options, [number.text for number in reading.numbers])
    is_pen_down = source.key == "draw" and app_state().drawing.is_pen_down
    with slots.headline, error_boundary():
        show_numbers_headline(reading, texts)
    with slots.details if source.shows_picture else slots.input, error_boundary():
        if not is_pen_down:
            show_framed(picture, reading, texts)
    with slots.details, error_boundary():
        if reading.numbers and not is_pen_down:
            show_corrections(picture, answer)
            if len(reading.numbers) > 1 and len(choice.pictures) == 1:
                data = number_reading_to_dict(reading)
                show_download(as_csv(number_lines(picture, answer.options, data)))
        show_notice(reading.background, reading.notice, answer.options)
        show_time(reading.ms, answer.engine)


def show_numbers_headline(reading: NumberReading, texts: Sequence[str]) -> None:
    """Show the numbers, large, with a copy button; or why there are none."""
    if reading.reason is not None:
        refusal = number_refusal(reading.reason)
        show_prompt(refusal.heading, f"{refusal.why} **{refusal.advice}**", alt=_("No number"))
        return
    with st.container(border=True, gap="xsmall"):
        st.header(heading(texts), anchor=False)
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            show_copy_button("\n".join(texts), key="copy_numbers")
            _show_certainty(reading, texts)


def heading(texts: Sequence[str]) -> str:
    """The numbers as a Markdown heading, each "?" marked; if too long, only their count."""
    line = BETWEEN.join(texts)
    if len(line) > MAX_HEADING_CHARS:
        return _("{count} numbers").format(count=len(texts))
    return MARKDOWN.sub(r"\\\1", line).replace(f"\\{UNSURE}", f":orange-background[{UNSURE}]")


def _show_certainty(reading: NumberReading, texts: Sequence[str]) -> None:
    """Show how many digits are left to check, else the lowest confidence."""
    if unsure := count_unsure(texts):
        text = _("To be checked: {count}").format(count=unsure)
        st.badge(text, icon=":material/help:", color="orange")
    elif texts != [number.text for number in reading.numbers]:
        st.badge(_("Corrected by you"), icon=":material/edit:", color="blue")
    else:
        least = least_confidence(reading.numbers)
        sure = number_certainty(least)
        st.badge(
            f"{sure.word} · {percent(least)}",
            icon=sure.icon,
            color=sure.colour,
            help=_("The confidence of the least sure digit."),
        )


def show_framed(picture: Picture, reading: NumberReading, texts: Sequence[str]) -> None:
    """Show the picture with its digits framed and labelled."""
    opened = app_state().decode(picture)
    st.subheader(_("Where they stand"), anchor=False)
    alt = _("Your picture, each digit framed: {text}").format(text=", ".join(texts))
    with st.container(horizontal_alignment="center"):
        st.image(
            as_data_url(draw_numbers(opened, reading, texts)),
            width="stretch",
            caption=picture.name,
            alt=alt if texts else _("Your picture"),
        )
