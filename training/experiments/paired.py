"""Compares every row with the first, seed by seed: which differences are more than chance?

Runs with the same seed use the same random numbers in every row, as far as the rows allow it, so
paired differences tell more than two means. With several rows, one difference is easily large by
chance; Holm's correction accounts for this.

Sources: Student, "The Probable Error of a Mean", Biometrika 6, 1908 (paired t-test); Holm, "A
Simple Sequentially Rejective Multiple Test Procedure", Scandinavian Journal of Statistics 6, 1979.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import accumulate
from statistics import mean, stdev
from typing import Any

from scipy.stats import ttest_rel

SIGNIFICANCE_LEVEL = 0.05  # significance level: differences with a smaller p are reported


def differences(rows: Sequence[Mapping[str, Any]], column: str) -> list[dict[str, float]]:
    """The mean difference of each row from the first row, and its p-value.

    Args:
        rows: the rows of a report; each has runs with the same seeds.
        column: name of the figure in the runs.

    Returns:
        For every row but the first: `mean`, and `p` with Holm's correction.
    """
    first, *others = [{run["seed"]: run[column] for run in row["runs"]} for row in rows]
    gaps = [[row[seed] - first[seed] for seed in first if seed in row] for row in others]
    corrected = holm([_p_value(one) for one in gaps])
    return [{"mean": mean(one), "p": p} for one, p in zip(gaps, corrected, strict=True)]


def _p_value(gaps: Sequence[float]) -> float:
    """The two-sided p of a paired t-test; 1 for a single seed or if all differences are 0."""
    if len(gaps) < 2 or not any(gaps):
        return 1.0
    if stdev(gaps) == 0:
        return 0.0
    return float(ttest_rel(gaps, [0.0] * len(gaps)).pvalue)


def holm(chances: Sequence[float]) -> list[float]:
    """Holm's correction of n p-values: the smallest p times n, the next times n - 1, never falling.

    >>> holm([0.01, 0.5, 0.03])
    [0.03, 0.5, 0.06]
    """
    order = sorted(range(len(chances)), key=chances.__getitem__)
    weighted = [min(1.0, (len(order) - rank) * chances[at]) for rank, at in enumerate(order)]
    return [p for _, p in sorted(zip(order, accumulate(weighted, max), strict=True))]


def is_apart(row: Mapping[str, Any], column: str) -> bool:
    """Whether a row of a report differs significantly from the first row."""
    found = row.get("differences", {}).get(column, {"p": math.inf})
    return bool(found["p"] < SIGNIFICANCE_LEVEL)
