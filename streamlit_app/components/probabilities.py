"""The ten probabilities as bars, readable without colour."""

from __future__ import annotations

import altair as alt
import streamlit as st

from digitscope.types import Prediction
from streamlit_app.i18n import _, percent
from streamlit_app.theme import theme

CHART_PX = 190
OTHERS_STRENGTH = 0.35  # opacity of the bars that are not the answer
LABELLED_FROM = 0.005  # probability: less rounds to nothing
TOP = 3  # told in the text that replaces the picture


def show_bars(prediction: Prediction) -> None:
    """Ten bars in the order of the digits, the answer's at full strength."""
    st.altair_chart(_bars(prediction), height=CHART_PX, alt=_in_words(prediction))


def _bars(prediction: Prediction) -> alt.LayerChart:
    rows = [
        {
            "digit": str(digit),
            "probability": float(share),
            "label": percent(float(share), 0),
            "exact": percent(float(share), 2),
            "strength": 1.0 if digit == prediction.digit else OTHERS_STRENGTH,
        }
        for digit, share in enumerate(prediction.probabilities)
    ]
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        x=alt.X("digit:N", title=None, axis=alt.Axis(labelAngle=0, labelFontSize=14)),
        y=alt.Y("probability:Q", title=None, axis=None, scale=alt.Scale(domain=[0, 1.12])),
        tooltip=[
            alt.Tooltip("digit:N", title=_("Digit")),
            alt.Tooltip("exact:N", title=_("Probability")),
        ],
    )
    bars = base.mark_bar(cornerRadiusEnd=4, color=theme().accent).encode(
        opacity=alt.Opacity("strength:Q", scale=None, legend=None)
    )
    labels = base.mark_text(dy=-9, fontSize=13, color=theme().text).encode(text="label:N")
    return bars + labels.transform_filter(alt.datum.probability >= LABELLED_FROM)


def _in_words(prediction: Prediction) -> str:
    shares = ", ".join(f"{digit}: {percent(share)}" for digit, share in prediction.ranked[:TOP])
    return _("Probability of each digit. Highest: {shares}.").format(shares=shares)
