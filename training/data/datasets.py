"""The datasets of a training run: MNIST's split, other writers' digits, non-digits."""

from __future__ import annotations

from dataclasses import dataclass

from training.config import HyperParameters
from training.data.drawn_tiles import DrawnTiles, drawn_tiles
from training.data.mnist import Digits, load_train_validation
from training.data.strokes import TRAIN_WRITERS, VALIDATION_WRITERS, PenDigit, load_writers
from training.run_records.run_folder import RUNS_DIR

TILES_DIR = RUNS_DIR / "tiles"  # cache of drawn tiles
TILES_SEED = 2026  # the same tiles for every run, so that runs with different seeds are comparable
DRAWN = 24_000  # digits of other writers, and as many non-digits: enough for about two epochs
VALIDATION_DRAWN = 1_500  # digits of other writers, and as many non-digits


@dataclass(frozen=True, eq=False)
class Datasets:
    """The training and validation data of a run.

    Attributes:
        train: MNIST's training tiles.
        validation: tiles held out of MNIST's training tiles.
        drawn: digits of other writers and non-digits for training, or None.
        validation_drawn: the same for validation, by different writers, or None.
    """

    train: Digits
    validation: Digits
    drawn: DrawnTiles | None = None
    validation_drawn: DrawnTiles | None = None


def load_datasets(path: str | None, hyper: HyperParameters) -> Datasets:
    """Load and split MNIST, and draw the tiles that `hyper` asks for.

    Raises:
        DataUnavailableError: MNIST or the pen strokes could not be found.
    """
    digits, validation = load_train_validation(path, hyper.validation_tiles)
    if hyper.limit:
        digits = digits.draw(hyper.limit, hyper.seed)
    return Datasets(digits, validation, *_draw(digits, validation, hyper))


def _draw(
    digits: Digits, validation: Digits, hyper: HyperParameters
) -> tuple[DrawnTiles | None, DrawnTiles | None]:
    """Drawn tiles for training and for validation, or (None, None) if `hyper` asks for none."""
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
    """The writers' pen strokes, or () if `hyper` asks for no digits of other writers."""
    return load_writers(writers) if hyper.hand_fraction else ()
