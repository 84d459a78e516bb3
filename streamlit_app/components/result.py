"""The answer: one line that is seen at once, and the figures behind it."""

from __future__ import annotations

import streamlit as st

from digitscope.types import Background, Prediction, Reading
from streamlit_app.components.illustrations import digit_plate
from streamlit_app.components.options import background_texts
from streamlit_app.components.probabilities import show_bars
from streamlit_app.components.wording import Finding, certainty, refusal_texts, verdict
from streamlit_app.i18n import _, number, percent, translate
from streamlit_app.reading import is_read, read
from streamlit_app.state import Answer, Options, Picture
from streamlit_app.theme import theme

TOP = 3
PLATE_PX = 104
GREY = "#6b7280"  # neither right nor wrong; white on it is easy to read
CARD_PX = 85  # three abreast on a phone
MS_PER_S = 1000
GUESS_KEY = "best_guess"
ENGINE_NAMES = {"keras": "Keras", "onnxruntime": "ONNX Runtime"}


def show_prompt(title: str, text: str) -> None:
    """What stands in the answer's place, and in its form, while there is nothing to answer."""
    with _headline("?", GREY, _("No answer yet")):
        st.subheader(title, anchor=False)
        st.markdown(text)


def read_announced(picture: Picture, options: Options) -> Answer:
    """Read a picture; while a new one is being read, a card says so where the answer will stand.

    Raises:
        InvalidImageError: the bytes are no picture; the text is fit for a person.
        ModelUnavailableError: the network's file is missing or broken.
    """
    if not is_read(picture, options):
        show_prompt(_("One moment"), _("Your picture is being read."))
    return read(picture, options, tell_wait=tell_wait)


def tell_wait() -> None:
    """Say that the picture waits for those of other visitors."""
    st.caption(":material/hourglass_top: " + _("Other pictures are being read: yours is next."))


def show_headline(reading: Reading, picture: Picture, *, with_reason: bool = True) -> None:
    """The answer at a glance: the digit, how sure; or why there is none.

    Args:
        reading: the answer.
        picture: what was read.
        with_reason: a refusal says why at once. Without, the card is as high as with an answer:
            nothing below it moves, and `show_reason` says why elsewhere.
    """
    finding = Finding.of(reading)
    if finding is not None:
        with _headline("?", GREY, _("No digit")):
            st.header(refusal_texts(finding).heading, anchor=False)
            if with_reason:
                show_reason(reading)
    elif reading.prediction is not None:
        _show_answer(reading.prediction, picture)


def _show_answer(prediction: Prediction, picture: Picture) -> None:
    """The digit, how sure it is, and whether it is the picture's label."""
    digit = prediction.digit
    with _headline(str(digit), theme().accent, str(digit)):
        st.header(verdict(prediction), anchor=False)
        with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
            _show_certainty(prediction)
            if picture.label is not None:
                _show_label(digit, picture.label)


def show_reason(reading: Reading) -> None:
    """Why there is no answer and what to do about it; nothing where there is one."""
    finding = Finding.of(reading)
    if finding is not None:
        refusal = refusal_texts(finding)
        st.markdown(f"{refusal.why} **{refusal.advice}**")


def _headline(glyph: str, colour: str, alt: str) -> st.delta_generator.DeltaGenerator:
    """The plate with its character; returns where the words go."""
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
    """Whether the answer agrees with what people said."""
    if digit == label:
        st.badge(
            _("Right: labelled {label}").format(label=label), icon=":material/check:", color="green"
        )
    else:
        st.badge(
            _("Wrong: labelled {label}").format(label=label), icon=":material/close:", color="red"
        )


def show_probabilities(reading: Reading) -> None:
    """The top three and the bars, as long as a pen moves: also where there is no answer yet."""
    if reading.prediction is not None:
        show_top(reading.prediction)
        show_bars(reading.prediction)


def show_details(answer: Answer, plain: Answer) -> None:
    """The figures: top three, ten bars, what the options did.

    Args:
        answer: a digit, or a refusal with the best guess that was asked for.
        plain: the same picture read without test-time augmentation.
    """
    reading, options = answer.reading, answer.options
    _show_notice(reading, options)
    if reading.prediction is not None and (reading.digit is not None or options.force):
        if reading.digit is None:
            _show_guess(reading.prediction)
        show_top(reading.prediction)
        show_bars(reading.prediction)
        if options.tta and plain.reading.prediction is not None:
            _show_change(plain.reading.prediction, reading.prediction)
    elif options.force:
        st.caption(_("No shape was found that could be given to the network: there is no guess."))
    st.caption(_time_taken(reading.ms, ENGINE_NAMES.get(answer.engine, answer.engine)))


def _time_taken(ms: float, engine: str) -> str:
    """In milliseconds, or in seconds from the first one on; and which library computed."""
    if ms < MS_PER_S:
        return _("Read in {ms} ms, with {engine}").format(ms=number(ms, ".0f"), engine=engine)
    return _("Read in {s} s, with {engine}").format(s=number(ms / MS_PER_S, ".1f"), engine=engine)


def wants_guess() -> bool:
    """A switch: what would the network have said of a refused picture?"""
    return st.toggle(_("Show me the best guess"), key=GUESS_KEY, persist_state="session")


def _show_guess(prediction: Prediction) -> None:
    st.markdown(
        _("If it had to be a digit: **{digit}**, with {share}. Do not rely on it.").format(
            digit=prediction.digit, share=percent(prediction.confidence)
        )
    )


def _show_notice(reading: Reading, options: Options) -> None:
    """What the core wants to be known of the way it took."""
    used = reading.preprocessed.background
    if options.background not in (Background.AUTO, used):
        names = background_texts()
        text = _("{asked} could not run here: its weights could not be had. {used} answered.")
        text = text.format(asked=names[options.background][0], used=names[used][0])
        st.info(text, icon=":material/info:")
    elif reading.preprocessed.notice:
        st.info(translate(reading.preprocessed.notice), icon=":material/info:")


def show_top(prediction: Prediction) -> None:
    """The three most probable digits as cards."""
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
    """What looking five times changed."""
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
