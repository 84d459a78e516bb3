"""Compares every row with the first, seed by seed: which differences are significant?

Runs with the same seed use the same random numbers in every row, as far as the rows allow it, so
paired differences tell more than two means. With several rows, one difference is easily large by
chance; Holm's correction accounts for this, within one column. Only the seeds vary: another choice
of pictures would add chance that these tests do not see.

Sources: Student, "The Probable Error of a Mean", Biometrika 6, 1908 (paired t-test); Holm, "A
Simple Sequentially Rejective Multiple Test Procedure", Scandinavian Journal of Statistics 6, 1979.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Any

import numpy as np
from scipy.stats import ttest_1samp

CONFIDENCE_LEVEL = 0.95
SIGNIFICANCE_LEVEL = 0.05  # differences with a smaller p get a star
LEAST_SEEDS = 2  # one seed has no spread


def differences(rows: Sequence[Mapping[str, Any]], column: str) -> list[dict[str, float | None]]:
    """How much each row differs from the first row.

    Args:
        rows: the rows of a report; each has runs with the same seeds.
        column: name of the figure in the runs.

    Returns:
        For every row but the first: `mean`; `margin`, which the 95 % confidence interval has on
        each side; and `p`, with Holm's correction. `margin` is None and `p` is 1 for a single seed,
        and if all seeds differ by the same: then the spread is unknown.
    """
    first, *others = [{run["seed"]: run[column] for run in row["runs"]} for row in rows]
    gaps = [[row[seed] - first[seed] for seed in first if seed in row] for row in others]
    tested = [_margin_and_p(one) for one in gaps]
    corrected = holm([p for _, p in tested])
    return [
        {"mean": float(np.mean(one)), "margin": margin, "p": p}
        for one, (margin, _), p in zip(gaps, tested, corrected, strict=True)
    ]


def _margin_and_p(gaps: Sequence[float]) -> tuple[float | None, float]:
    """Half of the confidence interval of the mean, and the two-sided p of a paired t-test."""
    if len(gaps) < LEAST_SEEDS or np.allclose(gaps, gaps[0]):
        return None, 1.0
    tested = ttest_1samp(gaps, 0.0)
    interval = tested.confidence_interval(CONFIDENCE_LEVEL)
    return float(interval.high - interval.low) / 2, float(tested.pvalue)


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
