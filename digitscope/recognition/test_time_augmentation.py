"""Test-time augmentation: slightly rotated copies of a tile, read as one batch."""

from __future__ import annotations

import cv2
import numpy as np

from digitscope.types import TILE_PX, UInt8Array

ANGLES_DEG = (-5.0, -3.0, 0.0, 3.0, 5.0)  # small enough that no digit becomes another
CENTRE_PX = TILE_PX / 2  # rotation centre: MNIST's centre of mass, 14.0 (index units)


def rotate_tile(pixels: UInt8Array, angles_deg: tuple[float, ...] = ANGLES_DEG) -> UInt8Array:
    """Rotate a tile by each angle about its centre of mass.

    Args:
        pixels: (28, 28) uint8, light on black.
        angles_deg: counter-clockwise, degrees.

    Returns:
        (len(angles_deg), 28, 28) uint8; the angle 0 gives the tile itself.

    >>> tile = np.zeros((28, 28), np.uint8)
    >>> tile[4:24, 13:15] = 255
    >>> rotate_tile(tile).shape
    (5, 28, 28)
    >>> bool((rotate_tile(tile, (0.0,))[0] == tile).all())
    True
    """
    turned = []
    for angle in angles_deg:
        matrix = cv2.getRotationMatrix2D((CENTRE_PX, CENTRE_PX), angle, 1.0)
        turned.append(cv2.warpAffine(pixels, matrix, (TILE_PX, TILE_PX), flags=cv2.INTER_LINEAR))
    return np.stack(turned).astype(np.uint8)
