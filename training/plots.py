"""Draws the training curves and the confusion matrix; the only importer of matplotlib."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import matplotlib as mpl
import matplotlib.colors
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, MaxNLocator, NullLocator, PercentFormatter
from numpy.typing import NDArray

TRAIN_COLOUR = "#9aa5b1"  # grey: not what the network is judged by
VALIDATION_COLOUR = "#2563eb"
BEST_COLOUR = "#d97706"
WRONG_COLOURS = "Oranges"
RIGHT_COLOUR = "#eaf1fd"
DPI = 160
STYLE = {
    "font.size": 10,
    "axes.titlesize": 12,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": "#c5ccd3",
    "axes.grid": True,
    "grid.color": "#edf0f2",
}


def save_training_curves(
    history: Sequence[dict[str, float]], best_epoch: int, path: str | Path
) -> None:
    """Draw error and loss over the epochs, with the epoch that was kept.

    Args:
        history: one mapping an epoch with epoch, loss, accuracy, val_loss, val_accuracy.
        best_epoch: the epoch whose weights were kept, from 1.
        path: the PNG file to write.
    """
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(10, 4), layout="constrained")
        error_axes, loss_axes = figure.subplots(1, 2)
        _draw_errors(error_axes, history, best_epoch)
        _draw_losses(loss_axes, history, best_epoch)
        figure.savefig(path, dpi=DPI)


def _draw_errors(axes: Axes, history: Sequence[dict[str, float]], best_epoch: int) -> None:
    """Error instead of accuracy, on a log scale: there the last tenths can be told apart."""
    _draw_pair(axes, history, lambda row, prefix: 1 - row[f"{prefix}accuracy"])
    best = 1 - history[best_epoch - 1]["val_accuracy"]
    axes.plot(best_epoch, best, "o", color=BEST_COLOUR, markersize=8, zorder=5)
    axes.annotate(
        f"kept: epoch {best_epoch}, {1 - best:.2%} right",
        (1, 1),
        xytext=(-8, -12),
        xycoords="axes fraction",
        textcoords="offset points",
        ha="right",
        va="top",
        color=BEST_COLOUR,
    )
    axes.set(title="Tiles read wrong", xlabel="epoch", yscale="log")
    axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=1))
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.margins(y=0.15)


def _draw_losses(axes: Axes, history: Sequence[dict[str, float]], best_epoch: int) -> None:
    """Cross-entropy with label smoothing: it cannot reach 0."""
    _draw_pair(axes, history, lambda row, prefix: row[f"{prefix}loss"])
    axes.axvline(best_epoch, color=BEST_COLOUR, linewidth=1, linestyle=":")
    axes.set(title="Loss, labels smoothed", xlabel="epoch")
    axes.legend(frameon=False)


def _draw_pair(
    axes: Axes,
    history: Sequence[dict[str, float]],
    value: Callable[[dict[str, float], str], float],
) -> None:
    """The training line and the validation line of one figure."""
    epochs = [row["epoch"] for row in history]
    train = [value(row, "") for row in history]
    validation = [value(row, "val_") for row in history]
    axes.plot(epochs, train, color=TRAIN_COLOUR, label="training, augmented tiles")
    axes.plot(epochs, validation, color=VALIDATION_COLOUR, label="validation, averaged weights")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))


def save_confusion_matrix(matrix: Sequence[Sequence[int]], path: str | Path) -> None:
    """Draw which digit was taken for which; colour is for the mistakes alone.

    Args:
        matrix: (10, 10) counts, rows = digit shown, columns = digit answered.
        path: the PNG file to write.
    """
    counts = np.asarray(matrix)
    with mpl.rc_context(STYLE | {"axes.grid": False, "axes.titlelocation": "center"}):
        figure = Figure(figsize=(6.4, 6.4), layout="constrained")
        axes = figure.subplots()
        _draw_cells(axes, counts)
        wrong = counts.sum() - counts.trace()
        axes.set_title(f"{wrong} mistakes in {counts.sum():,} test tiles", pad=12)
        figure.savefig(path, dpi=DPI)


def _draw_cells(axes: Axes, counts: NDArray[np.int64]) -> None:
    """One cell for each pair of digits."""
    right = np.eye(len(counts), dtype=bool)
    wrong = np.ma.masked_where(right | (counts == 0), counts)
    axes.imshow(np.ma.masked_where(~right, counts * 0), cmap=_single_colour(RIGHT_COLOUR))
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


def _single_colour(colour: str) -> mpl.colors.ListedColormap:
    return mpl.colors.ListedColormap([colour])
