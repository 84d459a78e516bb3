"""Compares every row with the first, seed by seed: which differences are more than chance?

The same seed has the same chance in every row, as far as the rows allow it, so a seed's difference
tells more than two means. Several rows are asked at once, and one of many is easily large by
chance: Holm's correction counts them.

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

CHANCE = 0.05  # a difference that chance makes so often is told as none


def differences(rows: Sequence[Mapping[str, Any]], column: str) -> list[dict[str, float]]:
    """The mean difference of each row to the first, and how often chance makes as large a one.

    Args:
        rows: of a report, each with its runs; the same seeds in each.
        column: of the runs.

    Returns:
        For every row but the first: `mean`, and `p`, corrected for all these rows.
    """
    first, *others = [{run["seed"]: run[column] for run in row["runs"]} for row in rows]
    gaps = [[row[seed] - first[seed] for seed in first if seed in row] for row in others]
    corrected = holm([_chance_of(one) for one in gaps])
    return [{"mean": mean(one), "p": p} for one, p in zip(gaps, corrected, strict=True)]


def _chance_of(gaps: Sequence[float]) -> float:
    """The two-sided p of a paired t-test; 1 for a single seed, which has no spread."""
    if len(gaps) < 2 or not any(gaps):
        return 1.0
    if stdev(gaps) == 0:
        return 0.0
    return float(ttest_rel(gaps, [0.0] * len(gaps)).pvalue)


def holm(chances: Sequence[float]) -> list[float]:
    """Holm's correction: the least p counts for all, the next for one fewer, none below the last.

    >>> holm([0.01, 0.5, 0.03])
    [0.03, 0.5, 0.06]
    """
    order = sorted(range(len(chances)), key=chances.__getitem__)
    weighted = [min(1.0, (len(order) - rank) * chances[at]) for rank, at in enumerate(order)]
    return [p for _, p in sorted(zip(order, accumulate(weighted, max), strict=True))]


def is_apart(row: Mapping[str, Any], column: str) -> bool:
    """Whether a row of a report differs from the first by more than the seeds do."""
    found = row.get("differences", {}).get(column, {"p": math.inf})
    return bool(found["p"] < CHANCE)
