"""All plots of training; the only package that imports matplotlib.

Each function returns a figure; `save` writes it as PNG.
"""

from training.plots.confusion import draw_confusion_matrix
from training.plots.curves import draw_training_curves
from training.plots.experiments import draw_comparison
from training.plots.reliability import draw_reliability
from training.plots.style import save
from training.plots.tiles import draw_mistakes, draw_tiles

__all__ = [
    "draw_comparison",
    "draw_confusion_matrix",
    "draw_mistakes",
    "draw_reliability",
    "draw_tiles",
    "draw_training_curves",
    "save",
]
