"""The training curves, epoch by epoch."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from streamlit_app.card import ModelCard
from streamlit_app.i18n import _, axis_labels

CHART_PX = 260
WHOLE, DASHES = [1, 0], [4, 2]
BELOW = alt.Legend(orient="bottom")


def history(card: ModelCard, what: str) -> pd.DataFrame:
    """Columns epoch, set, value: the metric `what` on the training and the validation tiles."""
    rows = card.rows("training.history", "epoch", what, f"val_{what}")
    names = {what: _("training"), f"val_{what}": _("validation")}
    return pd.DataFrame(
        [(row["epoch"], name, row[key]) for row in rows for key, name in names.items()],
        columns=["epoch", "set", "value"],
    )


def show_curves(card: ModelCard) -> None:
    """Show accuracy and loss, or a sentence if no history is recorded."""
    if not card.rows("training.history", "epoch"):
        st.caption(_("How this network was trained is not recorded."))
        return
    for column, what, title, style in zip(
        st.columns(2, gap="medium", border=True),
        ("accuracy", "loss"),
        (_("Accuracy"), _("Loss")),
        (".1%", ".2f"),
        strict=True,
    ):
        with column:
            st.subheader(title, anchor=False)
            st.altair_chart(
                _curve(history(card, what), style),
                height=CHART_PX,
                alt=_("{title} by epoch, on training and on validation tiles").format(title=title),
            )
    st.caption(
        _(
            "Training tiles are changed at random, so they are harder. The two losses cannot be "
            "compared: in training, labels are smoothed, so even a perfect network has a loss."
        )
    )


def dashed_unless(test: Any) -> Any:
    """Dash lines that fail the test; without a scale, as a scale would dash the legend, too."""
    return alt.condition(test, alt.value(WHOLE), alt.value(DASHES))


def _curve(values: pd.DataFrame, style: str) -> alt.LayerChart:
    base = alt.Chart(values).encode(
        x=alt.X("epoch:Q", title=_("Epoch"), axis=alt.Axis(tickMinStep=1, format="d")),
        y=alt.Y(
            "value:Q",
            title=None,
            scale=alt.Scale(zero=False),
            axis=alt.Axis(labelExpr=axis_labels(style)),
        ),
        color=alt.Color("set:N", title=None, legend=BELOW),
    )
    lines = base.mark_line().encode(strokeDash=dashed_unless(alt.datum.set == _("training")))
    dots = base.mark_point(filled=True, opacity=1)
    return lines + dots.encode(shape=alt.Shape("set:N", title=None, legend=BELOW))
