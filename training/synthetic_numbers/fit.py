"""Fit the score of candidates to made numbers, as a conditional random field.

    python -m training.synthetic_numbers.fit [--pictures 40] [--seed 1]

The weights maximise the probability of the right path through each row, with a small L2 penalty.
They are written into `digitscope/numbers/score.json`. MNIST's validation tiles are written with;
the network was not trained on them.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

import digitscope.numbers
from digitscope.numbers.row_search import Classify
from digitscope.numbers.score import CANDIDATE_FEATURES, SKIP_FEATURES, WEIGHTS_FILE, load_weights
from digitscope.numbers.search import Edge, edge_probabilities
from digitscope.reader import DigitReader
from training.data.mnist import Digits, load_train_validation
from training.synthetic_numbers.conditions import CONDITIONS, make_picture
from training.synthetic_numbers.samples import RowSample, row_samples

L2 = 0.002
NAMES = (*CANDIDATE_FEATURES, *SKIP_FEATURES)
PENALTIES = {  # what never speaks for a digit
    *("small", "tall", "wide", "off_middle", "bridged_gap", "cut", "cut_extent", "cut_ink"),
    *("one_lean", "one_tall", "one_small", "page_small", "page_tall", "page_faint", "at_edge"),
    *("one_at_edge", "one_faint", "one_page_tall", "skip_wide", "skip_piece"),
}
PAGES = 8  # fewer pictures of whole pages: each has many rows


def collect_samples(
    digits: Digits, classify: Classify, pictures: int, seed: int
) -> list[RowSample]:
    """Rows under every condition."""
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


def loss_and_gradient(
    weights: NDArray[np.float64], samples: Sequence[RowSample]
) -> tuple[float, NDArray[np.float64]]:
    """Minus the mean log probability of the right paths, and its gradient."""
    loss, gradient = 0.0, np.zeros_like(weights)
    for sample in samples:
        scores = sample.features @ weights
        log_all, expected = _sums(sample, scores)
        log_right, of_right = _sums(sample, np.where(sample.right, scores, -np.inf))
        loss += log_all - log_right
        gradient += (expected - of_right) @ sample.features
    penalty = L2 * float(weights @ weights) / 2
    return loss / len(samples) + penalty, gradient / len(samples) + L2 * weights


def _sums(sample: RowSample, scores: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
    """Log of the sum over all paths, and how probable each edge is."""
    edges = [
        Edge(start, end, score)
        for start, end, score in zip(
            sample.starts.tolist(), sample.ends.tolist(), scores.tolist(), strict=True
        )
    ]
    return edge_probabilities(edges, sample.nodes)


def fit(samples: Sequence[RowSample], start: NDArray[np.float64]) -> NDArray[np.float64]:
    """The weights that make the right paths most probable."""
    found = minimize(
        loss_and_gradient,
        start,
        args=(samples,),
        jac=True,
        method="L-BFGS-B",
        bounds=[(None, 0.0) if name in PENALTIES else (None, None) for name in NAMES],
        options={"maxiter": 120},
    )
    print(f"loss {found.fun:.4f} after {found.nit} steps")
    return np.asarray(found.x, np.float64)


def save_weights(weights: NDArray[np.float64], facts: dict[str, object]) -> Path:
    """Write the weights beside the code that uses them."""
    rounded = {name: round(float(w), 4) for name, w in zip(NAMES, weights, strict=True)}
    path = Path(digitscope.numbers.__file__).with_name(WEIGHTS_FILE)
    path.write_text(json.dumps({**facts, "weights": rounded}, indent=2) + "\n", "utf-8")
    return path


def main() -> None:
    """Make numbers, fit, and save."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--data", help="mnist.npz")
    parser.add_argument("--model", help="a .keras or .onnx file")
    parser.add_argument("--pictures", type=int, default=40, help="of each condition")
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
