"""The axis of bar charts whose fractions are all close to 1."""

from __future__ import annotations

from math import floor


def bar_axis_start(least: float, steps: int) -> float:
    """The start of the axis, 0..1 in whole steps; the smallest fraction still has a bar.

    >>> bar_axis_start(0.987, steps=100)
    0.97
    """
    return max(0, floor(least * steps) - 1) / steps
