"""Which strokes spoke: hand-made tiles whose deciding stroke or gap is known."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from digitscope import DigitReader
from digitscope.explanation.occlusion import explain_tile, find_gaps
from digitscope.types import BoolArray, Float32Array, UInt8Array

Points = list[tuple[int, int]]  # (x, y), tile pixels
SEVEN: tuple[Points, ...] = ([(8, 6), (19, 6), (13, 23)],)
OPEN_FOUR: tuple[Points, ...] = ([(9, 5), (9, 14), (19, 14)], [(19, 5), (19, 23)])


def _draw(strokes: tuple[Points, ...]) -> UInt8Array:
    tile = np.zeros((28, 28), np.uint8)
    for points in strokes:
        cv2.polylines(tile, [np.array(points, np.int32)], isClosed=False, color=255, thickness=2)
    return cv2.GaussianBlur(tile, (0, 0), 0.6)


def _region(left: int, top: int, right: int, bottom: int) -> BoolArray:
    region = np.zeros((28, 28), bool)
    region[top:bottom, left:right] = True
    return region


class CountsInk:
    """Says 7 the more surely, the more ink there is in a region, else 1."""

    path, engine = Path("hand-made"), "hand-made"

    def __init__(self, region: BoolArray) -> None:
        self.region = region
        self.batches: list[UInt8Array] = []

    def classify(self, tiles: UInt8Array) -> Float32Array:
        self.batches.append(tiles)
        share = tiles[:, self.region].mean(axis=1) / 255
        rows = np.full((len(tiles), 10), 0.01, np.float32)
        rows[:, 7] = 0.02 + 0.9 * share
        rows[:, 1] = 0.92 - 0.9 * share
        return rows


BAR = _region(7, 4, 18, 9)


def test_ink_that_the_answer_rests_on_speaks_for_it() -> None:
    tile = np.zeros((28, 28), np.uint8)
    tile[4:9, 7:18] = 255
    tile[4:24, 18:20] = 255
    explanation = explain_tile(CountsInk(BAR).classify, tile)
    assert (explanation.answer, explanation.contrast_class) == (7, 1)
    assert (explanation.heat[BAR] > 0).all()
    assert np.abs(explanation.heat[16:, :]).max() < 0.05 * explanation.heat.max()


def test_the_same_ink_speaks_against_the_opposite_answer() -> None:
    tile = _draw(([(8, 6), (12, 6)], [(19, 4), (19, 23)]))  # too little of a bar for a 7
    explanation = explain_tile(CountsInk(BAR).classify, tile)
    assert (explanation.answer, explanation.contrast_class) == (1, 7)
    stub = (tile > 127) & _region(8, 4, 13, 9)
    assert (explanation.heat[stub] < 0).all()
    assert (explanation.heat[find_gaps(tile) & _region(13, 6, 17, 9)] > 0).all()  # the missing bar


def test_the_network_is_asked_once_about_a_few_tiles() -> None:
    classifier = CountsInk(BAR)
    tile = _draw(SEVEN)
    explain_tile(classifier.classify, tile)
    (batch,) = classifier.batches
    np.testing.assert_array_equal(batch[0], tile)
    assert 20 < len(batch) <= 81
    assert (np.abs(batch[1:].astype(int) - tile).max(axis=(1, 2)) > 40).all()  # each one is changed


def test_a_rival_may_be_named() -> None:
    assert explain_tile(CountsInk(BAR).classify, _draw(SEVEN), contrast_class=4).contrast_class == 4


@pytest.mark.parametrize("level", [0, 10])
def test_an_empty_tile_has_nothing_to_say(level: int) -> None:
    heat = explain_tile(CountsInk(BAR).classify, np.full((28, 28), level, np.uint8)).heat
    assert heat.shape == (28, 28) and heat.dtype == np.float32
    assert not heat.any()


def test_gaps_lie_between_strokes() -> None:
    gaps = find_gaps(_draw(OPEN_FOUR))
    assert gaps[8, 14] and gaps[18, 16]  # the opening at the top, under the bar
    assert not gaps[14, 14] and not gaps[2, 14] and not gaps[22, 9]  # ink, above, below on the left
    assert not find_gaps(np.zeros((28, 28), np.uint8)).any()


# --- The shipped network -------------------------------------------------------------------------


def test_the_bar_of_a_seven_speaks_against_a_one(reader: DigitReader) -> None:
    tile = _draw(([(10, 7), (17, 6), (14, 23)],))  # a bar so short that a 1 is not far
    explanation = explain_tile(reader.classifier.classify, tile, contrast_class=1)
    bar = (tile > 127) & _region(7, 4, 15, 9)
    stem = (tile > 127) & _region(10, 10, 20, 25)
    assert explanation.answer == 7
    assert explanation.heat[bar].mean() > 1  # odds of 2.7 to 1, a spot
    assert explanation.heat[bar].mean() > explanation.heat[stem].mean()


def test_the_open_top_of_a_four_speaks_against_a_nine(reader: DigitReader) -> None:
    tile = _draw(OPEN_FOUR)
    explanation = explain_tile(reader.classifier.classify, tile, contrast_class=9)
    opening = find_gaps(tile) & _region(11, 4, 18, 9)
    assert explanation.answer == 4
    assert explanation.heat[opening].mean() > 1
    assert explanation.heat[opening].mean() > explanation.heat[tile > 127].mean()
