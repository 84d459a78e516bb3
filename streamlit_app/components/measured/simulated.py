"""The results on simulated photos, condition by condition."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from streamlit_app.card import ModelCard
from streamlit_app.components.measured.bars import bar_axis_start
from streamlit_app.i18n import _, number

SHARES = ("correct", "wrong", "refused")


def condition_names() -> dict[str, str]:
    """The names for people of the conditions of `training.synthetic_photos`."""
    return {
        "plain": _("Dark pen on plain paper"),
        "ruled": _("Ruled paper"),
        "squared": _("Squared paper"),
        "coloured": _("Coloured paper"),
        "light_pen_on_dark": _("Light pen on dark paper"),
        "blackboard": _("Blackboard"),
        "whiteboard": _("Whiteboard"),
        "faint_pencil": _("Faint pencil"),
        "light_blue_pen": _("Light blue pen"),
        "red_pen": _("Red pen"),
        "fine_pen": _("Fine pen"),
        "thick_brush": _("Thick brush"),
        "hard_shadow": _("Hard shadow"),
        "soft_gradient": _("Light from one side"),
        "glare": _("Glare"),
        "low_light": _("Low light"),
        "small_far": _("Small and far away"),
        "corner": _("In a corner"),
        "tilted": _("Tilted"),
        "at_an_angle": _("Seen at an angle"),
        "table_edge": _("Beside a table's edge"),
        "other_marks": _("Beside other marks"),
        "framed": _("In a box or a circle"),
        "defocus": _("Out of focus"),
        "motion": _("Shaken"),
        "heavy_jpeg": _("Heavily compressed"),
        "tiny_frame": _("A frame of 176 x 144 pixels"),
        "white_on_black": _("White on black"),
        "transparent_png": _("Transparent drawing"),
        "everyday": _("A mix as phones bring it"),
    }


def simulated_table(card: ModelCard) -> pd.DataFrame:
    """One row for each condition, the hardest first: name, number, and fractions 0..1."""
    kinds = {name: ModelCard(counts) for name, counts in card.table("simulated.kinds").items()}
    rows = [
        [
            condition_names().get(name, name),
            int(counts.number("n") or 0),
            *((counts.number(what) or 0) / (counts.number("n") or 1) for what in SHARES),
        ]
        for name, counts in kinds.items()
    ]
    table = pd.DataFrame(rows, columns=["condition", "photos", *SHARES])
    return table.sort_values("correct", kind="stable", ignore_index=True)


def show_simulated(card: ModelCard) -> None:
    """Show the table, or a sentence if nothing was measured."""
    table = simulated_table(card)
    if table.empty:
        st.caption(_("No simulated photos have been measured with this network yet."))
        return
    column = st.column_config
    first = bar_axis_start(float(table["correct"].min()), steps=10)
    st.dataframe(
        table,
        hide_index=True,
        height="content",
        column_config={
            "condition": column.TextColumn(_("Condition")),
            "correct": column.ProgressColumn(
                _("Right"),
                width="small",
                min_value=first,
                max_value=1.0,
                format="percent",
            ),
            "wrong": column.NumberColumn(_("Wrong"), format="percent", width="small"),
            "refused": column.NumberColumn(_("Refused"), format="percent", width="small"),
        },
        column_order=["condition", *SHARES],
        alt=_("For each condition the shares of simulated photos read right, wrong and refused"),
    )
    st.caption(
        _(
            "Digits of MNIST's test set, written with simulated pens, lit and photographed: the "
            "same {count} under every condition, the hardest first. The bars begin at {share}. The "
            "program that makes these photos also made photos of other digits that the ink network "
            "learned from: expect less of real ones."
        ).format(count=number(int(table["photos"].max())), share=number(first, ".0%"))
    )
