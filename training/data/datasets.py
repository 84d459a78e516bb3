"""What a run learns from and is judged by: MNIST's split, and tiles from simulated photos."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from training.config import HyperParameters
from training.data.mnist import Digits, load_train_validation
from training.data.photo_tiles import photo_tiles
from training.run_records.run_folder import RUNS_DIR

PHOTO_DIR = RUNS_DIR / "photo-tiles"  # where they are kept once made
PHOTO_SEED = 2026  # one set for every run, so that runs with different seeds compare


@dataclass(frozen=True, eq=False)
class Datasets:
    """What a run learns from and what it is judged by.

    Attributes:
        train: MNIST's training tiles.
        validation: tiles held out of them.
        photographed: tiles that simulated photos of training digits became, or None.
    """

    train: Digits
    validation: Digits
    photographed: Digits | None = None


def load_datasets(path: str | None, hyper: HyperParameters) -> Datasets:
    """Load MNIST, split it, and photograph training digits where the recipe asks for them.

    Raises:
        DataUnavailableError: MNIST could not be found.
    """
    digits, validation = load_train_validation(path, hyper.validation_tiles)
    if hyper.limit:
        digits = digits.take(np.arange(min(hyper.limit, len(digits))))
    count = round(len(digits) * hyper.photo_fraction)
    photographed = photo_tiles(digits, count, PHOTO_SEED, PHOTO_DIR) if count else None
    return Datasets(digits, validation, photographed)
