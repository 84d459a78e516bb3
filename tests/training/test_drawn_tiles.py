"""Tiles drawn once: the same each time, kept on disk, from the writers that are passed in."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from training.data import drawn_tiles as module
from training.data.drawn_tiles import draw_hands, drawn_tiles
from training.data.mnist import Digits
from training.data.strokes import load_writers

COUNTS = (40, 30)


def test_what_is_asked_for_is_drawn_and_kept(
    digits: Digits, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = load_writers(range(1, 3))
    made = drawn_tiles(digits, written, COUNTS, 1, tmp_path)
    assert (len(made.hands), len(made.non_digits)) == COUNTS
    monkeypatch.setattr(module, "_draw_all", None)  # nothing is drawn a second time
    again = drawn_tiles(digits, written, COUNTS, 1, tmp_path)
    assert np.array_equal(again.hands.tiles, made.hands.tiles)
    assert np.array_equal(again.non_digits, made.non_digits)
    monkeypatch.undo()
    other = drawn_tiles(digits, load_writers(range(3, 5)), COUNTS, 1, tmp_path)
    assert not np.array_equal(other.hands.tiles, made.hands.tiles)


def test_without_strokes_digits_are_drawn_by_rule() -> None:
    hands = draw_hands(200, (), np.random.default_rng(0))
    assert not {0, 6} & set(hands.labels)  # the rule adds what hands differ in
    assert hands.tiles.any((1, 2)).all()
