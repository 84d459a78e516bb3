"""Step 11, normalisation: scale the pixels as in training.

The network's first layer does this, so that no caller can forget it. The tile is not changed; this
step only explains what the network does.
"""

from __future__ import annotations

from digitscope.messages import Message
from digitscope.preprocessing.state import Attempt, State
from digitscope.types import PIXEL_MEAN, PIXEL_STD, UInt8Array


def apply(state: State, _: Attempt) -> State:
    """Leave the tile to the network's first layer."""
    return state


def explain(_: State, after: State) -> tuple[UInt8Array, Message]:
    """Show the tile."""
    return after.tile, Message(
        "Inside the network: minus {mean:.1f}, divided by {std:.1f}; black becomes {low:.2f}, "
        "white {high:.2f}.",
        mean=PIXEL_MEAN,
        std=PIXEL_STD,
        low=-PIXEL_MEAN / PIXEL_STD,
        high=(255 - PIXEL_MEAN) / PIXEL_STD,
    )
