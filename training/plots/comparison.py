"""Figures that compare: rows of an experiment, confidence against accuracy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from training.evaluation.metrics import ReliabilityBin
from training.plots.style import MAIN_COLOUR, NOTED_COLOUR, QUIET_COLOUR, new_figure

ROW_INCHES = 0.5
LEAST_TILES = 5


def draw_experiment(rows: Sequence[dict[str, Any]]) -> Figure:
    """Draw each row's error on validation and test tiles: every seed a dot, the mean a line.

    Args:
        rows: of an experiment's report, as `training.experiments.reports` writes them.
    """
    with new_figure(8, 1.4 + ROW_INCHES * len(rows)) as figure:
        axes = figure.subplots()
        for column, colour, shift in (
            ("val_accuracy", QUIET_COLOUR, -0.13),
            ("test_accuracy", MAIN_COLOUR, 0.13),
        ):
            for place, row in enumerate(rows):
                errors = [1 - run[column] for run in row["runs"]]
                axes.plot(errors, [place + shift] * len(errors), "o", color=colour, alpha=0.5)
                mean = 1 - row[f"{column}_mean"]
                axes.plot([mean] * 2, [place + shift - 0.14, place + shift + 0.14], color=colour)
        axes.set_yticks(range(len(rows)), [row["name"] for row in rows])
        axes.invert_yaxis()
        axes.set(title="Tiles read wrong", xlim=(0, None))
        axes.xaxis.set_major_formatter(PercentFormatter(1, decimals=1))
        for label, colour in (("validation", QUIET_COLOUR), ("test", MAIN_COLOUR)):
            axes.plot([], [], "o-", color=colour, label=label)
        axes.legend(frameon=False, loc="lower right")
        return figure


def draw_reliability(before: Sequence[ReliabilityBin], after: Sequence[ReliabilityBin]) -> Figure:
    """Draw how often answers of each confidence are right, before and after calibration.

    Bins of fewer than LEAST_TILES are left out: their fraction of right answers is chance.
    """
    with new_figure(5, 5) as figure:
        axes = figure.subplots()
        axes.plot([0, 1], [0, 1], color=QUIET_COLOUR, linestyle=":", label="as it should be")
        for bins, colour, name in ((before, NOTED_COLOUR, "before"), (after, MAIN_COLOUR, "after")):
            shown = [one for one in bins if one.tiles >= LEAST_TILES]
            confidence = [one.confidence for one in shown]
            right = [one.accuracy for one in shown]
            axes.plot(confidence, right, color=colour, linewidth=1, label=name)
            axes.scatter(confidence, right, [12 + one.tiles**0.5 for one in shown], color=colour)
        axes.set(title="Does confidence mean what it says?", xlabel="confidence", ylabel="right")
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter(PercentFormatter(1, decimals=0))
        axes.legend(frameon=False)
        return figure
