"""How well the ink network marks ink: intersection over union, condition by condition.

The photos are of MNIST's validation tiles and of the validation writers' strokes.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

from digitscope.types import BoolArray, Float32Array, UInt8Array
from training.data.mnist import load_train_validation
from training.data.strokes import VALIDATION_WRITERS, load_writers
from training.ink_network import pages
from training.ink_network.data import labelled_photos
from training.ink_network.pages import HARD, Page, photograph
from training.ink_network.writing import Writers, framed, write_one
from training.synthetic_photos import CONDITIONS, Condition

COUNT = 40  # photos under each condition
SEED = 1
INK_THRESHOLD = 0.5  # minimum probability that counts as ink
STRAY_PX = 40  # of 320 x 320: with this many marked, an empty page counts as wrong

Mark = Callable[[UInt8Array], Float32Array]
Draw = Callable[[Writers, np.random.Generator], Page]


def validation_sets() -> dict[str, Draw]:
    """The functions that draw the photos, by the condition's name."""
    conditions: dict[str, Draw] = {
        one.name: partial(_one_under, one) for one in (*CONDITIONS.values(), HARD)
    }
    kinds = (pages.rows, pages.tile, pages.number, pages.nothing)
    return conditions | {"framed": _framed} | {one.__name__: one for one in kinds}


def _one_under(condition: Condition, writers: Writers, rng: np.random.Generator) -> Page:
    return photograph(write_one(writers, rng), condition, rng)


def _framed(writers: Writers, rng: np.random.Generator) -> Page:
    return photograph(framed(write_one(writers, rng), rng), CONDITIONS["everyday"], rng)


def evaluate(
    mark: Mark, folder: Path, data: str | None = None, count: int = COUNT
) -> dict[str, float]:
    """Compute the intersection over union under each condition, 0..1, in the conditions' order.

    For pages without ink, it is the fraction of pages that stay unmarked.

    Args:
        mark: maps photos (N, 320, 320, 3) uint8 to ink probabilities (N, 320, 320, 1).
        folder: where the photos are stored.
        data: path of mnist.npz.
        count: photos under each condition.
    """
    _, digits = load_train_validation(data)
    writers = Writers(digits, load_writers(VALIDATION_WRITERS))
    figures = {}
    for name, draw in validation_sets().items():
        photos = np.array(labelled_photos(writers, count, SEED, folder / name, draw))
        marked = mark(photos[..., :3])[..., 0] >= INK_THRESHOLD
        figures[name] = score(marked, photos[..., 3] >= 255 * INK_THRESHOLD)
    return figures


def score(marked: BoolArray, truth: BoolArray) -> float:
    """IoU of (N, H, W) bool masks; without any true ink, the fraction of pages left unmarked."""
    if not truth.any():
        return float((marked.sum(axis=(1, 2)) < STRAY_PX).mean())
    return float((marked & truth).sum() / (marked | truth).sum())
