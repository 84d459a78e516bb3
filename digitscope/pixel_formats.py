"""Convert pixels of any type to opaque 8-bit pixels: pure functions on arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from digitscope.errors import InvalidImageError
from digitscope.types import UInt8Array

FULL_SCALES = (255, 4095, 65535)  # 8 bit, 12 bit (cameras, in 16-bit files), 16 bit
SIGN_TOLERANCE = 1e-3  # interpolation leaves 0..1 by rounding errors; normalisation by far more
OPAQUE = 255
WHITE, BLACK = 255, 0
CUT_OUT_SHARE = 0.5  # visible fraction above which a transparent picture may be a cut-out photo
CUT_OUT_CONTRAST = 64  # levels from percentile 0.1 to 99.9; above it: ink and paper, not ink alone
LUMINANCE_OF_RGB = np.array([0.299, 0.587, 0.114], np.float32)  # ITU-R BT.601


def as_uint8(array: NDArray[Any]) -> UInt8Array:
    """Scale an array of any numeric dtype and shape to uint8 0..255, by its range of values.

    Floats up to 1 are taken as 0..1. Otherwise white is the smallest of 255, 4095 (12 bits in a
    16-bit file) and 65535 that is not below the highest value.

    Raises:
        InvalidImageError: not numbers, not finite, negative, or beyond 16 bits.

    >>> as_uint8(np.array([[0, 32768, 65535]], np.uint16)).tolist()
    [[0, 128, 255]]
    """
    if array.dtype == np.uint8:
        return array
    if array.dtype.kind not in "buif":
        raise InvalidImageError(
            "Expected an array of numbers. Received: dtype {dtype}.", dtype=array.dtype
        )
    low, high = float(array.min()), float(array.max())
    full_scale = _full_scale(high, floating=array.dtype.kind in "bf")
    if full_scale is None or not low >= -SIGN_TOLERANCE * full_scale:
        raise InvalidImageError(
            "Expected finite values in 0..1, 0..255 or 0..65535. "
            "Received: {low:.4g} to {high:.4g}. Undo any normalisation first.",
            low=low,
            high=high,
        )
    scaled = np.multiply(array, 255 / full_scale, dtype=np.float32, casting="unsafe")
    np.clip(np.rint(scaled, out=scaled), 0, 255, out=scaled)
    pixels: UInt8Array = scaled.astype(np.uint8)
    return pixels


def _full_scale(high: float, *, floating: bool) -> int | None:
    """Choose the value of white by the highest value; None if that exceeds all scales."""
    if floating and high <= 1 + SIGN_TOLERANCE:
        return 1
    return next((scale for scale in FULL_SCALES if high <= scale), None)


def flattened(rgba: UInt8Array) -> UInt8Array:
    """Put a transparent picture on a plain background that contrasts with its ink.

    Args:
        rgba: (H, W, 4) uint8, alpha not premultiplied.

    Returns:
        (H, W, 3) uint8 RGB.

    >>> flattened(np.array([[[0, 0, 0, 255], [0, 0, 0, 0]]], np.uint8)).tolist()
    [[[0, 0, 0], [255, 255, 255]]]
    """
    alpha = rgba[:, :, 3:]  # (H, W, 1)
    if alpha.min() == OPAQUE:
        return np.array(rgba[:, :, :3])
    ground = np.float32(_ground_level(rgba))
    mixed = ground + (rgba[:, :, :3] - ground) * (alpha / np.float32(OPAQUE))
    opaque: UInt8Array = np.rint(mixed).astype(np.uint8)
    return opaque


def _ground_level(rgba: UInt8Array) -> int:
    """Choose the grey level, 0..255, of the background for a transparent picture.

    White for dark ink, black for light ink. If most of the picture is visible and has contrast,
    it is a cut-out photo of ink on paper: then its median grey, the paper's, is used.
    """
    visible = rgba[:, :, 3] > OPAQUE // 2
    if not visible.any():
        return WHITE
    luminance = rgba[visible][:, :3] @ LUMINANCE_OF_RGB
    darkest, middle, lightest = np.percentile(luminance, (0.1, 50, 99.9))
    if visible.mean() > CUT_OUT_SHARE and lightest - darkest > CUT_OUT_CONTRAST:
        return round(float(middle))
    return BLACK if luminance.mean() > OPAQUE / 2 else WHITE
