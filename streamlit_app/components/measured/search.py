"""The hyper-parameter search: a chart with a mark for each trial."""

from __future__ import annotations

import altair as alt
import pandas as pd
import streamlit as st

from streamlit_app.card import ModelCard
from streamlit_app.i18n import _, axis_labels, number, percent
from streamlit_app.theme import theme

CHART_PX = 380
FIELDS = ("hidden_units", "dropout", "state", "val_accuracy")
ENDED = "complete"
UNITS_SHOWN = [64, 128, 256, 512, 1024, 2048, 4096]
UNITS_LOWEST, ROOM = 64, 1.08  # the factor leaves room for the last mark


def show_search(report: ModelCard) -> None:
    """Show a sentence and the chart; nothing if the report has no search."""
    trials = trials_of(report)
    best = ModelCard(report.table("search.best"))
    recipe = ModelCard(report.table("search.recipe"))
    if trials.empty:
        return
    st.write(
        _(
            "{count} settings were tried, {pruned} of them stopped early (pruned). The lowest "
            "validation loss was reached with {units} hidden units and a dropout of {dropout}; our "
            "default is {recipe_units} and {recipe_dropout}."
        ).format(
            count=number(len(trials)),
            pruned=number(int((~trials["ended"]).sum())),
            units=number(best.number("hidden_units") or 0, ",.0f"),
            dropout=number(best.number("dropout") or 0, ".2f"),
            recipe_units=number(recipe.number("hidden_units") or 0, ",.0f"),
            recipe_dropout=number(recipe.number("dropout") or 0, ".2f"),
        )
    )
    st.altair_chart(
        _chart(trials),
        height=CHART_PX,
        alt=_("Each trial by its hidden units and its dropout; the colour tells its errors"),
    )
    st.caption(_("The ring is the lowest validation loss; crosses were stopped early (pruned)."))


def show_searches(report: ModelCard) -> None:
    """Show the best settings that each row's own search found; nothing if there was none."""
    names = setting_names()
    for row in report.rows("rows", "name", "search"):
        best = ModelCard(row).table("search.best")
        found = ", ".join(
            f"{names.get(name, name)} {number(float(value), '.3g' if value < 1 else ',.0f')}"
            for name, value in best.items()
        )
        st.markdown(
            _("{row}: the best of {count} settings tried: {found}.").format(
                row=f"**{_(str(row['name']))}**",
                count=number(len(ModelCard(row).rows("search.trials", "state"))),
                found=found,
            )
        )


def setting_names() -> dict[str, str]:
    """The names for people of the settings that are searched."""
    return {
        "hidden_units": _("hidden units"),
        "dropout": _("dropout"),
        "learning_rate": _("learning rate"),
        "augmentation": _("augmentation"),
    }


def trials_of(report: ModelCard) -> pd.DataFrame:
    """Columns hidden_units, dropout, error (0..1), ended (not pruned), best."""
    best = report.table("search.best")
    lines = [
        (
            trial["hidden_units"],
            trial["dropout"],
            1 - trial["val_accuracy"],
            trial["state"] == ENDED,
            all(trial.get(name) == value for name, value in best.items()),
        )
        for trial in report.rows("search.trials", *FIELDS)
    ]
    return pd.DataFrame(lines, columns=["hidden_units", "dropout", "error", "ended", "best"])


def _chart(trials: pd.DataFrame) -> alt.LayerChart:
    told = trials.assign(
        units_told=[number(units) for units in trials["hidden_units"]],
        dropout_told=[number(dropout, ".2f") for dropout in trials["dropout"]],
        error_told=[percent(error, 2) for error in trials["error"]],
    )
    base = alt.Chart(told, title=_("Where the search looked")).encode(
        x=alt.X(
            "hidden_units:Q",
            title=_("Hidden units"),
            scale=alt.Scale(
                type="log",
                base=2,
                domain=[UNITS_LOWEST, ROOM * max(trials["hidden_units"].max(), 1024)],
            ),
            axis=alt.Axis(values=UNITS_SHOWN, format="d"),
        ),
        y=alt.Y("dropout:Q", title=_("Dropout"), axis=alt.Axis(labelExpr=axis_labels(".1f"))),
        tooltip=[
            alt.Tooltip("units_told:N", title=_("Hidden units")),
            alt.Tooltip("dropout_told:N", title=_("Dropout")),
            alt.Tooltip("error_told:N", title=_("Validation tiles read wrong")),
        ],
    )
    given_up = base.transform_filter("!datum.ended").mark_point(
        shape="cross", angle=45, filled=True, size=70, color=theme().text, opacity=0.35
    )
    colour = alt.Color(
        "error:Q",
        title=_("Validation tiles read wrong"),
        scale=alt.Scale(range=[theme().accent, theme().wrong]),
        legend=alt.Legend(orient="bottom", labelExpr=axis_labels(".1%"), titleLimit=0),
    )
    ended = base.transform_filter("datum.ended").mark_circle(size=160, opacity=1)
    ring = base.transform_filter("datum.best").mark_point(
        size=380, color=theme().text, strokeWidth=2
    )
    return given_up + ended.encode(color=colour) + ring
