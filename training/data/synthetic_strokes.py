"""Draw lines as a pen does, and convert a drawing to MNIST's form."""

from __future__ import annotations

from collections.abc import Iterable

import cv2
import numpy as np
from numpy.typing import NDArray

from digitscope.preprocessing.centring import centre_by_mass
from digitscope.preprocessing.resizing import shrink_to_digit
from digitscope.types import UInt8Array

SUBPIXEL_BITS = 4  # cv2 takes coordinates in sixteenths of a pixel


def draw_lines(
    lines_px: Iterable[NDArray[np.float64]], width_px: int, canvas_px: int
) -> UInt8Array:
    """Draw polylines, (N, 2) x and y each, at subpixel precision, white on a black square."""
    canvas = np.zeros((canvas_px, canvas_px), np.uint8)
    for line in lines_px:
        fixed = np.rint(line * 2**SUBPIXEL_BITS).astype(np.int32)
        cv2.polylines(
            canvas,
            [fixed],
            isClosed=False,
            color=255,
            thickness=width_px,
            lineType=cv2.LINE_AA,
            shift=SUBPIXEL_BITS,
        )
    return canvas


def cut_corners(corners: NDArray[np.float64]) -> NDArray[np.float64]:
    """Smooth a polyline by cutting its corners three times (Chaikin, 1974); its ends stay."""
    first, last = corners[:1], corners[-1:]
    for _ in range(3):
        near = 0.75 * corners[:-1] + 0.25 * corners[1:]
        far = 0.25 * corners[:-1] + 0.75 * corners[1:]
        inner = np.stack([near, far], axis=1).reshape(-1, 2)
        corners = np.concatenate([first, inner[1:-1], last])
    return corners


def to_tile(ink: UInt8Array) -> UInt8Array:
    """Convert a drawing to MNIST's form: longest side 20, centre of mass in the middle.

    Args:
        ink: (H, W) uint8, light on black, not all black.

    Returns:
        (28, 28) uint8.
    """
    return centre_by_mass(shrink_to_digit(ink.astype(np.float32) / np.float32(255)))
