"""Tiles that Digitscope's own pipeline reads from simulated photos.

They show what MNIST's tiles never show: corrected stroke widths, pieces of ruled lines, shadow
edges, blur and JPEG blocks. Making them takes a while, so they are cached on disk.
"""

from __future__ import annotations

import hashlib
import os
import time
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from pathlib import Path

import cv2
import numpy as np
from filelock import FileLock

import digitscope.image_io
import digitscope.pixel_formats
import digitscope.preprocessing
import training.synthetic_photos
from digitscope.image_io import load_picture
from digitscope.preprocessing.pipeline import preprocess
from digitscope.preprocessing.resizing import correct_stroke_width
from digitscope.preprocessing.state import Attempt
from digitscope.preprocessing.working_picture import to_working_size
from digitscope.types import TILE_PX, UInt8Array
from training.data.mnist import Digits
from training.data.synthetic_strokes import to_tile
from training.synthetic_photos import EVERYDAY, Condition, take_photo
from training.synthetic_photos.pens import Ink

WORKERS = 2  # threads: OpenCV and NumPy release the GIL while they work
CHUNK = 100  # photos between two checks of the progress
STEP = 0.05  # fraction of the work between two printed lines of progress
INK_COVER = 0.3  # threshold, as a fraction of the densest ink: includes rough chalk
MARGIN = 0.125  # around a digit, as a fraction of its longest side: room for wider strokes
SHIFT_PX = 3  # maximum shift: the centre of mass moves when a stroke is lost or gained
BLUR_PX = 1.0  # equal strokes need not overlap exactly
LEAST_LIKENESS = 0.9  # 32 of 458 lay below: lines, shadows, reflections, half digits; 9 up to 0.95


def photo_tiles(
    digits: Digits,
    count: int,
    seed: int,
    cache_dir: Path,
    condition: Condition = EVERYDAY,
    workers: int = WORKERS,
) -> Digits:
    """Simulate photos of random digits and read each photo up to its tile.

    Callers pass training digits only, never validation or test digits. Photos that the pipeline
    refuses, and tiles that do not show their digit, are left out. Each photo has its own random
    generator, so the number of workers does not change the result.

    Args:
        digits: training digits to sample from, with replacement.
        count: number of photos; slightly fewer tiles are returned.
        seed: of the sampling and of the photos.
        cache_dir: folder of the cached tiles; the file name changes with the code.
        condition: the kind of photo; by default a mix of everyday phone photos.
        workers: number of threads.

    Returns:
        tiles (N, 28, 28) uint8 as the pipeline made them, N at most `count`, with their labels.
    """
    kept_at = cache_dir / _file_name(digits, count, seed, condition)
    cache_dir.mkdir(parents=True, exist_ok=True)
    with FileLock(kept_at.with_suffix(".lock")):  # who asks meanwhile waits, and finds them
        made = load_tiles(kept_at)
        if made is None:
            made = _photograph_all(digits, count, seed, condition, workers)
            save_tiles(made, kept_at)
    return made


def _photograph_all(
    digits: Digits, count: int, seed: int, condition: Condition, workers: int
) -> Digits:
    """Take the photos and read them, see `photo_tiles`."""
    rng = np.random.default_rng(seed)
    sources = digits.take(rng.integers(0, len(digits), count))
    read: list[UInt8Array | None] = []
    one = partial(_read_one, sources, condition, seed)
    with ThreadPoolExecutor(workers) as pool:
        for chunk in _with_progress(count):
            read += pool.map(one, chunk)
    came_out = [index for index, tile in enumerate(read) if tile is not None]
    tiles = np.array([read[index] for index in came_out], np.uint8).reshape(-1, TILE_PX, TILE_PX)
    return Digits(tiles, sources.labels[came_out])


def _read_one(sources: Digits, condition: Condition, seed: int, index: int) -> UInt8Array | None:
    return read_tile(sources.tiles[index], condition, (seed, index))


