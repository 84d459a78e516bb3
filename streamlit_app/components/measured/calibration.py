"""Calibration: whether the confidence matches the accuracy."""

from __future__ import annotations

import altair as alt
import pandas as pd
import streamlit as st

from streamlit_app.card import ModelCard
from streamlit_app.components.measured.curves import BELOW, dashed_unless
from streamlit_app.i18n import _, axis_labels, number, percent
from streamlit_app.theme import theme

CHART_PX = 300
FIELDS = ("confidence", "accuracy", "tiles")  # of one bin
FEWEST = 20  # tiles in a bin; with fewer, one answer changes its accuracy by more than 5 %


def bins(card: ModelCard) -> pd.DataFrame:
    """The bins of the reliability diagram: columns `FIELDS` and when; empty if not recorded."""
    names = {"before": _("before calibration"), "after": _("after")}
    rows = [
        (row["confidence"], row["accuracy"], row["tiles"], name)
        for key, name in names.items()
        for row in card.rows(f"calibration.test_reliability_{key}", *FIELDS)
        if row["tiles"] >= FEWEST
    ]
    return pd.DataFrame(rows, columns=[*FIELDS, "when"])


def show_calibration(card: ModelCard) -> None:
    """Show the calibration error before and after and, if recorded, the reliability diagram."""
    before = card.number("calibration.test_ece_before")
    after = card.number("calibration.test_ece_after")
    temperature = card.number("calibration.temperature")
    if before is None or after is None:
        st.caption(_("Nothing is recorded of this network's calibration."))
        return
    text, diagram = st.columns(2, gap="medium", vertical_alignment="center")
    text.markdown(
        _(
            "Of all answers given with {share} confidence, nine in ten should be right. As it was "
            "trained, the network's confidence was off by {before} on average; one figure, a "
            "temperature of {temperature} found on the validation tiles, brought that to {after} "
            "on the test set."
        ).format(
            share=number(0.9, ".0%"),
            before=percent(before),
            after=percent(after, 2),
            temperature=number(temperature or 1, ".2f"),
        )
    )
    points = bins(card)
    if not points.empty:
        diagram.altair_chart(
            _diagram(points),
            height=CHART_PX,
            alt=_("Reliability: how often answers of each confidence are right"),
        )
        text.caption(
            _(
                "On the dotted line confidence and accuracy agree; above it the network is "
                "underconfident, below it overconfident. Each point is at least {fewest} tiles of "
                "the test set; fewer are too few to judge. Nearly all answers lie at the far right."
            ).format(fewest=FEWEST)
        )


def _diagram(points: pd.DataFrame) -> alt.LayerChart:
    square, axis = alt.Scale(domain=[0, 1]), alt.Axis(labelExpr=axis_labels(".1f"))
    ideal = pd.DataFrame({"confidence": [0, 1], "accuracy": [0, 1]})
    diagonal = (
        alt.Chart(ideal)
        .mark_line(strokeDash=[4, 4], color=theme().text, opacity=0.5)
        .encode(x="confidence:Q", y="accuracy:Q")
    )
    base = alt.Chart(points).encode(
        x=alt.X("confidence:Q", title=_("Confidence"), scale=square, axis=axis),
        y=alt.Y("accuracy:Q", title=_("Right"), scale=square, axis=axis),
        color=alt.Color("when:N", title=None, legend=BELOW),
    )
    lines = base.mark_line().encode(strokeDash=dashed_unless(alt.datum.when == _("after")))
    dots = base.mark_point(filled=True, opacity=1)
    shaped = dots.encode(shape=alt.Shape("when:N", title=None, legend=BELOW))
    return diagonal + lines + shaped
