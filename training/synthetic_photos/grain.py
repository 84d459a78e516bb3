"""Chance on whole pictures, cheap: grain is cut from one field drawn once, clouds are enlarged."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np

from digitscope.types import Float32Array

FIELD_PX = 2048  # over twice the longest side of a photo: cuts overlap, none is the same


@cache
def _field() -> Float32Array:
    """(2048, 2048) float32 of mean 0 and spread 1, the same in every process."""
    return np.random.default_rng(0).standard_normal((FIELD_PX, FIELD_PX), np.float32)


def grain(shape: tuple[int, ...], rng: np.random.Generator) -> Float32Array:
    """(H, W) float32 of mean 0 and spread 1, every pixel for itself; H and W below 2048."""
    top, left = rng.integers(0, FIELD_PX - np.array(shape[:2]))
    return _field()[top : top + shape[0], left : left + shape[1]]


def cloud(shape: tuple[int, ...], knots: int, rng: np.random.Generator) -> Float32Array:
    """(H, W) float32 of mean 0 and spread about 1, changing slowly: `knots` points a side."""
    small = rng.standard_normal((knots, knots), np.float32)
    return cv2.resize(small, shape[1::-1], interpolation=cv2.INTER_CUBIC)
