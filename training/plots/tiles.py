"""Figures that show many tiles: samples, augmented tiles, mistakes."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from digitscope.types import UInt8Array
from training.evaluate import Mistake
from training.evaluation.label_errors import DOUBTED_LABELS
from training.plots.style import NOTED_COLOUR, new_figure

TILE_INCHES = 0.85
CAPTION_INCHES = 0.25
COLUMNS = 10


def draw_tiles(tiles: UInt8Array, captions: Sequence[str] = (), columns: int = COLUMNS) -> Figure:
    """Draw tiles in rows, dark on light as on paper, with a line of text above each.

    Args:
        tiles: (N, 28, 28) uint8, light digit on black.
        captions: N lines, or none.
        columns: tiles per row.
    """
    captions = captions or [""] * len(tiles)
    rows = -(-len(tiles) // columns)
    height = TILE_INCHES + (CAPTION_INCHES if any(captions) else 0)
    with new_figure(columns * TILE_INCHES, rows * height, **{"axes.grid": False}) as figure:
        cells = figure.subplots(rows, columns, squeeze=False).ravel()
        for axes in cells:
            axes.axis("off")
        for axes, tile, caption in zip(cells, tiles, captions, strict=False):
            _draw_tile(axes, tile, caption)
        return figure


def draw_mistakes(tiles: UInt8Array, mistakes: Sequence[Mistake]) -> Figure:
    """Draw every mistake on the test set: label → answer, and the confidence.

    Labels that people doubt (`evaluation.label_errors`) are coloured and have a question mark.

    Args:
        tiles: (N, 28, 28) uint8, in the order of `mistakes`.
        mistakes: the wrong answers.
    """
    captions = [_caption(one) for one in mistakes]
    figure = draw_tiles(tiles, captions)
    for axes, one in zip(figure.axes, mistakes, strict=False):
        if one.index in DOUBTED_LABELS:
            axes.title.set_color(NOTED_COLOUR)
    return figure


def _caption(mistake: Mistake) -> str:
    doubt = "?" if mistake.index in DOUBTED_LABELS else ""
    return f"{mistake.shown}{doubt} → {mistake.answered}  {mistake.confidence:.0%}"


def _draw_tile(axes: Axes, tile: UInt8Array, caption: str) -> None:
    axes.imshow(tile, cmap="gray_r", vmin=0, vmax=255)
    axes.set_title(caption, fontsize=8, fontweight="normal", loc="center", pad=2)
