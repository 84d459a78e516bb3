"""Shows the answer: a headline, and its figures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

import streamlit as st

from digitscope.messages import Message
from digitscope.types import Background, Prediction, Reading, Reason
from streamlit_app.components.illustrations import digit_plate
from streamlit_app.components.mode import ask_for_numbers
from streamlit_app.components.options import background_texts
from streamlit_app.components.probabilities import show_bars
from streamlit_app.components.wording import Finding, certainty, refusal_texts, verdict
from streamlit_app.i18n import _, number, percent, translate
from streamlit_app.number_reading import read_numbers
from streamlit_app.reading import is_read
from streamlit_app.state import Answer, Options, Picture
from streamlit_app.theme import theme

TOP = 3
PLATE_PX = 104
GREY = "#6b7280"  # neither right nor wrong; white text on it is easy to read
CARD_PX = 85  # three in a row on a phone
MS_PER_S = 1000
GUESS_KEY = "best_guess"
ENGINE_NAMES = {"keras": "Keras", "onnxruntime": "ONNX Runtime"}

T = TypeVar("T")


def show_prompt(title: str, text: str, alt: str | None = None) -> None:
    """Show a message in the place and form of an answer, while there is none."""
    with _headline("?", GREY, alt or _("No answer yet")):
        st.subheader(title, anchor=False)
        st.markdown(text)


def read_announced(picture: Picture, options: Options, read: Callable[..., T]) -> T:
    """Read a picture; while a new one is being read, a card says so in the answer's place.

    Args:
        picture: the visitor's picture.
        options: how to read it.
        read: `reading.read`, or `number_reading.read_numbers`.

    Raises:
        InvalidImageError: the bytes are no picture; visitors may see the message.
        ModelUnavailableError: the network's file is missing or broken.
    """
    if not is_read(picture, options):
        show_prompt(_("One moment"), _("Your picture is being read."))
    return read(picture, options, tell_wait=tell_wait)


def tell_wait() -> None:
    """Say that the picture has to wait for other visitors' pictures."""
    st.caption(":material/hourglass_top: " + _("Other pictures are being read: yours is next."))


def show_headline(answer: Answer, picture: Picture, *, with_reason: bool = True) -> None:
    """Show the headline: the digit and how sure it is, or why there is none.

    Args:
        answer: a digit, or a refusal.
        picture: what was read.
        with_reason: whether a refusal says why. If not, its card is as high as an answer's, so
            that nothing below it moves, and `show_reason` says why elsewhere.
    """
    reading = answer.reading
    finding = Finding.of(reading)
    if finding is not None:
        with _headline("?", GREY, _("No digit")):
            st.header(refusal_texts(finding).heading, anchor=False)
            if with_reason:
                show_reason(answer, picture)
    elif reading.prediction is not None:
        _show_answer(reading.prediction, picture)


def _show_answer(prediction: Prediction, picture: Picture) -> None:
    """Show the digit, how sure it is, and whether it matches the picture's label."""
    digit = prediction.digit
    with _headline(str(digit), theme().accent, str(digit)):
        st.header(verdict(prediction), anchor=False)
        with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
            _show_certainty(prediction)
            if picture.label is not None:
                _show_label(digit, picture.label)


def show_reason(answer: Answer, picture: Picture) -> None:
    """Show why there is no answer and what to do; nothing if there is an answer."""
    finding = Finding.of(answer.reading)
    if finding is None:
        return
    refusal = refusal_texts(finding)
    st.markdown(f"{refusal.why} **{refusal.advice}**")
    if picture.label is None and _holds_several(picture, answer):
        st.button(_("Read them all"), icon=":material/pin:", on_click=ask_for_numbers)


def _holds_several(picture: Picture, answer: Answer) -> bool:
    """Whether a refused picture shows several digits; a row of digits may look like no digit."""
    if answer.reading.reason not in (Reason.NOT_A_DIGIT, Reason.UNCERTAIN):
        return answer.reading.reason is Reason.SEVERAL_DIGITS
    numbers = read_numbers(picture, replace(answer.options, numbers=True)).reading.numbers
    return sum(len(number.digits) for number in numbers) > 1


def _headline(glyph: str, colour: str, alt: str) -> st.delta_generator.DeltaGenerator:
    """Draw the character on its coloured square; returns the container for the text."""
    row = st.container(horizontal=True, vertical_alignment="center", gap="small", border=True)
    row.image(digit_plate(glyph, colour), width=PLATE_PX, alt=alt)
    return row.container(width="stretch", gap="xsmall")


