"""The ten probabilities as bars, readable without colour.

HTML instead of Altair: else the first answer would wait for pandas, PyArrow and Vega.
"""

from __future__ import annotations

import streamlit as st

from digitscope.types import Prediction
from streamlit_app.components.illustrations import Bar, bar_chart
from streamlit_app.i18n import _, percent
from streamlit_app.theme import theme

OTHERS_STRENGTH = 0.35  # opacity of the bars that are not the answer
LABELLED_FROM = 0.005  # probability; smaller ones round to 0 %
TOP = 3  # digits named in the text for screen readers


def show_bars(prediction: Prediction) -> None:
    """Show ten bars in the order of the digits; only the answer's is opaque."""
    bars = [_bar(prediction, digit) for digit in range(len(prediction.probabilities))]
    st.html(bar_chart(bars, theme().accent, _in_words(prediction)))


def _bar(prediction: Prediction, digit: int) -> Bar:
    probability = float(prediction.probabilities[digit])
    return Bar(
        name=str(digit),
        height=probability,
        label=percent(probability, 0) if probability >= LABELLED_FROM else "",
        title=f"{digit}: {percent(probability, 2)}",
        strength=1 if digit == prediction.digit else OTHERS_STRENGTH,
    )


def _in_words(prediction: Prediction) -> str:
    highest = ", ".join(f"{digit}: {percent(share)}" for digit, share in prediction.ranked[:TOP])
    return _("Probability of each digit. Highest: {shares}.").format(shares=highest)
