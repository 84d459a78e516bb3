"""Fast random fields: grain is cropped from cached noise, clouds are upsampled noise."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from digitscope.types import Float32Array

FIELD_PX = 1400  # 1.5 times the longest side of a photo, so that crops differ
SCALE = 256  # of integer sensor noise: 256 is a standard deviation of 1
BLOTCH_PX = 3  # size of colour noise: phones smooth colour more than brightness
CLOUD_STEP = 4  # clouds are smooth, so they are drawn at a quarter of the size


@cache
def _fine() -> Float32Array:
    """(1400, 1400) float32, mean 0, standard deviation about 1, the same in every process."""
    field = np.random.default_rng(0).standard_normal((FIELD_PX, FIELD_PX), np.float32)
    return cv2.GaussianBlur(field, (0, 0), 0.6) * np.float32(2.0)


@cache
def _sensor() -> NDArray[np.int16]:
    """(1400, 1400, 3) int16, mean 0, standard deviation about 256: brightness and colour noise."""
    side = -(-FIELD_PX // BLOTCH_PX)
    small = np.random.default_rng(1).standard_normal((side, side, 3), np.float32)
    colour = cv2.resize(small, (FIELD_PX, FIELD_PX), interpolation=cv2.INTER_LINEAR)
    both = np.float32(0.5) * colour + np.float32(0.9) * _fine()[..., None]
    return np.rint(both * SCALE).astype(np.int16)


def _cut(shape: tuple[int, ...], rng: np.random.Generator) -> tuple[slice, slice]:
    """A random crop of (H, W) in a field."""
    top, left = rng.integers(0, FIELD_PX - np.array(shape[:2]))
    return slice(top, top + shape[0]), slice(left, left + shape[1])


def grain(shape: tuple[int, ...], rng: np.random.Generator) -> Float32Array:
    """(H, W) float32, mean 0, standard deviation about 1, changing from pixel to pixel."""
    return _fine()[_cut(shape, rng)]


def sensor_noise(shape: tuple[int, ...], rng: np.random.Generator) -> NDArray[np.int16]:
    """(H, W, 3) int16, mean 0, standard deviation about `SCALE`."""
    return _sensor()[_cut(shape, rng)]


def cloud(
    shape: tuple[int, ...], knots_yx: tuple[int, int], rng: np.random.Generator
) -> Float32Array:
    """(H, W) float32, mean 0, standard deviation about 1, smooth: upsampled from `knots_yx`."""
    knots = rng.standard_normal(knots_yx, np.float32)
    small_wh = (-(-shape[1] // CLOUD_STEP), -(-shape[0] // CLOUD_STEP))
    small = cv2.resize(knots, small_wh, interpolation=cv2.INTER_CUBIC)
    large = cv2.resize(small, shape[1::-1], interpolation=cv2.INTER_LINEAR)
    return np.asarray(large, np.float32)
