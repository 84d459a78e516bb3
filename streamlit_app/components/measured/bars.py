"""Bars of shares that all lie close to one."""

from __future__ import annotations

from math import floor


def first_of_bars(least: float, steps: int) -> float:
    """Where bars begin, so that the least share still has one: 0..1, a whole number of steps.

    >>> first_of_bars(0.987, steps=100)
    0.97
    """
    return max(0, floor(least * steps) - 1) / steps