def read_tile(source: UInt8Array, condition: Condition, seed: tuple[int, int]) -> UInt8Array | None:
    """Photograph one tile and read it back.

    Args:
        source: (28, 28) uint8.
        condition: the kind of photo.
        seed: of this photo.

    Returns:
        (28, 28) uint8, or None where the photo is refused or the tile shows something else.
    """
    photo = take_photo(source, condition, np.random.default_rng(seed))
    tile = preprocess(to_working_size(load_picture(photo.pixels).rgb), Attempt()).tile
    if tile is None or likeness(tile.pixels, ideal_tile(photo.ink)) < LEAST_LIKENESS:
        return None
    return tile.pixels


def ideal_tile(ink: Ink) -> UInt8Array:
    """The tile that a photo would give if its ink were found perfectly: (28, 28) uint8."""
    mask = ink.cover > INK_COVER * float(ink.cover.max())
    left, top, width, height = cv2.boundingRect(mask.astype(np.uint8))
    margin = round(MARGIN * max(width, height))
    lines = np.pad(mask[top : top + height, left : left + width], margin)
    glyph = correct_stroke_width(lines.astype(np.float32), lines, max(width, height))
    return to_tile(np.rint(glyph.ink * 255).astype(np.uint8))


def likeness(tile: UInt8Array, ideal: UInt8Array) -> float:
    """Correlation, -1..1, of two blurred tiles, (28, 28) uint8, at the best of some small shifts.

    >>> tile = np.zeros((28, 28), np.uint8)
    >>> tile[4:24, 12:16] = 255
    >>> round(likeness(np.roll(tile, 2, axis=1), tile), 2)
    1.0
    """
    soft = cv2.GaussianBlur(tile.astype(np.float32), (0, 0), BLUR_PX)
    wide = cv2.GaussianBlur(np.pad(ideal, SHIFT_PX).astype(np.float32), (0, 0), BLUR_PX)
    return float(cv2.matchTemplate(wide, soft, cv2.TM_CCOEFF_NORMED).max())


def _with_progress(count: int) -> Iterator[range]:
    """Yield 0..count in chunks; print progress and speed from time to time."""
    started, said = time.perf_counter(), 0.0
    for start in range(0, count, CHUNK):
        done = min(start + CHUNK, count)
        yield range(start, done)
        if done / count - said >= STEP or done == count:
            said = done / count
            rate = done / (time.perf_counter() - started)
            print(f"  photos {said:4.0%}, {rate:.0f} a second", flush=True)


def _file_name(digits: Digits, count: int, seed: int, condition: Condition) -> str:
    """A file name with a hash of everything that the tiles depend on."""
    content = hashlib.sha256(fingerprint_photos().encode())
    content.update(digits.tiles.tobytes() + digits.labels.tobytes())
    return f"photo_tiles_{condition.name}_{seed}_{count}_{content.hexdigest()[:12]}.npz"


@cache
def fingerprint_photos() -> str:
    """Hash of the source code that makes photos and tiles, and of OpenCV's version."""
    packages = (training.synthetic_photos, digitscope.preprocessing)
    folders = [Path(str(package.__file__)).parent for package in packages]
    files = [
        Path(__file__),
        Path(digitscope.image_io.__file__),
        Path(digitscope.pixel_formats.__file__),
    ]
    files += [path for folder in folders for path in sorted(folder.glob("*.py"))]
    code = b"".join(path.read_bytes() for path in files) + cv2.__version__.encode()
    return hashlib.sha256(code).hexdigest()


def load_tiles(path: Path) -> Digits | None:
    """Load tiles, or return None if the file is missing or unreadable."""
    try:
        with np.load(path) as archive:
            return Digits(archive["tiles"], archive["labels"])
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None


def save_tiles(digits: Digits, path: Path) -> None:
    """Write tiles atomically: into a temporary file that is then renamed."""
    beside = path.with_name(f".{os.getpid()}_{path.name}")
    np.savez_compressed(beside, tiles=digits.tiles, labels=digits.labels)
    beside.replace(path)
