from itertools import pairwise, product

import numpy as np
import pytest

from digitscope.numbers.search import Edge, best_path, edge_probabilities

NODES = 4
EDGES = [
    Edge(start, end, score)
    for (start, end), score in zip(
        ((a, b) for a, b in product(range(NODES), repeat=2) if a < b),
        (0.3, 1.2, -0.4, 0.8, 0.2, 0.5),
        strict=True,
    )
]


def all_paths() -> list[list[int]]:
    by_ends = {(edge.start, edge.end): index for index, edge in enumerate(EDGES)}
    middles = [[1, 2], [1], [2], []]
    return [[by_ends[pair] for pair in pairwise([0, *middle, 3])] for middle in middles]


def test_the_best_path_is_the_best_of_all() -> None:
    scores = {tuple(path): sum(EDGES[index].score for index in path) for path in all_paths()}
    assert tuple(best_path(EDGES, NODES)) == max(scores, key=lambda path: scores[path])


def test_probabilities_are_those_of_summing_over_all_paths() -> None:
    weights = [np.exp(sum(EDGES[index].score for index in path)) for path in all_paths()]
    expected = np.zeros(len(EDGES))
    for path, weight in zip(all_paths(), weights, strict=True):
        expected[path] += weight / sum(weights)
    log_sum, found = edge_probabilities(EDGES, NODES)
    assert found == pytest.approx(expected)
    assert log_sum == pytest.approx(np.log(sum(weights)))


def test_very_unlike_scores_do_not_overflow() -> None:
    _, found = edge_probabilities([Edge(0, 1, 900.0), Edge(0, 1, -900.0)], 2)
    assert found.tolist() == [1.0, 0.0]
