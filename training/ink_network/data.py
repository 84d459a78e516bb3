"""Labelled photos for the ink network: drawn once, cached on disk, augmented in every epoch."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np

from digitscope.preprocessing.working_picture import to_working_size
from digitscope.types import Float32Array, UInt8Array
from training.ink_network.pages import Page, draw_page
from training.ink_network.writing import Writers
from training.synthetic_photos.grain import SCALE, sensor_noise

SIDE_PX = 320  # longest side of a photo as the network sees it
SHARD = 200  # photos a file; a stopped run loses at most one file
WORKERS = 2  # threads: OpenCV and NumPy release the GIL while they work
CHANNELS = 4  # red, green, blue, and the ink
TURNED = 0.3  # of an epoch's photos are rotated by 90 degrees: most ruled lines are horizontal
TURNS = (cv2.ROTATE_90_CLOCKWISE, cv2.ROTATE_90_COUNTERCLOCKWISE)
INVERTED, PERMUTED, GREY, NOISY, BLURRED = (
    0.12,
    0.2,
    0.1,
    0.2,
    0.1,
)  # fractions of an epoch's photos


def letterbox(rgb: UInt8Array, ink: Float32Array) -> UInt8Array:
    """Resize a photo and its ink to SIDE_PX, padded by mirroring: (320, 320, 4) uint8."""
    working = to_working_size(rgb).rgb
    scale = SIDE_PX / max(working.shape[:2])
    size_wh = (max(1, round(working.shape[1] * scale)), max(1, round(working.shape[0] * scale)))
    small = cv2.resize(working, size_wh, interpolation=_interpolation(scale))
    mark = cv2.resize(ink, size_wh, interpolation=_interpolation(SIDE_PX / max(ink.shape)))
    both = np.dstack([small, np.rint(np.clip(mark, 0, 1) * 255).astype(np.uint8)])
    below, right = SIDE_PX - size_wh[1], SIDE_PX - size_wh[0]
    padded = cv2.copyMakeBorder(both, 0, below, 0, right, cv2.BORDER_REFLECT_101)
    return np.asarray(padded, np.uint8)


def _interpolation(scale: float) -> int:
    return cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR


def labelled_photos(
    writers: Writers,
    count: int,
    seed: int,
    folder: Path,
    draw: Callable[[Writers, np.random.Generator], Page] = draw_page,
    workers: int = WORKERS,
) -> list[UInt8Array]:
    """Draw photos, or load those that are already in the folder.

    Each photo has its own random generator. So the number of workers does not change the result,
    and a stopped run can continue. Empty the folder when the code that draws changes.

    Args:
        writers: the digits and the pen strokes to draw from.
        count: number of photos.
        seed: of the photos.
        folder: where the shards are stored.
        draw: makes one photo.
        workers: number of threads.

    Returns:
        (320, 320, 4) uint8 each, memory-mapped from disk: red, green, blue, ink.
    """
    folder.mkdir(parents=True, exist_ok=True)
    started = time.perf_counter()
    shards = []
    with ThreadPoolExecutor(workers) as pool:
        for first in range(0, count, SHARD):
            last = min(first + SHARD, count)
            path = folder / f"{seed}_{first:06d}_{last:06d}.npy"
            if not path.is_file():
                one = _drawer(writers, seed, draw)
                made = np.array(list(pool.map(one, range(first, last))))
                beside = path.with_name(f".{os.getpid()}_{path.name}")
                np.save(beside, made)
                beside.replace(path)
                rate = (first + len(made)) / (time.perf_counter() - started)
                print(f"  photos {first + len(made)}/{count}, {rate:.0f} a second", flush=True)
            shards.append(np.load(path, mmap_mode="r"))
    return [photo for shard in shards for photo in shard]


def _drawer(
    writers: Writers, seed: int, draw: Callable[[Writers, np.random.Generator], Page]
) -> Callable[[int], UInt8Array]:
    def one(index: int) -> UInt8Array:
        page = draw(writers, np.random.default_rng((seed, index)))
        return letterbox(page.rgb, page.ink)

    return one


def vary(
    photo: UInt8Array, side_px: int, zoom: tuple[float, float], rng: np.random.Generator
) -> UInt8Array:
    """Zoom, rotate, mirror and recolour a labelled photo: (side_px, side_px, 4) uint8."""
    scale = float(np.exp(rng.uniform(*np.log(zoom))))
    room = SIDE_PX * scale - side_px
    left, top = rng.uniform(min(0, room), max(0, room), 2)
    matrix = np.array([[scale, 0, -left], [0, scale, -top]])
    near = cv2.warpAffine(
        photo, matrix, (side_px, side_px), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101
    )
    if rng.random() < TURNED:
        near = cv2.rotate(near, TURNS[rng.integers(len(TURNS))])
    near = near[:, ::-1] if rng.random() < 0.5 else near
    near = near[::-1] if rng.random() < 0.3 else near
    rgb = _recolour(np.ascontiguousarray(near[..., :3]), rng)
    return np.dstack([rgb, near[..., 3]]).astype(np.uint8)


def _recolour(rgb: UInt8Array, rng: np.random.Generator) -> UInt8Array:
    """Change brightness, contrast and colours of (H, W, 3) uint8."""
    ramp = np.linspace(0, 1, 256)[:, None]
    gamma = np.exp(rng.normal(0, 0.3)) * np.exp(rng.normal(0, 0.06, 3))
    low, high = rng.uniform(0, 0.25), rng.uniform(0.6, 1.1)
    table = np.clip((low + (high - low) * ramp**gamma) * 255, 0, 255)
    table = 255 - table if rng.random() < INVERTED else table
    out = cv2.LUT(rgb, np.rint(table).astype(np.uint8)[None])
    if rng.random() < PERMUTED:
        out = out[..., rng.permutation(3)]
    if rng.random() < GREY:
        out = cv2.merge([cv2.cvtColor(np.ascontiguousarray(out), cv2.COLOR_RGB2GRAY)] * 3)
    if rng.random() < BLURRED:
        out = cv2.GaussianBlur(out, (0, 0), rng.uniform(0.5, 1.6))
    if rng.random() < NOISY:
        noise = sensor_noise(out.shape, rng)
        out = cv2.addWeighted(out, 1, noise, rng.uniform(2, 12) / SCALE, 0, dtype=cv2.CV_8U)
    return np.asarray(out, np.uint8)
