"""Tiles that are drawn once for all runs: digits of other handwriting styles, and non-digits.

Drawing a tile takes milliseconds, and an epoch needs tens of thousands. So the tiles are cached on
disk. Every epoch samples some of them and augments them like MNIST's tiles.
"""

from __future__ import annotations

import hashlib
import os
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from filelock import FileLock

from digitscope.types import TILE_PX, UInt8Array
from training.data.drawn_digits import draw_strokes
from training.data.mnist import Digits
from training.data.outliers import draw_non_digits
from training.data.pen_styles import write_tile
from training.data.strokes import PenDigit
from training.run_records.provenance import code_fingerprint

PEN_FRACTION = 0.65  # of the digits are recorded pen strokes; the others are drawn by rules
DRAWN_BY = (  # the sources that draw the tiles
    "training/data/*",
    "digitscope/preprocessing/centring.py",
    "digitscope/preprocessing/closing.py",
    "digitscope/preprocessing/resizing.py",
)


@dataclass(frozen=True, eq=False)
class DrawnTiles:
    """Tiles of kinds that MNIST lacks.

    Attributes:
        hands: digits of other handwriting styles.
        non_digits: (N, 28, 28) uint8, tiles that show no digit.
    """

    hands: Digits
    non_digits: UInt8Array


def draw_hands(count: int, written: Sequence[PenDigit], rng: np.random.Generator) -> Digits:
    """Draw digits of other handwriting styles, with random pens and pen styles.

    Args:
        count: how many.
        written: recorded strokes to sample with replacement; if empty, rules draw all digits.
        rng: random generator.

    Returns:
        tiles (count, 28, 28) uint8, light on black, longest side 20, mass centred.
    """
    labels, tiles = np.zeros(count, np.uint8), np.zeros((count, TILE_PX, TILE_PX), np.uint8)
    for index in range(count):
        if written and rng.random() < PEN_FRACTION:
            one = written[int(rng.integers(len(written)))]
            labels[index], strokes = one.digit, list(one.lines)
        else:
            labels[index], strokes = draw_strokes(rng)
        tiles[index] = write_tile(strokes, rng)
    return Digits(tiles, labels)


def drawn_tiles(
    digits: Digits,
    written: Sequence[PenDigit],
    counts: tuple[int, int],
    seed: int,
    cache_dir: Path,
) -> DrawnTiles:
    """Draw tiles, or load the cached ones that the same code drew from the same data.

    Args:
        digits: MNIST tiles to make pairs and mirrored digits from.
        written: recorded strokes of this split's writers.
        counts: number of digits, and of non-digits.
        seed: of the random generator.
        cache_dir: folder of the cached tiles; the file name changes with the code.
    """
    kept_at = cache_dir / f"drawn_tiles_{seed}_{_fingerprint(digits, written, counts)}.npz"
    cache_dir.mkdir(parents=True, exist_ok=True)
    with FileLock(kept_at.with_suffix(".lock")):  # a second process waits, then loads the file
        made = _load(kept_at)
        if made is None:
            made = _draw_all(digits, written, counts, seed)
            _save(made, kept_at)
    return DrawnTiles(made.take(np.arange(counts[0])), made.tiles[counts[0] :])


def _draw_all(
    digits: Digits, written: Sequence[PenDigit], counts: tuple[int, int], seed: int
) -> Digits:
    """Draw the digits, then the non-digits, whose labels have no meaning."""
    rng = np.random.default_rng(seed)
    hands = draw_hands(counts[0], written, rng)
    others = draw_non_digits(counts[1], digits, rng)
    labels = np.concatenate([hands.labels, np.zeros(len(others), np.uint8)])
    return Digits(np.concatenate([hands.tiles, others]), labels)


def _fingerprint(digits: Digits, written: Sequence[PenDigit], counts: tuple[int, int]) -> str:
    """Twelve characters of a hash over everything that the tiles depend on."""
    origin = (counts, cv2.__version__, code_fingerprint(DRAWN_BY))
    content = hashlib.sha256(repr(origin).encode())
    content.update(digits.tiles.tobytes())
    for one in written:
        content.update(bytes([one.digit]) + b"".join(line.tobytes() for line in one.lines))
    return content.hexdigest()[:12]


def _load(path: Path) -> Digits | None:
    """Load tiles, or return None if the file is missing or damaged."""
    try:
        with np.load(path) as archive:
            return Digits(archive["tiles"], archive["labels"])
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None


def _save(digits: Digits, path: Path) -> None:
    """Write tiles atomically: into a temporary file that is then renamed."""
    beside = path.with_name(f".{os.getpid()}_{path.name}")
    np.savez_compressed(beside, tiles=digits.tiles, labels=digits.labels)
    beside.replace(path)
