"""Stroke degradation: some tiles are blurred, others get narrow gaps in their strokes.

This imitates faint photos taken from far away: the pen skips, the lens blurs, and removing a ruled
line also removes a piece of the stroke that crosses it.
"""

from __future__ import annotations

import cv2
import numpy as np

from digitscope.types import TILE_PX, Float32Array, UInt8Array
from training.data.augment import as_bright

BLUR_SIGMA_PX = 1.0  # the strongest blur; a stroke is 3 px wide
BLUR_MARGIN_PX = 3  # black margin around each tile; the blur does not reach the next tile
GAPS = 3  # maximum per tile
GAP_PX = (0.5, 1.1)  # half the width of a gap; people still see one stroke
GAP_LENGTH_PX = 4.0  # a gap cuts one stroke, not the whole digit
INK = 128  # gaps are centred on pixels of at least this level


def degrade_strokes(tiles: UInt8Array, rng: np.random.Generator, fraction: float) -> UInt8Array:
    """Blur about half of `fraction` of the tiles and break the strokes of the other half.

    Args:
        tiles: (N, 28, 28) uint8, light digit on black.
        rng: random generator; the same state gives the same tiles.
        fraction: fraction of the tiles to degrade, 0..1.

    Returns:
        (N, 28, 28) uint8.
    """
    degraded = tiles.copy()
    chance = rng.random(len(tiles))
    soft, broken = np.flatnonzero(chance < fraction / 2), np.flatnonzero(chance > 1 - fraction / 2)
    degraded[soft] = blur(tiles[soft], rng)
    for index in broken:
        degraded[index] = break_strokes(tiles[index], rng)
    return degraded


def blur(tiles: UInt8Array, rng: np.random.Generator) -> UInt8Array:
    """Blur (N, 28, 28) uint8 tiles, each by its own random amount."""
    if not len(tiles):
        return tiles.copy()
    margin = BLUR_MARGIN_PX
    sheet = np.pad(tiles, ((0, 0), (margin, margin), (margin, margin)))  # (N, 34, 34)
    side = sheet.shape[1]
    soft = cv2.GaussianBlur(sheet.reshape(-1, side), (0, 0), BLUR_SIGMA_PX).reshape(sheet.shape)
    soft = soft[:, margin:-margin, margin:-margin]
    level = rng.uniform(0.3, 1.0, (len(tiles), 1, 1)).astype(np.float32)
    return as_bright(tiles * (1 - level) + soft * level, tiles)


def break_strokes(tile: UInt8Array, rng: np.random.Generator) -> UInt8Array:
    """Cut one to three narrow gaps into a (28, 28) uint8 tile, each at a random ink pixel."""
    ink_yx = np.argwhere(tile >= INK)
    if not len(ink_yx):
        return tile.copy()
    kept = np.ones((TILE_PX, TILE_PX), np.float32)
    for centre_yx in rng.choice(ink_yx, int(rng.integers(1, GAPS + 1))):
        kept *= 1 - _gap(centre_yx, rng)
    return np.rint(tile * kept).astype(np.uint8)


def _gap(centre_yx: np.ndarray, rng: np.random.Generator) -> Float32Array:
    """(28, 28) float32 0..1: a short soft line, centred on `centre_yx`, at a random angle."""
    y, x = np.mgrid[:TILE_PX, :TILE_PX] - centre_yx[:, None, None]
    angle = rng.uniform(0, np.pi)
    across = np.abs(x * np.sin(angle) - y * np.cos(angle))
    along = np.abs(x * np.cos(angle) + y * np.sin(angle))
    edge = np.clip(rng.uniform(*GAP_PX) + 0.5 - across, 0, 1)
    return (edge * np.clip(GAP_LENGTH_PX - along, 0, 1)).astype(np.float32)
