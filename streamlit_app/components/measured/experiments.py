"""The experiments: each with its figures and its conclusion.

The texts come from `training.experiments` in its reports; the catalogue translates them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import altair as alt
import pandas as pd
import streamlit as st

from streamlit_app.card import ModelCard
from streamlit_app.components.measured.search import show_search, show_searches
from streamlit_app.i18n import _, axis_labels, number, percent

ROW_PX = 34  # height of a chart's row, without axes and legend
TICKS = 5  # about; more would overlap on a phone
BELOW = alt.Legend(orient="bottom", columns=1, labelLimit=0)  # columns are cut off on a phone
ON_MNIST = ("val_accuracy", "test_accuracy")  # columns of a report
ON_STROKES = ("test_hands_accuracy", "validation_hands_accuracy")
FOLDERS = ("real_photo", "real_photo_2", "real_photo_3")
ON_PHOTOS = ("photo_accuracy", *(f"{folder}_accuracy" for folder in FOLDERS))
RANKED = tuple(f"{folder}_none_auroc" for folder in FOLDERS)
CONFIDENCE_LEVEL = 0.95  # of the intervals, as in training.experiments.paired
SIGNIFICANCE_LEVEL = 0.05  # p-value, as in training.experiments.paired; lower ones get a star


def measure_names() -> dict[str, str]:
    """The names for people of the columns that a report may have."""
    return {
        "val_accuracy": _("Validation"),
        "test_accuracy": _("Test"),
        "test_hands_accuracy": _("Strokes of test writers"),
        "validation_hands_accuracy": _("Strokes of writers 29-35"),
        "photo_accuracy": _("Simulated photos"),
        "real_photo_accuracy": _("Photos"),
        "real_photo_2_accuracy": _("Photos, second folder"),
        "real_photo_3_accuracy": _("Photos, third folder"),
        "real_photo_none_auroc": _("AUROC on photos"),
        "real_photo_2_none_auroc": _("AUROC, second folder"),
        "real_photo_3_none_auroc": _("AUROC, third folder"),
    }


def show_experiments(reports: Sequence[ModelCard]) -> None:
    """Show each experiment in an expander, the first one open; a sentence if none was run."""
    measured = [report for report in reports if report.rows("rows", "name", "runs")]
    if not measured:
        st.caption(_("The steps from a plain network to this one have not been measured yet."))
    for position, report in enumerate(measured):
        with st.expander(_(str(report.get("title"))), expanded=position == 0):
            show_report(report)


def show_report(report: ModelCard) -> None:
    """Show a paragraph, the charts, the table, and how it was measured."""
    rows = report.rows("rows", "name", "runs")
    st.write(_(str(report.get("teaches"))))
    if any("differences" in row for row in rows):
        st.info(finding(rows))
    show_search(report)
    show_searches(report)
    titles = {
        ON_MNIST: _("MNIST tiles read wrong"),
        ON_STROKES: _("Strokes read wrong"),
        ON_PHOTOS: _("Photos read wrong"),
        RANKED: _("Pairs ranked wrong"),
    }
    for group, title in titles.items():
        values = error_rates(rows, group)
        if not values.empty:
            _show_chart(values, title)
    st.table(comparison(rows), border="horizontal", hide_index=True)
    st.caption(_size_of(rows))
    if any("differences" in row for row in rows):
        st.caption(
            _(
                "A star: significantly different from the first row (paired t-test, for each "
                "column with Holm's correction over the rows). A difference without a star may be "
                "real: few seeds show only large ones."
            )
        )


def finding(rows: Sequence[Mapping[str, object]]) -> str:
    """The rows that differ significantly from the first row, and by how many points: Markdown."""
    lines = []
    for row in rows[1:]:
        by = [
            f"{name} {number(100 * _difference(row, measure, 'mean'), '+.2f')} ± "
            f"{number(100 * _difference(row, measure, 'margin'), '.2f')}"
            for measure, name in measure_names().items()
            if _is_apart(row, measure)
        ]
        if by:
            lines.append(f"- **{_(str(row['name']))}**: {' · '.join(by)}")
    if not lines:
        return _("No row differs significantly from the first one.")
    head = _(
        "Significantly different from the first row, in points, with the {level} confidence "
        "interval:"
    ).format(level=number(CONFIDENCE_LEVEL, ".0%"))
    return "\n".join([head, *lines])


def error_rates(rows: Sequence[Mapping[str, object]], group: Sequence[str]) -> pd.DataFrame:
    """Columns row, measure, error, low, high: error rate 0..1 ± one standard deviation."""
    lines = []
    for row in rows:
        for measure in group:
            mean, deviation = _mean_of(row, measure)
            if mean is not None:
                error, spread = 1 - mean, deviation or 0.0
                name = measure_names()[measure]
                lines.append(
                    (_(str(row["name"])), name, error, max(0.0, error - spread), error + spread)
                )
    return pd.DataFrame(lines, columns=["row", "measure", "error", "low", "high"])


def comparison(rows: Sequence[Mapping[str, object]]) -> pd.DataFrame:
    """The table for people: a line for each row, a column for each metric measured."""
    measured = {
        measure: _with_count(name, rows[0], measure)
        for measure, name in measure_names().items()
        if any(_mean_of(row, measure)[0] is not None for row in rows)
    }
    lines = [
        [
            _as_text(_(str(row["name"]))),
            str(len(ModelCard(row).rows("runs"))),
            _count_of(ModelCard(row), "parameters"),
            *(_written(row, one) for one in measured),
        ]
        for row in rows
    ]
    heads = [_("Variant"), _("Runs"), _("Parameters"), *measured.values()]
    return pd.DataFrame(lines, columns=heads)


def _with_count(name: str, row: Mapping[str, object], measure: str) -> str:
    """The name of a metric with the number of its pictures, if that is known."""
    run = (ModelCard(row).rows("runs") or [{}])[0]
    count = _count_of(ModelCard(run), f"{measure.removesuffix('_accuracy')}_count")
    return f"{name} ({count})" if count else name


def _count_of(figures: ModelCard, name: str) -> str:
    count = figures.number(name)
    return "" if count is None else number(int(count))


def _as_text(name: str) -> str:
    """Escape a leading sign, because the table's Markdown would show it as a list."""
    return f"\\{name}" if name.startswith(("+", "-")) else name


