"""Probabilities in words that promise no more than is known."""

from __future__ import annotations


def format_probability(share: float) -> str:
    """Put a probability in per cent, never rounded to all or to nothing.

    >>> format_probability(0.99999), format_probability(0.5), format_probability(0.0)
    ('>99.9%', '50.0%', '<0.1%')
    """
    if share > 0.999:
        return ">99.9%"
    return "<0.1%" if share < 0.001 else f"{share:.1%}"
