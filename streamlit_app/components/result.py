"""The answer: a digit with its confidence, or the reason why there is none."""

from __future__ import annotations

import altair as alt
import streamlit as st

from digitscope.types import Prediction, Reading, Reason
from streamlit_app.components.pictures import digit_plate, for_display, inline
from streamlit_app.i18n import _, percent
from streamlit_app.looks import looks

SURE, LIKELY = 0.95, 0.75  # confidences from which on the answer is called so
TOP = 3
PLATE_PX = 116
REFUSED = "#7c8496"  # grey: neither right nor wrong
CHART_PX = 190
OTHERS_STRENGTH = 0.35  # opacity of the bars that are not the answer
LABELLED_FROM = 0.005  # probability: less rounds to nothing
CARD_PX = 85  # three abreast on a phone


def confidence_words(confidence: float) -> str:
    """A confidence of 0..1 in a word."""
    if confidence >= SURE:
        return _("Sure")
    return _("Likely") if confidence >= LIKELY else _("Unsure")


def refusal_texts(reason: Reason) -> tuple[str, str]:
    """What to say of a refused picture, and what to try next."""
    return {
        Reason.BLANK: (
            _("There is nothing on this picture"),
            _("Write one digit on plain paper, with a pen that can be seen from a distance."),
        ),
        Reason.NO_CONTRAST: (
            _("The writing hardly stands out"),
            _("Take the photo in more light, or write with a darker pen."),
        ),
        Reason.TOO_SMALL: (
            _("The digit is too small to read"),
            _("Go closer, or crop the photo, so that the digit fills about half of it."),
        ),
        Reason.SEVERAL_DIGITS: (
            _("There seems to be more than one digit"),
            _("Crop the photo so that a single digit is left."),
        ),
        Reason.NOT_A_DIGIT: (
            _("This does not look like a digit"),
            _("Write one digit from 0 to 9, with nothing else beside it."),
        ),
        Reason.UNCERTAIN: (
            _("It could be one digit or another"),
            _("Write it a little clearer: close the loops of a 0, 6, 8 or 9."),
        ),
    }[reason]


def show_prompt(icon: str, text: str) -> None:
    """What stands in the answer's place while there is nothing to answer."""
    with st.container(height="stretch", vertical_alignment="center", gap="xsmall"):
        st.title(f":gray[{icon}]", anchor=False, text_alignment="center")
        st.markdown(f":gray[{text}]", text_alignment="center")


def show_reading(reading: Reading) -> None:
    """The whole answer card."""
    if reading.preprocessed.notice:
        st.info(_(reading.preprocessed.notice), icon=":material/info:")
    if reading.digit is not None and reading.prediction is not None:
        _show_digit(reading, reading.prediction)
    elif reading.reason is not None:
        _show_refusal(reading.reason)


def _show_digit(reading: Reading, prediction: Prediction) -> None:
    words = confidence_words(prediction.confidence)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.image(
            digit_plate(str(prediction.digit), looks().accent),
            width=PLATE_PX,
            alt=str(prediction.digit),
        )
        with st.container(width="stretch", gap="xsmall"):
            st.header(_verdict(prediction), anchor=False)
            st.markdown(
                _("**{words}**, with {share} confidence").format(
                    words=words, share=percent(prediction.confidence)
                )
            )
            st.caption(_("Read in {ms:.0f} ms").format(ms=reading.ms))
    _show_top(prediction)
    st.altair_chart(_bars(prediction), height=CHART_PX, alt=_chart_in_words(prediction))


def _verdict(prediction: Prediction) -> str:
    digit, eight = prediction.digit, prediction.digit == 8
    if prediction.confidence < LIKELY:
        return (_("Perhaps an {digit}") if eight else _("Perhaps a {digit}")).format(digit=digit)
    return (_("It is an {digit}") if eight else _("It is a {digit}")).format(digit=digit)


def _show_refusal(reason: Reason) -> None:
    title, advice = refusal_texts(reason)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.image(digit_plate("?", REFUSED), width=PLATE_PX, alt=_("No digit"))
        with st.container(width="stretch", gap="xsmall"):
            st.header(_("No digit read"), anchor=False)
            st.markdown(f"**{title}.** {advice}")


def _show_top(prediction: Prediction) -> None:
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


def _bars(prediction: Prediction) -> alt.LayerChart:
    """Ten bars in the order of the digits, the answer's at full strength."""
    rows = [
        {
            "digit": str(digit),
            "probability": float(share),
            "label": percent(float(share), 0),
            "strength": 1.0 if digit == prediction.digit else OTHERS_STRENGTH,
        }
        for digit, share in enumerate(prediction.probabilities)
    ]
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        x=alt.X("digit:N", title=None, axis=alt.Axis(labelAngle=0, labelFontSize=14)),
        y=alt.Y("probability:Q", title=None, axis=None, scale=alt.Scale(domain=[0, 1.12])),
        tooltip=[
            alt.Tooltip("digit:N", title=_("Digit")),
            alt.Tooltip("probability:Q", title=_("Probability"), format=".2%"),
        ],
    )
    bars = base.mark_bar(cornerRadiusEnd=4, color=looks().accent).encode(
        opacity=alt.Opacity("strength:Q", scale=None, legend=None)
    )
    labels = base.mark_text(dy=-9, fontSize=13, color=looks().text).encode(text="label:N")
    return bars + labels.transform_filter(alt.datum.probability >= LABELLED_FROM)


def _chart_in_words(prediction: Prediction) -> str:
    shares = ", ".join(f"{digit}: {percent(share)}" for digit, share in prediction.ranked[:TOP])
    return _("Probability of each digit. Highest: {shares}.").format(shares=shares)


def show_tile(reading: Reading, side_px: int) -> None:
    """The 28x28 picture that the network saw, enlarged."""
    tile = reading.preprocessed.tile
    if tile is not None:
        st.image(
            inline(for_display(tile.pixels, side_px)),
            width=side_px,
            alt=_("The digit as the network saw it, 28 by 28 pixels"),
        )
