"""Random augmentation that keeps a tile's label: affine, elastic, stroke width.

It runs with NumPy and OpenCV on whole batches, outside the saved model, for every Keras backend.
The tiles of a batch are stacked into one tall image, so one `cv2.remap` call changes them all.

Source for the elastic part: Simard, Steinkraus and Platt, "Best practices for convolutional
neural networks applied to visual document analysis", ICDAR 2003.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from digitscope.types import TILE_PX, Float32Array, UInt8Array

FINE = 2  # upsampling factor: one fine pixel is half a tile pixel
FINE_PX = TILE_PX * FINE
FRAME_PX = TILE_PX + 2  # one black pixel around each tile keeps neighbouring tiles apart
SHEET_TILES = 500  # cv2.remap outputs at most 32,767 rows; a tile takes 56
CENTRE_PX = (TILE_PX - 1) / 2  # 13.5, the middle of pixels 0..27
CONTROL = 4  # elastic: random displacements of 4x4 control points, interpolated between them
AFFINE = ("shift_px", "rotation_deg", "shear", "zoom")
KINDS = {  # setting -> the amounts it keeps; each setting keeps more than the one before
    "shift": ("shift_px",),
    "affine": AFFINE,
    "affine_elastic": (*AFFINE, "elastic_px"),
    "all": (*AFFINE, "elastic_px", "stroke"),
}


@dataclass(frozen=True)
class Augmentation:
    """Maximum changes to a tile; each amount is drawn uniformly from -value..value."""

    rotation_deg: float = 18.0  # a page may be rotated this much; a 6 still differs from a 9
    shear: float = 0.15  # tangent of the handwriting's slant
    shift_px: float = 2.8  # 10 % of 28; the margin around the digit is 4
    zoom: float = 0.10  # drawn per axis, so that digits become narrower or wider too
    elastic_px: float = 0.9  # at the control points, 9 px apart; well below the width of a stroke
    stroke: float = 0.9  # 1 is half a pixel on each side of a stroke that is 3 px wide
    clean_fraction: float = 0.10  # fraction of tiles left unchanged, as at inference

    def times(self, factor: float) -> Augmentation:
        """Multiply all amounts by `factor`; `clean_fraction` stays."""
        scaled = {name: amount * factor for name, amount in asdict(self).items()}
        return replace(self, **(scaled | {"clean_fraction": self.clean_fraction}))

    def only(self, kind: str) -> Augmentation:
        """Keep the amounts of `KINDS[kind]` and set the others to 0; `clean_fraction` stays."""
        left_out = set(KINDS["all"]) - set(KINDS[kind])
        return replace(self, **dict.fromkeys(left_out, 0.0))


def augment(
    tiles: UInt8Array, rng: np.random.Generator, amount: Augmentation | None = None
) -> UInt8Array:
    """Augment every tile of a batch at random; its label stays valid.

    Args:
        tiles: (N, 28, 28) uint8, light digit on black.
        rng: random generator; the same state gives the same tiles.
        amount: maximum changes; by default `Augmentation()`.

    Returns:
        (N, 28, 28) uint8, light digit on black.

    Raises:
        ValueError: the tiles have another shape or dtype.
    """
    _check_tiles(tiles)
    if not len(tiles):
        return tiles.copy()
    amount = amount or Augmentation()
    fine = _sample(tiles, _grid(len(tiles), rng, amount))  # (N, 56, 56)
    level = rng.uniform(-amount.stroke, amount.stroke, (len(tiles), 1, 1)).astype(np.float32)
    coarse = _shrink(change_stroke_width(fine, level))  # (N, 28, 28)
    clean = rng.random((len(tiles), 1, 1)) < amount.clean_fraction
    return np.where(clean, tiles, coarse)


def change_stroke_width(tiles: UInt8Array, level: Float32Array) -> UInt8Array:
    """Make strokes thinner (level -1) or thicker (level 1) by a pixel on each side.

    Levels in between blend the result with the original tile. A thinned stroke keeps its
    brightness; otherwise strokes of two pixels would fade away.

    Args:
        tiles: (N, H, W) uint8, light digit on black.
        level: (N, 1, 1) float32, -1..1.

    Returns:
        (N, H, W) uint8.
    """
    towards = np.where(level > 0, _dilate(tiles), 255 - _dilate(255 - tiles))
    strength = np.abs(level)
    mixed = tiles * (1 - strength) + towards * strength  # (N, H, W) float32
    return as_bright(mixed, tiles)


def as_bright(changed: Float32Array, tiles: UInt8Array) -> UInt8Array:
    """Scale each of `changed`, (N, H, W) float32, to the maximum brightness of its tile."""
    brightness = tiles.max((1, 2)) / np.maximum(changed.max((1, 2)), 1)  # (N,)
    scaled = changed * brightness[:, None, None].astype(np.float32)
    return np.minimum(scaled, 255).astype(np.uint8)


def _check_tiles(tiles: UInt8Array) -> None:
    """Raise ValueError unless the tiles are (N, 28, 28) uint8."""
    if tiles.ndim != 3 or tiles.shape[1:] != (TILE_PX, TILE_PX) or tiles.dtype != np.uint8:
        raise ValueError(
            f"Tiles are (N, {TILE_PX}, {TILE_PX}) uint8. "
            f"Received: {tiles.shape} {tiles.dtype}. Reshape or cast them first."
        )


def _grid(count: int, rng: np.random.Generator, amount: Augmentation) -> Float32Array:
    """(N, 56, 56, 2) float32, px: x and y in its tile that each output point is sampled from.

    Each grid is a weighted sum of the same 19 fields: x, y, 1 and one for each control point.
    """
    affine = _affine_weights(count, rng, amount)  # (N, 3, 2)
    knots = rng.uniform(-amount.elastic_px, amount.elastic_px, (count, CONTROL**2, 2))
    weights = np.concatenate([affine, knots], axis=1).astype(np.float32)  # (N, 19, 2)
    return (_fields() @ weights).reshape(count, FINE_PX, FINE_PX, 2)  # (3136, 19) @ (N, 19, 2)


@cache
def _fields() -> Float32Array:
    """(3136, 19) float32: for each fine point x, y, 1 and the weight of each control point."""
    points = (np.arange(FINE_PX) + 0.5) / FINE - 0.5 - CENTRE_PX  # px from the tile's middle
    x, y = (axis.reshape(-1, 1) for axis in np.meshgrid(points, points))
    spread = _spread()  # (56, 4)
    knots = np.einsum("yi,xj->yxij", spread, spread).reshape(-1, CONTROL**2)
    return np.hstack([x, y, np.ones_like(x), knots]).astype(np.float32)


def _spread() -> Float32Array:
    """(56, 4) float32, rows sum to 1: the weight of each control point along one axis."""
    knots = np.linspace(0, FINE_PX - 1, CONTROL)
    distance = np.abs(np.arange(FINE_PX)[:, None] - knots) / (knots[1] - knots[0])
    weight = (1 + np.cos(np.pi * np.minimum(distance, 1))) / 2
    return (weight / weight.sum(1, keepdims=True)).astype(np.float32)


def _affine_weights(
    count: int, rng: np.random.Generator, amount: Augmentation
) -> NDArray[np.float64]:
    """(N, 3, 2): random affine maps from x, y, 1 of an output point to x, y in its tile, px."""
    angle = np.deg2rad(rng.uniform(-amount.rotation_deg, amount.rotation_deg, count))
    shear = rng.uniform(-amount.shear, amount.shear, count)
    zoom_x, zoom_y = 1 / (1 + rng.uniform(-amount.zoom, amount.zoom, (2, count)))
    shift_xy = rng.uniform(-amount.shift_px, amount.shift_px, (2, count))
    cos, sin = np.cos(angle), np.sin(angle)
    from_x = np.stack([cos * zoom_x, sin * zoom_x])  # (2, N)
    from_y = np.stack([(cos * shear - sin) * zoom_y, (sin * shear + cos) * zoom_y])
    return np.stack([from_x, from_y, shift_xy + CENTRE_PX]).transpose(2, 0, 1)


def _sample(tiles: UInt8Array, grid_xy: Float32Array) -> UInt8Array:
    """Sample (N, 28, 28) tiles at (N, 56, 56, 2) points: (N, 56, 56) uint8, black outside."""
    if len(tiles) > SHEET_TILES:
        halves = zip(np.array_split(tiles, 2), np.array_split(grid_xy, 2), strict=True)
        return np.concatenate([_sample(part, grid) for part, grid in halves])
    sheet = np.pad(tiles, ((0, 0), (1, 1), (1, 1))).reshape(-1, FRAME_PX)  # (N*30, 30)
    grid_xy = np.clip(grid_xy + 1, 0, FRAME_PX - 1)
    grid_xy[..., 1] += np.arange(len(tiles), dtype=np.float32)[:, None, None] * FRAME_PX
    points = grid_xy.reshape(-1, FINE_PX, 2)
    read = cv2.remap(sheet, points, None, cv2.INTER_LINEAR)  # type: ignore[call-overload]
    return np.asarray(read, np.uint8).reshape(-1, FINE_PX, FINE_PX)


def _shrink(fine: UInt8Array) -> UInt8Array:
    """Reduce (N, 56, 56) to (N, 28, 28): the mean of each 2x2 block."""
    sheet = fine.reshape(-1, FINE_PX)  # (N*56, 56)
    half = (TILE_PX, len(sheet) // FINE)
    small = cv2.resize(sheet, half, interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8).reshape(-1, TILE_PX, TILE_PX)


def _dilate(tiles: UInt8Array) -> UInt8Array:
    """(N, H, W) uint8: every pixel takes the brightest of itself and its four neighbours."""
    grown = tiles.copy()
    for to, source in ((slice(1, None), slice(None, -1)), (slice(None, -1), slice(1, None))):
        np.maximum(grown[:, to], tiles[:, source], out=grown[:, to])
        np.maximum(grown[:, :, to], tiles[:, :, source], out=grown[:, :, to])
    return grown