def _show_certainty(prediction: Prediction) -> None:
    sure = certainty(prediction.confidence)
    st.badge(
        f"{sure.word} · {percent(prediction.confidence)}",
        icon=sure.icon,
        color=sure.colour,
        help=_("Calibrated: of 100 answers with this figure, about that many are right."),
    )


def _show_label(digit: int, label: int) -> None:
    """Show whether the answer agrees with the label."""
    if digit == label:
        st.badge(
            _("Right: labelled {label}").format(label=label), icon=":material/check:", color="green"
        )
    else:
        st.badge(
            _("Wrong: labelled {label}").format(label=label), icon=":material/close:", color="red"
        )


def show_probabilities(reading: Reading) -> None:
    """Show the top three and the bars while the pen moves, even if there is no answer yet."""
    if reading.prediction is not None:
        show_top(reading.prediction)
        show_bars(reading.prediction)


def show_details(answer: Answer, plain: Answer) -> None:
    """Show the figures: top three, ten bars, the effect of the options.

    Args:
        answer: a digit, or a refusal, if requested with the best guess.
        plain: the same picture read without test-time augmentation.
    """
    reading, options = answer.reading, answer.options
    show_notice(reading.preprocessed.background, reading.preprocessed.notice, options)
    if reading.prediction is not None and (reading.digit is not None or options.force):
        if reading.digit is None:
            _show_guess(reading.prediction)
        show_top(reading.prediction)
        show_bars(reading.prediction)
        if options.tta and plain.reading.prediction is not None:
            _show_change(plain.reading.prediction, reading.prediction)
    elif options.force:
        st.caption(_("No shape was found that could be given to the network: there is no guess."))
    show_time(reading.ms, answer.engine)


def show_time(ms: float, engine: str) -> None:
    """Show how long the reading took, and which library ran the network."""
    st.caption(_time_taken(ms, ENGINE_NAMES.get(engine, engine)))


def _time_taken(ms: float, engine: str) -> str:
    """The time in milliseconds, or in seconds from 1 s on."""
    if ms < MS_PER_S:
        return _("Read in {ms} ms, with {engine}").format(ms=number(ms, ".0f"), engine=engine)
    return _("Read in {s} s, with {engine}").format(s=number(ms / MS_PER_S, ".1f"), engine=engine)


def show_guess_toggle() -> bool:
    """Show a switch; returns whether to show the best guess for a refused picture."""
    return st.toggle(_("Show me the best guess"), key=GUESS_KEY, persist_state="session")


def _show_guess(prediction: Prediction) -> None:
    st.markdown(
        _("If it had to be a digit: **{digit}**, with {share}. Do not rely on it.").format(
            digit=prediction.digit, share=percent(prediction.confidence)
        )
    )


def show_notice(used: Background, notice: Message, options: Options) -> None:
    """Show the core's message about the background method used."""
    if options.background not in (Background.AUTO, used):
        names = background_texts()
        text = _("{asked} could not run here: its weights could not be had. {used} answered.")
        text = text.format(asked=names[options.background][0], used=names[used][0])
        st.info(text, icon=":material/info:")
    elif notice:
        st.info(translate(notice), icon=":material/info:")


def show_top(prediction: Prediction) -> None:
    """Show the three most probable digits as cards."""
    ranks = (_("1st choice"), _("2nd choice"), _("3rd choice"))
    with st.grid(TOP, min_column_width=CARD_PX, gap="xsmall"):
        for rank, (digit, share) in zip(ranks, prediction.ranked[:TOP], strict=True):
            st.metric(
                rank,
                str(digit),
                delta=percent(share),
                delta_color="off",
                delta_arrow="off",
                border=True,
            )


def _show_change(before: Prediction, after: Prediction) -> None:
    """Show what test-time augmentation changed."""
    facts = {
        "before": before.digit,
        "after": after.digit,
        "share": percent(before.confidence),
        "new_share": percent(after.confidence),
    }
    template = (
        _("Looked five times: still a {after}, {share} became {new_share}.")
        if before.digit == after.digit
        else _("Looked five times: {before} with {share} became {after} with {new_share}.")
    )
    st.info(template.format(**facts), icon=":material/cached:")
