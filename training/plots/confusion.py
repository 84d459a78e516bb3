"""The confusion matrix."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib.colors
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from training.plots.style import new_figure

WRONG_COLOURS = "Oranges"
RIGHT_COLOUR = "#eaf1fd"


def draw_confusion_matrix(matrix: Sequence[Sequence[int]]) -> Figure:
    """Draw the confusion matrix; the colour scale is for the mistakes alone.

    Args:
        matrix: (10, 10) counts, rows = label, columns = answer.
    """
    counts = np.asarray(matrix)
    wrong = counts.sum() - counts.trace()
    changes = {"axes.grid": False, "axes.titlelocation": "center"}
    with new_figure(6.4, 6.4, **changes) as figure:
        axes = figure.subplots()
        _draw_cells(axes, counts)
        axes.set_title(f"{wrong} mistakes in {counts.sum():,} test tiles", pad=12)
        return figure


def _draw_cells(axes: Axes, counts: NDArray[np.int64]) -> None:
    """Draw one cell for each pair of digits."""
    right = np.eye(len(counts), dtype=bool)
    wrong = np.ma.masked_where(right | (counts == 0), counts)
    one_colour = matplotlib.colors.ListedColormap([RIGHT_COLOUR])
    axes.imshow(np.ma.masked_where(~right, counts * 0), cmap=one_colour)
    axes.imshow(wrong, cmap=WRONG_COLOURS, vmin=-1, vmax=max(6, int(wrong.max() or 0) * 1.4))
    for (row, column), count in np.ndenumerate(counts):
        if count:
            axes.text(column, row, f"{count:,}", ha="center", va="center", fontsize=9)
    axes.set(xlabel="answered", ylabel="shown", xticks=range(10), yticks=range(10))
    axes.tick_params(length=0)
    axes.set_xticks(np.arange(-0.5, 10), minor=True)
    axes.set_yticks(np.arange(-0.5, 10), minor=True)
    axes.grid(which="minor", color="#edf0f2", linewidth=1)
    axes.tick_params(which="minor", length=0)
