"""Step 9, centring by mass: place the digit in 28 x 28 px as MNIST's authors did.

The digit is shifted by whole pixels only, so that it is not interpolated twice.

Source: LeCun, Cortes and Burges, the MNIST database.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from digitscope.messages import Message
from digitscope.preprocessing.state import Attempt, State
from digitscope.types import TILE_PX, UInt8Array


def apply(state: State, _: Attempt) -> State:
    """Place the digit in the tile."""
    return dataclasses.replace(state, tile=centre_by_mass(state.digit))


def explain(_: State, after: State) -> tuple[UInt8Array, Message]:
    """Show the tile."""
    return after.tile, Message("Laid into 28 x 28 px with the centre of mass at the centre.")


def centre_by_mass(digit: UInt8Array) -> UInt8Array:
    """Place a digit in 28x28 px, its centre of mass at 14.0 to the nearest whole pixel.

    Args:
        digit: (h, w) uint8, at most 20 px a side.

    Returns:
        (28, 28) uint8.
    """
    height, width = digit.shape
    mass = max(float(digit.sum()), 1.0)
    centre_y = float(digit.sum(axis=1) @ np.arange(height)) / mass
    centre_x = float(digit.sum(axis=0) @ np.arange(width)) / mass
    top = int(np.clip(round(TILE_PX / 2 - centre_y), 0, TILE_PX - height))
    left = int(np.clip(round(TILE_PX / 2 - centre_x), 0, TILE_PX - width))
    tile = np.zeros((TILE_PX, TILE_PX), np.uint8)
    tile[top : top + height, left : left + width] = digit
    return tile
