"""Fit the score of candidates to synthetic numbers, as a conditional random field.

    python -m training.synthetic_numbers.fit [--pictures 60] [--seed 1]

The weights maximise the probability of the correct path through each row, with a small L2 penalty.
They are written into `digitscope/numbers/score.json`. The numbers are drawn with MNIST's validation
tiles; the network was not trained on them.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

import digitscope.numbers
from digitscope.numbers.row_search import Classify
from digitscope.numbers.score import CANDIDATE_FEATURES, SKIP_FEATURES, WEIGHTS_FILE, load_weights
from digitscope.reader import DigitReader
from training.data.mnist import Digits, load_train_validation
from training.synthetic_numbers.conditions import CONDITIONS, make_picture
from training.synthetic_numbers.samples import RowSample, row_samples

L2 = 0.002
NAMES = (*CANDIDATE_FEATURES, *SKIP_FEATURES)
PENALTIES = {  # features that can only lower the score
    *("small", "tall", "wide", "off_middle", "bridged_gap", "cut", "cut_extent", "cut_ink"),
    *("one_lean", "one_tall", "one_small", "one_beyond", "one_bow"),
    *("page_small", "page_tall", "page_faint", "at_edge"),
    *("one_at_edge", "one_faint", "one_page_tall", "skip_wide", "skip_piece"),
    *("skip_size", "skip_ink", "skip_height"),
}
PAGES = 8  # divides the number of page pictures, since each has many rows


def collect_samples(
    digits: Digits, classify: Classify, pictures: int, seed: int
) -> list[RowSample]:
    """Make rows under every condition; print how many digits have no path."""
    samples: list[RowSample] = []
    for number, (name, condition) in enumerate(CONDITIONS.items()):
        count, lost, digits_made = pictures // PAGES if name == "page" else pictures, 0, 0
        before = len(samples)
        for index in range(count):
            picture = make_picture(condition, digits, (seed, number, index))
            found, missing = row_samples(picture, classify)
            samples += found
            lost += missing
            digits_made += len(picture.text)
        print(f"{name:14} {len(samples) - before:5} rows; without a path: {lost}/{digits_made}")
    return samples


@dataclass(frozen=True, eq=False)
class Lattice:
    """The graphs of all R rows, processed node by node for all rows at once.

    Attributes:
        rows: (E,) the row of each edge.
        starts: (E,) start node of each edge.
        ends: (E,) end node of each edge.
        features: (E, F) features of each edge.
        right: (E,) bool, whether an edge is on a correct path.
        last: (R,) last node of each row.
    """

    rows: NDArray[np.int64]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    features: NDArray[np.float64]
    right: NDArray[np.bool_]
    last: NDArray[np.int64]

    def sums(self, scores: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Log-sum-exp over the paths of each row, (R,), and the probability of each edge, (E,).

        The same as `edge_probabilities` of `digitscope.numbers.search`, for all rows at once.
        """
        every, nodes = np.arange(len(self.last)), int(self.last.max()) + 1
        forward = np.full((len(every), nodes), -np.inf)
        backward = forward.copy()
        forward[:, 0], backward[every, self.last] = 0.0, 0.0
        for node in range(nodes):
            own = np.flatnonzero(self.starts == node)
            reached = (self.rows[own], self.ends[own])
            np.logaddexp.at(forward, reached, forward[self.rows[own], node] + scores[own])
        for node in reversed(range(nodes)):
            own = np.flatnonzero(self.ends == node)
            left = (self.rows[own], self.starts[own])
            np.logaddexp.at(backward, left, backward[self.rows[own], node] + scores[own])
        total = forward[every, self.last]
        through = forward[self.rows, self.starts] + scores + backward[self.rows, self.ends]
        return total, np.exp(through - total[self.rows])


def pack(samples: Sequence[RowSample]) -> Lattice:
    """Concatenate the rows' graphs."""
    return Lattice(
        np.repeat(np.arange(len(samples)), [len(one.starts) for one in samples]),
        np.concatenate([one.starts for one in samples]),
        np.concatenate([one.ends for one in samples]),
        np.concatenate([one.features for one in samples]),
        np.concatenate([one.right for one in samples]),
        np.array([one.nodes - 1 for one in samples]),
    )


def loss_and_gradient(
    weights: NDArray[np.float64], lattice: Lattice
) -> tuple[float, NDArray[np.float64]]:
    """Mean negative log probability of the correct paths plus L2 penalty, and its gradient."""
    scores, count = lattice.features @ weights, len(lattice.last)
    log_all, expected = lattice.sums(scores)
    log_right, of_right = lattice.sums(np.where(lattice.right, scores, -np.inf))
    loss = float((log_all - log_right).mean()) + L2 * float(weights @ weights) / 2
    gradient = (expected - of_right) @ lattice.features / count + L2 * weights
    return loss, np.asarray(gradient, np.float64)


def fit(samples: Sequence[RowSample], start: NDArray[np.float64]) -> NDArray[np.float64]:
    """Find the weights that minimise the loss, starting at `start`."""
    found = minimize(
        loss_and_gradient,
        start,
        args=(pack(samples),),
        jac=True,
        method="L-BFGS-B",
        bounds=[(None, 0.0) if name in PENALTIES else (None, None) for name in NAMES],
        options={"maxiter": 120},
    )
    print(f"loss {found.fun:.4f} after {found.nit} steps")
    return np.asarray(found.x, np.float64)


def save_weights(weights: NDArray[np.float64], facts: dict[str, object]) -> Path:
    """Write the weights as JSON into the folder of the code that uses them."""
    rounded = {name: round(float(w), 4) for name, w in zip(NAMES, weights, strict=True)}
    path = Path(digitscope.numbers.__file__).with_name(WEIGHTS_FILE)
    path.write_text(json.dumps({**facts, "weights": rounded}, indent=2) + "\n", "utf-8")
    return path


def main() -> None:
    """Make numbers, fit, and save."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--data", help="mnist.npz")
    parser.add_argument("--model", help="a .keras or .onnx file")
    parser.add_argument("--pictures", type=int, default=60, help="of each condition")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    _, digits = load_train_validation(chosen.data)
    classifier = DigitReader(chosen.model).classifier
    samples = collect_samples(digits, classifier.classify, chosen.pictures, chosen.seed)
    start = np.minimum(
        np.concatenate(load_weights()), [0.0 if n in PENALTIES else 99 for n in NAMES]
    )
    weights = fit(samples, start)
    facts: dict[str, object] = {
        "command": "python -m training.synthetic_numbers.fit "
        f"--pictures {chosen.pictures} --seed {chosen.seed}",
        "rows": len(samples),
        "model": classifier.path.name,
    }
    print(save_weights(weights, facts))


if __name__ == "__main__":
    main()