def _show_chart(values: pd.DataFrame, title: str) -> None:
    """Show points with bars of one standard deviation, a line for each row."""
    names = list(dict.fromkeys(values["row"]))
    measures = list(dict.fromkeys(values["measure"]))
    told = values.assign(told=[percent(error, 2) for error in values["error"]])
    base = alt.Chart(told, title=title).encode(
        y=alt.Y("row:N", sort=names, title=None, axis=alt.Axis(labelLimit=260)),
        yOffset=alt.YOffset("measure:N", sort=measures),
        color=alt.Color("measure:N", sort=measures, title=None, legend=BELOW),
    )
    labels = alt.Axis(labelExpr=axis_labels(".1%"), tickCount=TICKS)
    bars = base.mark_rule(strokeWidth=2).encode(
        x=alt.X("low:Q", title=None, axis=labels, scale=alt.Scale(zero=True)), x2="high:Q"
    )
    dots = base.mark_point(filled=True, size=70).encode(
        x="error:Q",
        shape=alt.Shape("measure:N", sort=measures, title=None, legend=BELOW),
        tooltip=[
            alt.Tooltip("row:N", title=_("Variant")),
            alt.Tooltip("measure:N", title=_("Measured on")),
            alt.Tooltip("told:N", title=title),
        ],
    )
    st.altair_chart(
        (bars + dots).properties(height=alt.Step(ROW_PX, **{"for": "position"})),
        alt=_("{title}, for each variant; the table below has the figures").format(title=title),
    )


def _size_of(rows: Sequence[Mapping[str, object]]) -> str:
    """The size of the experiment, for the line below its table."""
    first = ModelCard(ModelCard(rows[0]).rows("runs")[0])
    tiles, epochs = first.number("tiles"), first.number("epochs")
    if tiles:
        return _(
            "Mean ± standard deviation over the runs, each of {epochs} epochs with {tiles} of "
            "MNIST's tiles."
        ).format(epochs=number(int(epochs or 0)), tiles=number(int(tiles)))
    return _(
        "Mean ± standard deviation over the runs, each of {epochs} epochs with all tiles."
    ).format(epochs=number(int(epochs or 0)))


def _mean_of(row: Mapping[str, object], measure: str) -> tuple[float | None, float | None]:
    """Mean and standard deviation of a metric over a row's runs; None if it was not measured."""
    figures = ModelCard(row)
    mean = figures.number(f"{measure}_mean")
    return mean, figures.number(f"{measure}_std")


def _written(row: Mapping[str, object], measure: str) -> str:
    mean, deviation = _mean_of(row, measure)
    if mean is None:
        return ""
    star = r" \*" if _is_apart(row, measure) else ""
    return percent(mean, 2) + ("" if deviation is None else f" ± {percent(deviation, 2)}") + star


def _is_apart(row: Mapping[str, object], measure: str) -> bool:
    """Whether a row differs significantly from the first one."""
    p = ModelCard(row).number(f"differences.{measure}.p")
    return p is not None and p < SIGNIFICANCE_LEVEL


def _difference(row: Mapping[str, object], measure: str, figure: str) -> float:
    return ModelCard(row).number(f"differences.{measure}.{figure}") or 0.0
