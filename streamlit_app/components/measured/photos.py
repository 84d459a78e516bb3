"""The photo benchmark, beside the previous app's results on the same pictures."""

from __future__ import annotations

from functools import partial

import pandas as pd
import streamlit as st

from streamlit_app.card import ModelCard
from streamlit_app.i18n import _

KIND_PX = 200  # two columns beside it still fit on a phone


def kind_names() -> dict[str, str]:
    """The names for people of the kinds of pictures, in display order."""
    return {
        "photo": _("Phone photos of one digit on paper"),
        "scan": _("Scanned or thresholded digits"),
        "tablet": _("Drawn on a tablet"),
        "canvas": _("Drawn in a paint program or on a web canvas"),
        "printed": _("Printed digits (it learned from handwriting)"),
        "multi": _("Several digits: right is to refuse"),
        "negative": _("No digit: right is to refuse"),
    }


def photo_table(card: ModelCard, predecessor: ModelCard) -> pd.DataFrame:
    """One row for each kind: name, number, and fractions 0..1; NaN if not measured."""
    kinds = card.table("photos.kinds")
    rows = []
    for kind, name in kind_names().items():
        counts = ModelCard(kinds.get(kind))
        total = counts.number("n")
        if total:
            shares = [
                (counts.number(what) or 0) / total for what in ("correct", "wrong", "refused")
            ]
            before = predecessor.number(f"correct_share.{kind}")
            rows.append([name, int(total), *shares, before])
    columns = ["kind", "pictures", "right", "wrong", "refused", "before"]
    return pd.DataFrame(rows, columns=columns).astype({"before": float})


def show_photos(card: ModelCard, predecessor: ModelCard) -> None:
    """Show the table, or a sentence if no photo was measured."""
    table = photo_table(card, predecessor)
    if table.empty:
        st.caption(_("No photos have been measured with this network yet."))
        return
    column = st.column_config
    share = partial(column.ProgressColumn, min_value=0.0, max_value=1.0, format="percent")
    st.dataframe(
        table,
        hide_index=True,
        height="content",
        column_config={
            "kind": column.TextColumn(_("Pictures"), width=KIND_PX),
            "pictures": column.NumberColumn(_("Number"), width="small"),
            "right": share(_("Right"), width="small"),
            "before": share(_("Predecessor"), width="small"),
            "wrong": column.NumberColumn(_("Wrong"), format="percent", width="small"),
            "refused": column.NumberColumn(_("Refused"), format="percent", width="small"),
        },
        column_order=["kind", "right", "before", "wrong", "refused", "pictures"],
        alt=_("For each kind of picture the shares read right, wrong and refused"),
    )
    st.caption(
        _(
            "One picture for each writer and digit. Nothing was trained on them, but thresholds "
            "were chosen on them. Predecessor: what an earlier app, which was not adjusted to "
            "them, reads right of the same pictures."
        )
    )
