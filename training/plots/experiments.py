"""The figure of an experiment: the errors of each row, and the settings that a search tried."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator, PercentFormatter, ScalarFormatter

from training.plots.style import MAIN_COLOUR, NOTED_COLOUR, QUIET_COLOUR, new_figure

PANEL_INCHES = 5.0
NAMES_INCHES = 2.2  # left of the first panel
ROW_INCHES = 0.62
FRAME_INCHES = 1.7  # title, axis and legend
LEAST_INCHES = 3.4  # minimum height with a search, even if there are few rows
COLOURS = ("#7c3aed", NOTED_COLOUR, QUIET_COLOUR, MAIN_COLOUR)  # n figures use the last n
LEGEND_BELOW_AXES = (0.5, -0.14)  # legend position below the plot, in fractions of the axes
LEGEND_BELOW_LABEL = (0.5, -0.19)  # the same, if the x axis has a label
STEP = 0.26  # distance between two figures of one row
ROW_FILL_FRACTION = 0.8  # part of a row's height that its figures use
MARK = 0.11  # half the height of a mean's line
ABOVE_GRID = 3  # zorder; matplotlib draws lines at 2
UNITS_SHOWN = (64, 128, 256, 512, 1024, 2048, 4096)


def draw_comparison(
    title: str,
    rows: Sequence[Mapping[str, Any]],
    panels: Mapping[str, Mapping[str, str]],
    trials: Sequence[Mapping[str, Any]] = (),
) -> Figure:
    """Draw each row's error: a dot per seed, a line at the mean, a bar of one standard deviation.

    Args:
        title: the title of the figure.
        rows: the rows of a report, as `training.experiments.reports` writes them.
        panels: panel title -> accuracies in that panel, at most four, each as name in the
            rows -> label. Empty panels are left out.
        trials: the trials of a search, for an extra panel; each has hidden_units, dropout, state,
            value and val_accuracy.
    """
    shown = {name: panel for name, panel in panels.items() if panel}
    count = len(shown) + bool(trials)
    height = max(FRAME_INCHES + ROW_INCHES * len(rows), LEAST_INCHES if trials else 0)
    with new_figure(NAMES_INCHES + PANEL_INCHES * count, height) as figure:
        axes = figure.subplots(1, count, squeeze=False)[0]
        for place, (name, panel) in enumerate(shown.items()):
            axes[place].set(title=name)
            _draw_rows(axes[place], rows, panel, named=place == 0)
        if trials:
            _draw_trials(axes[-1], trials)
        figure.suptitle(title, fontweight="bold", x=0.01, ha="left")
        return figure


def _draw_rows(
    axes: Axes, rows: Sequence[Mapping[str, Any]], panel: Mapping[str, str], *, named: bool
) -> None:
    """Draw one panel: the rows below each other, each accuracy in its own colour."""
    for number, (column, label) in enumerate(panel.items()):
        shift = min(STEP, ROW_FILL_FRACTION / len(panel)) * (number - (len(panel) - 1) / 2)
        colour = COLOURS[number - len(panel)]  # a single figure has the main colour
        for place, row in enumerate(rows):
            _draw_row(axes, row, column, place + shift, colour)
        axes.plot([], [], "o-", color=colour, label=label)
    axes.set_yticks(range(len(rows)), [row["name"] for row in rows] if named else [])
    axes.tick_params(axis="y", length=0)
    axes.set(xlim=(0, None), ylim=(len(rows) - 0.5, -0.5))
    axes.xaxis.set_major_formatter(PercentFormatter(1, decimals=1))
    axes.legend(
        frameon=False,
        loc="upper center",
        bbox_to_anchor=LEGEND_BELOW_AXES,
        ncols=min(len(panel), 2),
    )


def _draw_row(axes: Axes, row: Mapping[str, Any], column: str, y: float, colour: str) -> None:
    """Draw the seeds, the mean and one standard deviation on each side."""
    errors = [1 - run[column] for run in row["runs"]]
    mean, spread = 1 - row[f"{column}_mean"], row[f"{column}_std"]
    axes.plot(errors, [y] * len(errors), "o", color=colour, alpha=0.45, markersize=5)
    axes.plot([mean] * 2, [y - MARK, y + MARK], color=colour, linewidth=2)
    if spread is not None:
        axes.plot([max(0, mean - spread), mean + spread], [y] * 2, color=colour, linewidth=1)


def _draw_trials(axes: Axes, trials: Sequence[Mapping[str, Any]]) -> None:
    """Draw every trial at its settings: darker means fewer errors, a cross means pruned."""
    ended = [one for one in trials if one["state"] == "complete"]
    pruned = [one for one in trials if one["state"] == "pruned"]
    axes.scatter(
        [one["hidden_units"] for one in pruned],
        [one["dropout"] for one in pruned],
        marker="x",
        zorder=ABOVE_GRID,
        color=QUIET_COLOUR,
        label="stopped early (pruned)",
    )
    if ended:
        _draw_ended(axes, ended)
    axes.set_xscale("log", base=2)
    axes.xaxis.set_major_formatter(ScalarFormatter())
    axes.set_xticks(UNITS_SHOWN)
    axes.xaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axes.set(title="Where the search looked", xlabel="hidden units", ylabel="dropout")
    axes.legend(frameon=False, loc="upper center", bbox_to_anchor=LEGEND_BELOW_LABEL, ncols=3)


def _draw_ended(axes: Axes, ended: Sequence[Mapping[str, Any]]) -> None:
    """Draw the complete trials, coloured by their error, with a ring around the best."""
    errors = [1 - one["val_accuracy"] for one in ended]
    where = [one["hidden_units"] for one in ended], [one["dropout"] for one in ended]
    points = axes.scatter(
        *where, c=errors, cmap="Blues_r", edgecolors=MAIN_COLOUR, zorder=ABOVE_GRID, label="ended"
    )
    best = min(ended, key=lambda one: one["value"])
    axes.scatter(
        best["hidden_units"],
        best["dropout"],
        s=130,
        zorder=ABOVE_GRID,
        facecolors="none",
        edgecolors=NOTED_COLOUR,
        linewidths=2,
        label="lowest validation loss",
    )
    bar = axes.figure.colorbar(points, ax=axes, format=PercentFormatter(1, decimals=1))
    bar.set_label("validation tiles read wrong")
