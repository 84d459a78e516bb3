"""The ten probabilities as bars, readable without colour.

HTML, no chart of Altair: the first answer would wait for pandas, PyArrow and the browser's Vega.
"""

from __future__ import annotations

from html import escape

import streamlit as st

from digitscope.types import Prediction
from streamlit_app.i18n import _, percent
from streamlit_app.theme import theme

BARS_PX = 130  # height of the highest bar
OTHERS_STRENGTH = 0.35  # opacity of the bars that are not the answer
LABELLED_FROM = 0.005  # probability: less rounds to nothing
TOP = 3  # named in the text that replaces the picture
ROW_CSS = "display:grid;grid-template-columns:repeat(10,1fr);gap:0.4rem;align-items:end"
CELL_CSS = "text-align:center;font-size:0.8rem;line-height:1.4"


def show_bars(prediction: Prediction) -> None:
    """Ten bars in the order of the digits, the answer's at full strength."""
    bars = "".join(_bar(prediction, digit) for digit in range(len(prediction.probabilities)))
    words = escape(_in_words(prediction), quote=True)
    st.html(f'<div role="img" aria-label="{words}" style="{ROW_CSS}">{bars}</div>')


def _bar(prediction: Prediction, digit: int) -> str:
    """One digit's bar, its probability above it and the digit below."""
    probability = float(prediction.probabilities[digit])
    label = percent(probability, 0) if probability >= LABELLED_FROM else ""
    exact = f"{digit}: {percent(probability, 2)}"
    strength = 1 if digit == prediction.digit else OTHERS_STRENGTH
    bar_css = (
        f"height:{max(1, round(BARS_PX * probability))}px;border-radius:4px 4px 0 0;"
        f"background:{theme().accent};opacity:{strength}"
    )
    return (
        f'<div title="{escape(exact, quote=True)}" style="{CELL_CSS}">{label}'
        f'<div style="{bar_css}"></div><strong>{digit}</strong></div>'
    )


def _in_words(prediction: Prediction) -> str:
    highest = ", ".join(f"{digit}: {percent(share)}" for digit, share in prediction.ranked[:TOP])
    return _("Probability of each digit. Highest: {shares}.").format(shares=highest)
