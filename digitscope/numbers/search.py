"""The best segmentation of a row, and how sure each part of it is.

A row's primitives are the edges of a chain of nodes. A candidate leads over its stretch of
primitives, a skip over one. The weight of a path is the sum of its parts' scores.

Source: the forward-backward sums of a segmental conditional random field, Sarawagi and Cohen,
    "Semi-Markov conditional random fields for information extraction", NIPS 2004.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Float64Array: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True)
class Edge:
    """A step of a path: from a node to a later one, at a score (log weight)."""

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


def edge_probabilities(edges: Sequence[Edge], nodes: int) -> Float64Array:
    """How probable it is that the right path takes each edge, (len(edges),).

    >>> edge_probabilities([Edge(0, 1, 0.0), Edge(0, 1, 0.0)], 2).tolist()
    [0.5, 0.5]
    """
    forward = np.full(nodes, -np.inf)
    backward = np.full(nodes, -np.inf)
    forward[0], backward[-1] = 0.0, 0.0
    order = sorted(range(len(edges)), key=lambda one: edges[one].start)
    for edge in (edges[index] for index in order):
        forward[edge.end] = np.logaddexp(forward[edge.end], forward[edge.start] + edge.score)
    for edge in (edges[index] for index in sorted(order, key=lambda one: -edges[one].end)):
        backward[edge.start] = np.logaddexp(
            backward[edge.start], backward[edge.end] + edge.score
        )
    through = [forward[edge.start] + edge.score + backward[edge.end] for edge in edges]
    return np.exp(np.array(through) - forward[-1])
