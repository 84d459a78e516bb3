"""Step 10, morphological closing: close breaks of one pixel in a stroke.

A tile is closed only if that joins components and fills no loop. Closing every tile would fill the
loops of small 6s, 8s and 9s.
"""

from __future__ import annotations

import dataclasses

import cv2
import numpy as np

from digitscope.messages import Message
from digitscope.preprocessing.state import Attempt, State
from digitscope.types import UInt8Array

LINES_3PX = tuple(  # closing directions; a cross-shaped kernel would erode thin bridges
    np.array(line, np.uint8)
    for line in (
        ((0, 0, 0), (1, 1, 1), (0, 0, 0)),
        ((0, 1, 0), (0, 1, 0), (0, 1, 0)),
        ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
        ((0, 0, 1), (0, 1, 0), (1, 0, 0)),
    )
)


def apply(state: State, _: Attempt) -> State:
    """Close the gaps of the tile."""
    return dataclasses.replace(state, tile=close_gaps(state.tile))


def explain(before: State, after: State) -> tuple[UInt8Array, Message]:
    """Show the tile."""
    was_closed = not np.array_equal(before.tile, after.tile)
    return after.tile, Message(
        "A break in a stroke was closed." if was_closed else "No break in a stroke needed closing."
    )


def _topology(tile: UInt8Array) -> tuple[int, int]:
    """Count the components and the holes of a tile's ink."""
    ink = (tile > 127).astype(np.uint8)
    components, _ = cv2.connectedComponents(ink, connectivity=8)
    patches, _ = cv2.connectedComponents(np.pad(1 - ink, 1, constant_values=1), connectivity=4)
    return components - 1, patches - 2


def close_gaps(tile: UInt8Array) -> UInt8Array:
    """Close breaks of one pixel, but only if that joins components and fills no loop.

    Args:
        tile: (28, 28) uint8.

    Returns:
        (28, 28) uint8; the same array if nothing was closed.
    """
    components, holes = _topology(tile)
    if components < 2:
        return tile
    directional = [cv2.morphologyEx(tile, cv2.MORPH_CLOSE, line) for line in LINES_3PX]
    closed = np.maximum.reduce(directional).astype(np.uint8)
    closed_components, closed_holes = _topology(closed)
    helps = closed_components < components and closed_holes >= holes
    return closed if helps else tile
