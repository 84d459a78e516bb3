"""What each change to the recipe brought."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from streamlit_app.card import Figures
from streamlit_app.i18n import _, percent


def row_names() -> list[str]:
    """The rows of `training.experiments` in their order, for people."""
    return [
        _("three blocks"),
        _("+ augmentation"),
        _("+ fourth block"),
        _("+ label smoothing"),
        _("+ drawn 1s, 4s, 7s and non-digits"),
        _("+ simulated photos and worn strokes"),
    ]


def show_ablation(ablation: Figures) -> None:
    """What each change brought, where that was measured."""
    rows = ablation.rows("rows", "name", "runs")
    if not rows:
        st.caption(_("The steps from a plain network to this one have not been measured yet."))
        return
    columns = [_("Recipe"), _("Runs"), _("Validation"), _("Test")]
    lines = [
        (
            name,
            str(len(row["runs"])),
            _mean(row, "val"),
            _mean(row, "test"),
        )
        for name, row in zip(row_names(), rows, strict=False)
    ]
    st.table(pd.DataFrame(lines, columns=columns), border="horizontal", hide_index=True)
    st.caption(
        _(
            "Each line is the one above it and one change more: mean ± deviation over runs of "
            "{epochs} epochs, which is short. The last two are for photos: MNIST's own tiles "
            "cannot reward them."
        ).format(epochs=Figures(rows[0]["runs"][0]).get("epochs"))
    )


def _mean(row: Mapping[str, object], which: str) -> str:
    """Mean and deviation of an accuracy over the runs of a row."""
    figures = Figures(row)
    mean, deviation = (figures.number(f"{which}_accuracy_{what}") for what in ("mean", "std"))
    if mean is None:
        return ""
    return percent(mean, 2) + ("" if deviation is None else f" ± {percent(deviation, 2)}")
