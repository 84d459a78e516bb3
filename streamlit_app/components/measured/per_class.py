"""The results for each digit."""

from __future__ import annotations

from functools import partial

import pandas as pd
import streamlit as st

from streamlit_app.card import ModelCard
from streamlit_app.components.measured.bars import bar_axis_start
from streamlit_app.i18n import _, number

FIELDS = ("digit", "tiles", "precision", "recall", "f1")


def show_per_class(card: ModelCard) -> None:
    """Show precision, recall and F1 of every digit."""
    rows = card.rows("test.per_class", *FIELDS)
    if not rows:
        st.caption(_("No report by digit is recorded for this network."))
        return
    table = pd.DataFrame([{field: row[field] for field in FIELDS} for row in rows])
    column = st.column_config
    least = float(table[["precision", "recall", "f1"]].to_numpy().min())
    first = bar_axis_start(least, steps=100)
    share = partial(column.ProgressColumn, min_value=first, max_value=1.0, format="percent")
    st.dataframe(
        table,
        hide_index=True,
        height="content",
        column_config={
            "digit": column.NumberColumn(_("Digit"), width="small"),
            "tiles": column.NumberColumn(_("Tiles"), width="small", format="localized"),
            "precision": share(_("Precision"), help=_("Of its answers, the share that is right")),
            "recall": share(_("Recall"), help=_("Of the tiles that show it, the share found")),
            "f1": share("F1", help=_("Both in one figure")),
        },
        alt=_("Precision, recall and F1 of each digit on the test set"),
    )
    st.caption(_("The bars begin at {share}.").format(share=number(first, ".0%")))
