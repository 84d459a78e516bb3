"""The best segmentation of a row, and the probability of each of its parts.

The nodes of the graph are the boundaries between a row's primitives. Each candidate and each skip
is an edge over its primitives. The log weight of a path is the sum of the scores of its edges.

Source: the forward-backward sums of a segmental conditional random field, Sarawagi and Cohen,
    "Semi-Markov conditional random fields for information extraction", NIPS 2004.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, inf, log1p
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Float64Array: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True)
class Edge:
    """An edge of the graph: from a node to a later one, with a score (log weight)."""

    start: int
    end: int
    score: float


def best_path(edges: Sequence[Edge], nodes: int) -> list[int]:
    """The indices of the edges of the best path from node 0 to the last node.

    >>> best_path([Edge(0, 1, 1.0), Edge(1, 2, 1.0), Edge(0, 2, 3.0)], 3)
    [2]
    """
    best, came = np.full(nodes, -np.inf), np.full(nodes, -1)
    best[0] = 0.0
    for index in sorted(range(len(edges)), key=lambda one: edges[one].start):
        edge = edges[index]
        if best[edge.start] + edge.score > best[edge.end]:
            best[edge.end], came[edge.end] = best[edge.start] + edge.score, index
    path, node = [], nodes - 1
    while node > 0:
        path.append(int(came[node]))
        node = edges[path[-1]].start
    return path[::-1]


def edge_probabilities(edges: Sequence[Edge], nodes: int) -> tuple[float, Float64Array]:
    """The probability that the right path takes each edge.

    Args:
        edges: of a graph in which a path leads from node 0 to the last node.
        nodes: their number.

    Returns:
        The log of the sum of the weights of all paths, and (len(edges),) probabilities.

    >>> edge_probabilities([Edge(0, 1, 0.0), Edge(0, 1, 0.0)], 2)[1].tolist()
    [0.5, 0.5]
    """
    forward, backward = [-inf] * nodes, [-inf] * nodes
    forward[0], backward[-1] = 0.0, 0.0
    for edge in sorted(edges, key=lambda one: one.start):
        forward[edge.end] = _log_add(forward[edge.end], forward[edge.start] + edge.score)
    for edge in sorted(edges, key=lambda one: -one.end):
        backward[edge.start] = _log_add(backward[edge.start], backward[edge.end] + edge.score)
    through = [forward[edge.start] + edge.score + backward[edge.end] for edge in edges]
    return forward[-1], np.exp(np.array(through) - forward[-1])


def _log_add(one: float, other: float) -> float:
    """log(exp(one) + exp(other))."""
    larger, smaller = max(one, other), min(one, other)
    return larger if smaller == -inf else larger + log1p(exp(smaller - larger))
