"""Colours and style that all figures share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

QUIET_COLOUR = "#9aa5b1"  # grey: data that the network is not judged by
MAIN_COLOUR = "#2563eb"
NOTED_COLOUR = "#d97706"
DPI = 160
STYLE: dict[Any, object] = {
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


@contextmanager
def new_figure(width: float, height: float, **changes: Any) -> Iterator[Figure]:
    """A figure in the common style with `changes`; width and height are in inches."""
    with mpl.rc_context(STYLE | changes):
        yield Figure(figsize=(width, height), layout="constrained", dpi=DPI / 2)


def save(figure: Figure, path: str | Path) -> None:
    """Write a figure as PNG."""
    figure.savefig(path, dpi=DPI)
