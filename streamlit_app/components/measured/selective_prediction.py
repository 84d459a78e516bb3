"""Selective prediction on photos: quality levels, confidence, and the cost of a threshold."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from digitscope.benchmark.metrics import GUESSES
from digitscope.types import Level
from streamlit_app.card import ModelCard
from streamlit_app.components.quality import level_style
from streamlit_app.i18n import _, axis_labels, number, percent
from streamlit_app.theme import theme

CHART_PX = 280
LOWEST = 0.5  # of the thresholds shown
LINES = ("others_refused", "digits_refused", "digits_wrong")


def show_selective_prediction(card: ModelCard) -> None:
    """Show the levels beside the curve; a sentence if nothing was measured."""
    levels = card.rows("photos.levels", "level", "n", "correct", "wrong", "refused")
    curve = threshold_curve(card)
    if not levels or curve.empty:
        st.caption(_("What confidence and quality mean on photos has not been measured yet."))
        return
    left, right = st.columns(2, gap="medium")
    with left:
        st.subheader(_("What each quality level meant"), anchor=False)
        _show_levels(levels)
        st.caption(_ranking(card))
    with right:
        st.subheader(_("What refusing costs"), anchor=False)
        in_use = card.number("photos.operating_points.in_use.threshold") or 1.0
        st.altair_chart(
            _chart(curve, in_use),
            height=CHART_PX,
            alt=_("By threshold: shares of digits and of other pictures that are refused"),
        )
        st.caption(
            _(
                "An answer needs a confidence of {threshold}, the dotted line: a higher threshold "
                "refuses more of what is no digit, and more digits."
            ).format(threshold=percent(in_use, 0))
        )


def threshold_curve(card: ModelCard) -> pd.DataFrame:
    """Columns threshold, what and share (0..1); empty if nothing was measured."""
    names = {
        "others_refused": _("no digit or several: refused"),
        "digits_refused": _("one digit: refused"),
        "digits_wrong": _("one digit: wrong"),
    }
    rows = [
        (point["threshold"], name, point[what])
        for point in card.rows("photos.operating_points.curve", "threshold", *LINES)
        for what, name in names.items()
        if point["threshold"] >= LOWEST and point[what] is not None
    ]
    return pd.DataFrame(rows, columns=["threshold", "what", "share"])


def _show_levels(levels: list[dict[str, Any]]) -> None:
    columns = [_("Level"), _("Pictures"), _("Right"), _("Wrong"), _("Refused")]
    lines = [
        (
            level_style(Level(row["level"]))[0],
            number(row["n"]),
            *(percent(row[what] / row["n"]) for what in ("correct", "wrong", "refused")),
        )
        for row in levels
        if row["n"]
    ]
    st.table(pd.DataFrame(lines, columns=columns), border="horizontal", hide_index=True)


def _ranking(card: ModelCard) -> str:
    """How well confidence and quality rank right guesses above wrong ones; calibration errors.

    The ranking is of simulated photos: real photos have too few wrong guesses.
    """
    rankings = card.rows("simulated.rankings", "name", "confidence", "quality")
    ranked = next((ModelCard(row) for row in rankings if row["name"] == GUESSES), ModelCard({}))
    return _(
        "Of a right and a wrong guess on simulated photos, confidence ranks the right one higher "
        "{confidence} of the time, quality alone {quality}. Confidence is off by {error} on "
        "average on these photos, which it was fitted on, and by {simulated} on simulated photos."
    ).format(
        confidence=percent(ranked.number("confidence") or 0),
        quality=percent(ranked.number("quality") or 0),
        error=percent(card.number("photos.calibration.error") or 0),
        simulated=percent(card.number("simulated.calibration.error") or 0),
    )


def _chart(curve: pd.DataFrame, in_use: float) -> alt.LayerChart:
    shares = alt.Axis(labelExpr=axis_labels(".0%"))
    lines = (
        alt.Chart(curve)
        .mark_line()
        .encode(
            x=alt.X(
                "threshold:Q",
                title=_("Minimum confidence of an answer"),
                scale=alt.Scale(domain=[LOWEST, 1]),
                axis=shares,
            ),
            y=alt.Y("share:Q", title=None, axis=shares),
            color=alt.Color(
                "what:N",
                title=None,
                sort=None,
                legend=alt.Legend(orient="bottom", direction="vertical", labelLimit=0),
            ),
            strokeDash=alt.StrokeDash("what:N", sort=None, legend=None),
        )
    )
    mark = (
        alt.Chart(pd.DataFrame({"threshold": [in_use]}))
        .mark_rule(strokeDash=[4, 4], color=theme().text, opacity=0.6)
        .encode(x="threshold:Q")
    )
    return lines + mark
