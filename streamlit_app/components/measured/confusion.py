"""The confusion matrix; a click on a cell shows its mistakes."""

from __future__ import annotations

import math

import altair as alt
import streamlit as st

from digitscope.types import CLASSES
from streamlit_app.card import ModelCard
from streamlit_app.i18n import _, number
from streamlit_app.theme import theme

CHART_KEY, CHOICE_KEY = "confusion_chart", "confusion_choice"
CELL = "cell"  # name of the chart's selection
CHART_PX = 430
FAINTEST = 0.25  # lowest opacity of a cell with mistakes

Pair = tuple[int, int]  # digit shown, digit answered


def confusions(matrix: list[list[int]]) -> list[Pair]:
    """The pairs that were confused, the most frequent first."""
    pairs = [(s, a) for s in range(CLASSES) for a in range(CLASSES) if s != a and matrix[s][a]]
    return sorted(pairs, key=lambda pair: -matrix[pair[0]][pair[1]])


def choose_confusion(card: ModelCard) -> Pair | None:
    """Draw the matrix and the list; returns the pair chosen in either, or None for all."""
    matrix = card.matrix("test.confusion_matrix", CLASSES)
    if matrix is None:
        st.caption(_("No confusion matrix is recorded for this network."))
        return None
    st.altair_chart(
        _chart(matrix),
        height=CHART_PX,
        key=CHART_KEY,
        on_select=_follow_chart,
        selection_mode=[CELL],
        alt=_in_words(matrix),
    )
    st.caption(_("Rows: the digit shown. Columns: the digit answered. Press a cell to see it."))
    pair: Pair | None = st.selectbox(
        _("Which mistakes to show"),
        [None, *confusions(matrix)],
        format_func=lambda pair: _pair_text(matrix, pair),
        key=CHOICE_KEY,
    )
    return pair


def _follow_chart() -> None:
    """Select the clicked cell in the list, too; only mistakes can be chosen."""
    pressed = st.session_state[CHART_KEY]["selection"].get(CELL) or []
    pair = (int(pressed[0]["shown"]), int(pressed[0]["answered"])) if pressed else None
    is_mistake = pair is not None and pair[0] != pair[1] and pressed[0].get("count") != 0
    st.session_state[CHOICE_KEY] = pair if is_mistake else None


def _pair_text(matrix: list[list[int]], pair: Pair | None) -> str:
    if pair is None:
        count = sum(matrix[s][a] for s, a in confusions(matrix))
        return _("All {count}").format(count=number(count))
    return _("{shown} read as {answered} ({count})").format(
        shown=pair[0], answered=pair[1], count=matrix[pair[0]][pair[1]]
    )


def _chart(matrix: list[list[int]]) -> alt.LayerChart:
    most = max(matrix[s][a] for s in range(CLASSES) for a in range(CLASSES) if s != a) or 1
    rows = [
        _cell(shown, answered, matrix[shown][answered], most)
        for shown in range(CLASSES)
        for answered in range(CLASSES)
    ]
    pressed = alt.selection_point(name=CELL, fields=["shown", "answered", "count"])
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        x=alt.X("answered:O", title=_("Answered"), axis=alt.Axis(labelAngle=0, orient="top")),
        y=alt.Y("shown:O", title=_("Shown")),
        tooltip=[
            alt.Tooltip("shown:O", title=_("Shown")),
            alt.Tooltip("answered:O", title=_("Answered")),
            alt.Tooltip("count:Q", title=_("Tiles")),
        ],
    )
    cells = (
        base.mark_rect(cornerRadius=4, stroke=theme().text, strokeOpacity=0.08)
        .encode(
            color=alt.Color("colour:N", scale=None, legend=None),
            opacity=alt.Opacity("strength:Q", scale=None, legend=None),
        )
        .add_params(pressed)
    )
    labels = base.mark_text(fontSize=12).encode(
        text="label:N", color=alt.Color("ink:N", scale=None, legend=None)
    )
    return cells + labels


def _cell(shown: int, answered: int, count: int, most: int) -> dict[str, object]:
    """The data of one cell; the opacity of mistakes grows with their number."""
    is_right = shown == answered
    share = math.sqrt(count / most)
    return {
        "shown": shown,
        "answered": answered,
        "count": count,
        "label": number(count) if count else "",
        "colour": theme().accent if is_right else theme().wrong,
        "strength": 1.0 if is_right else (FAINTEST + (1 - FAINTEST) * share if count else 0.0),
        "ink": "#ffffff" if is_right else theme().text,
    }


def _in_words(matrix: list[list[int]]) -> str:
    worst = ", ".join(_pair_text(matrix, pair) for pair in confusions(matrix)[:3])
    return _("Confusion matrix. Most frequent mistakes: {worst}.").format(worst=worst)
