"""How each digit fares, and what each change to the network brought."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from streamlit_app.card import Figures
from streamlit_app.i18n import _, percent

FIELDS = ("digit", "tiles", "precision", "recall", "f1")


def show_per_class(card: Figures) -> None:
    """Precision, recall and F1 of every digit."""
    rows = card.rows("test.per_class", *FIELDS)
    if not rows:
        st.caption(_("No report by digit is recorded for this network."))
        return
    table = pd.DataFrame([{field: row[field] for field in FIELDS} for row in rows])
    column = st.column_config
    least = float(table[["precision", "recall", "f1"]].to_numpy().min())
    share = {"min_value": max(0.0, least - 0.02), "max_value": 1.0, "format": "percent"}
    st.dataframe(
        table,
        hide_index=True,
        height="content",
        column_config={
            "digit": column.NumberColumn(_("Digit"), width="small"),
            "tiles": column.NumberColumn(_("Tiles"), width="small", format="localized"),
            "precision": column.ProgressColumn(
                _("Precision"), help=_("Of its answers, the share that is right"), **share
            ),
            "recall": column.ProgressColumn(
                _("Recall"), help=_("Of the tiles that show it, the share found"), **share
            ),
            "f1": column.ProgressColumn("F1", help=_("Both in one figure"), **share),
        },
        alt=_("Precision, recall and F1 of each digit on the test set"),
    )


def show_ablation(ablation: Figures) -> None:
    """What each change brought, where that was measured."""
    rows = ablation.rows("rows", "name")
    if not rows:
        st.caption(_("The steps from a plain network to this one have not been measured yet."))
        return
    columns = [_("Recipe"), _("Runs"), _("Validation"), _("Test")]
    lines = [
        (
            _(str(row["name"])),
            _run_count(row.get("runs")),
            _mean(row, "val"),
            _mean(row, "test"),
        )
        for row in rows
    ]
    st.table(pd.DataFrame(lines, columns=columns), border="horizontal", hide_index=True)
    st.caption(_("Each line is the one above it and one change more: mean ± deviation over runs."))


def _run_count(runs: object) -> str:
    return str(len(runs) if isinstance(runs, list) else runs or "")


def _mean(row: Mapping[str, object], which: str) -> str:
    """Mean and deviation of an accuracy: ``test_mean`` or ``test_accuracy_mean``, and so on."""
    figures = Figures(row)
    for stem in (which, f"{which}_accuracy"):
        mean, deviation = figures.number(f"{stem}_mean"), figures.number(f"{stem}_std")
        if mean is not None:
            spread = "" if deviation is None else f" ± {percent(deviation, 2)}"
            return f"{percent(mean, 2)}{spread}"
    return ""
