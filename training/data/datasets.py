"""What a run learns from and is judged by: MNIST's split, other hands, non-digits, photos."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from training.config import HyperParameters
from training.data.drawn_tiles import DrawnTiles, drawn_tiles
from training.data.mnist import Digits, load_train_validation
from training.data.photo_tiles import photo_tiles
from training.data.strokes import TRAIN_WRITERS, VALIDATION_WRITERS, PenDigit, load_writers
from training.run_records.run_folder import RUNS_DIR

TILES_DIR = RUNS_DIR / "tiles"  # where tiles are kept once made
TILES_SEED = 2026  # one set for every run, so that runs with different seeds compare
DRAWN = 24_000  # of other hands, and as many non-digits: about two epochs' worth
VALIDATION_DRAWN = 1_500  # of other hands, and of non-digits


@dataclass(frozen=True, eq=False)
class Datasets:
    """What a run learns from and what it is judged by.

    Attributes:
        train: MNIST's training tiles.
        validation: tiles held out of them.
        photographed: tiles that simulated photos of training digits became, or None.
        drawn: digits of other hands and non-digits to learn from, or None.
        validation_drawn: the same by writers who are not learnt from, or None.
    """

    train: Digits
    validation: Digits
    photographed: Digits | None = None
    drawn: DrawnTiles | None = None
    validation_drawn: DrawnTiles | None = None


def load_datasets(path: str | None, hyper: HyperParameters) -> Datasets:
    """Load MNIST, split it, and draw and photograph what the recipe asks for.

    Raises:
        DataUnavailableError: MNIST or the pen strokes could not be found.
    """
    digits, validation = load_train_validation(path, hyper.validation_tiles)
    if hyper.limit:
        digits = digits.draw(hyper.limit, hyper.seed)
    drawn, validation_drawn = _draw(digits, validation, hyper)
    count = round(len(digits) * hyper.photo_fraction)
    sources = digits if drawn is None else _together(digits, drawn.hands)
    photographed = photo_tiles(sources, count, TILES_SEED, TILES_DIR) if count else None
    return Datasets(digits, validation, photographed, drawn, validation_drawn)


def _draw(
    digits: Digits, validation: Digits, hyper: HyperParameters
) -> tuple[DrawnTiles | None, DrawnTiles | None]:
    """Other hands and non-digits to learn from and to be judged by, where they are asked for."""
    if not (hyper.hand_fraction or hyper.non_digit_fraction):
        return None, None
    writers = (TRAIN_WRITERS, VALIDATION_WRITERS)
    learnt, judged = (_strokes_of(one, hyper) for one in writers)
    count = min(DRAWN, len(digits))
    few = min(VALIDATION_DRAWN, count)
    return (
        drawn_tiles(digits, learnt, (count, count), TILES_SEED, TILES_DIR),
        drawn_tiles(validation, judged, (few, few), TILES_SEED + 1, TILES_DIR),
    )


def _strokes_of(writers: range, hyper: HyperParameters) -> tuple[PenDigit, ...]:
    """Real strokes, where digits of other hands are asked for."""
    return load_writers(writers) if hyper.hand_fraction else ()


def _together(first: Digits, second: Digits) -> Digits:
    """All tiles of both."""
    tiles = np.concatenate([first.tiles, second.tiles])
    return Digits(tiles, np.concatenate([first.labels, second.labels]))
