"""Step 11: the tile is left to the network's first layer, and the sentence says what that does."""

from __future__ import annotations

import numpy as np
import pytest

from digitscope.preprocessing import normalisation
from digitscope.preprocessing.state import Attempt, State
from digitscope.preprocessing.working_picture import to_working_size
from digitscope.types import PIXEL_MEAN, PIXEL_STD, UInt8Array
from tests.unit.drawn import sheet


def test_the_tile_stays_as_it_is() -> None:
    state = State(to_working_size(sheet()), tile=np.full((28, 28), 9, np.uint8))
    assert normalisation.apply(state, Attempt()) is state


def test_black_and_white_are_told_as_the_network_sees_them() -> None:
    state = State(to_working_size(sheet()), tile=np.zeros((28, 28), np.uint8))
    image, sentence = normalisation.explain(state, state)
    assert image is state.tile
    assert "black becomes -0.42, white 2.82" in sentence


def test_mean_and_deviation_are_those_of_mnists_tiles(
    mnist_tiles: tuple[UInt8Array, UInt8Array],
) -> None:
    tiles = mnist_tiles[0]  # 5,000 of the 60,000
    assert tiles.mean() == pytest.approx(PIXEL_MEAN, rel=0.02)
    assert tiles.std() == pytest.approx(PIXEL_STD, rel=0.02)
