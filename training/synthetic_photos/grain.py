"""Chance on whole pictures, cheap: grain is cut from fields drawn once, clouds are enlarged."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from digitscope.types import Float32Array

FIELD_PX = 1400  # half as much again as the longest side of a photo: no two cuts are the same
SCALE = 256  # of sensor noise in whole numbers: 256 is a spread of 1
BLOTCH_PX = 3  # how far colour noise reaches: phones smooth colour more than brightness
CLOUD_STEP = 4  # clouds are drawn at a quarter of the size: they change slowly


@cache
def _fine() -> Float32Array:
    """(1400, 1400) float32 of mean 0 and spread about 1, the same in every process."""
    field = np.random.default_rng(0).standard_normal((FIELD_PX, FIELD_PX), np.float32)
    return cv2.GaussianBlur(field, (0, 0), 0.6) * np.float32(2.0)


@cache
def _sensor() -> NDArray[np.int16]:
    """(1400, 1400, 3) int16 of mean 0 and spread about 256: brightness and blotchy colour."""
    side = -(-FIELD_PX // BLOTCH_PX)
    small = np.random.default_rng(1).standard_normal((side, side, 3), np.float32)
    colour = cv2.resize(small, (FIELD_PX, FIELD_PX), interpolation=cv2.INTER_LINEAR)
    both = np.float32(0.5) * colour + np.float32(0.9) * _fine()[..., None]
    return np.rint(both * SCALE).astype(np.int16)


def _cut(shape: tuple[int, ...], rng: np.random.Generator) -> tuple[slice, slice]:
    """A place in a field for a picture of (H, W)."""
    top, left = rng.integers(0, FIELD_PX - np.array(shape[:2]))
    return slice(top, top + shape[0]), slice(left, left + shape[1])


def grain(shape: tuple[int, ...], rng: np.random.Generator) -> Float32Array:
    """(H, W) float32 of mean 0 and spread about 1, changing from pixel to pixel."""
    return _fine()[_cut(shape, rng)]


def sensor_noise(shape: tuple[int, ...], rng: np.random.Generator) -> NDArray[np.int16]:
    """(H, W, 3) int16 of mean 0 and spread about `SCALE`."""
    return _sensor()[_cut(shape, rng)]


def cloud(
    shape: tuple[int, ...], knots_yx: tuple[int, int], rng: np.random.Generator
) -> Float32Array:
    """(H, W) float32 of mean 0 and spread about 1, changing slowly: so many points a side."""
    knots = rng.standard_normal(knots_yx, np.float32)
    small_wh = (-(-shape[1] // CLOUD_STEP), -(-shape[0] // CLOUD_STEP))
    small = cv2.resize(knots, small_wh, interpolation=cv2.INTER_CUBIC)
    large = cv2.resize(small, shape[1::-1], interpolation=cv2.INTER_LINEAR)
    return np.asarray(large, np.float32)
