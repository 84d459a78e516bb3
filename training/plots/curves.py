"""Error and loss over the epochs."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, MaxNLocator, NullLocator, PercentFormatter

from training.plots.style import MAIN_COLOUR, NOTED_COLOUR, QUIET_COLOUR, new_figure


def draw_training_curves(history: Sequence[dict[str, float]], best_epoch: int) -> Figure:
    """Draw error and loss over the epochs, with the epoch that was kept.

    Args:
        history: one mapping per epoch with epoch, loss, accuracy, val_loss, val_accuracy.
        best_epoch: the epoch whose weights were kept, from 1.
    """
    with new_figure(10, 4) as figure:
        error_axes, loss_axes = figure.subplots(1, 2)
        _draw_errors(error_axes, history, best_epoch)
        _draw_losses(loss_axes, history, best_epoch)
        return figure


def _draw_errors(axes: Axes, history: Sequence[dict[str, float]], best_epoch: int) -> None:
    """Draw the error on a log scale, where small differences near 0 are visible."""
    _draw_pair(axes, history, lambda row, prefix: 1 - row[f"{prefix}accuracy"])
    best = 1 - history[best_epoch - 1]["val_accuracy"]
    axes.plot(best_epoch, best, "o", color=NOTED_COLOUR, markersize=8, zorder=5)
    axes.annotate(
        f"kept: epoch {best_epoch}, {1 - best:.2%} right",
        (1, 1),
        xytext=(-8, -12),
        xycoords="axes fraction",
        textcoords="offset points",
        ha="right",
        va="top",
        color=NOTED_COLOUR,
    )
    axes.set(title="Tiles read wrong", xlabel="epoch", yscale="log")
    axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=1))
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.margins(y=0.15)


def _draw_losses(axes: Axes, history: Sequence[dict[str, float]], best_epoch: int) -> None:
    """Draw the cross-entropy with label smoothing, which cannot reach 0."""
    _draw_pair(axes, history, lambda row, prefix: row[f"{prefix}loss"])
    axes.axvline(best_epoch, color=NOTED_COLOUR, linewidth=1, linestyle=":")
    axes.set(title="Loss, labels smoothed", xlabel="epoch")
    axes.legend(frameon=False)


def _draw_pair(
    axes: Axes,
    history: Sequence[dict[str, float]],
    value: Callable[[dict[str, float], str], float],
) -> None:
    """Draw the training line and the validation line."""
    epochs = [row["epoch"] for row in history]
    train = [value(row, "") for row in history]
    validation = [value(row, "val_") for row in history]
    axes.plot(epochs, train, color=QUIET_COLOUR, label="training, augmented tiles")
    axes.plot(epochs, validation, color=MAIN_COLOUR, label="validation, averaged weights")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
