"""How learning went, epoch by epoch."""

from __future__ import annotations

import altair as alt
import pandas as pd
import streamlit as st

from streamlit_app.card import Figures
from streamlit_app.i18n import _, axis_labels

CHART_PX = 260


def history(card: Figures, what: str) -> pd.DataFrame:
    """Columns epoch, set, value: `what` on the training and on the validation tiles."""
    rows = card.rows("training.history", "epoch", what, f"val_{what}")
    names = {what: _("training"), f"val_{what}": _("validation")}
    return pd.DataFrame(
        [(row["epoch"], name, row[key]) for row in rows for key, name in names.items()],
        columns=["epoch", "set", "value"],
    )


def show_curves(card: Figures) -> None:
    """Accuracy and loss, or a sentence where no history is known."""
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
            "Training tiles are bent, blurred and mixed with what is no digit: they are harder "
            "than validation tiles, and the network does worse on them."
        )
    )


def _curve(values: pd.DataFrame, style: str) -> alt.Chart:
    return (
        alt.Chart(values)
        .mark_line(point=True)
        .encode(
            x=alt.X("epoch:Q", title=_("Epoch"), axis=alt.Axis(tickMinStep=1, format="d")),
            y=alt.Y(
                "value:Q",
                title=None,
                scale=alt.Scale(zero=False),
                axis=alt.Axis(labelExpr=axis_labels(style)),
            ),
            color=alt.Color("set:N", title=None, legend=alt.Legend(orient="bottom")),
            strokeDash=alt.StrokeDash("set:N", title=None, legend=None),
            shape=alt.Shape("set:N", title=None, legend=alt.Legend(orient="bottom")),
        )
    )
