"""The reliability diagram: accuracy against confidence."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from training.evaluation.metrics import ReliabilityBin
from training.plots.style import MAIN_COLOUR, NOTED_COLOUR, QUIET_COLOUR, new_figure

LEAST_TILES = 20  # with fewer, one wrong answer moves a point by more than 5 %


def draw_reliability(before: Sequence[ReliabilityBin], after: Sequence[ReliabilityBin]) -> Figure:
    """Draw how often answers of each confidence are right, before and after calibration.

    Bins of fewer than LEAST_TILES tiles are left out: their accuracy is mostly chance.
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
