"""Tiles drawn once: the same each time, kept on disk, from the writers that are passed in."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

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


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut off"])
def test_a_damaged_cache_is_drawn_again(content: bytes, digits: Digits, tmp_path: Path) -> None:
    first = drawn_tiles(digits, (), (4, 3), 1, tmp_path)
    (kept,) = tmp_path.glob("*.npz")
    kept.write_bytes(content)
    again = drawn_tiles(digits, (), (4, 3), 1, tmp_path)
    assert np.array_equal(again.hands.tiles, first.hands.tiles)
    assert kept.stat().st_size > 100 and len(list(tmp_path.iterdir())) == 2  # and its lock


def test_a_cache_without_labels_is_drawn_again(digits: Digits, tmp_path: Path) -> None:
    first = drawn_tiles(digits, (), (4, 3), 1, tmp_path)
    (kept,) = tmp_path.glob("*.npz")
    np.savez(kept, tiles=first.hands.tiles)
    again = drawn_tiles(digits, (), (4, 3), 1, tmp_path)
    assert np.array_equal(again.hands.labels, first.hands.labels)


def test_all_who_ask_at_the_same_time_get_what_is_drawn_once(
    digits: Digits, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls, draw = [], module._draw_all

    def counted(*arguments: Any) -> Digits:
        calls.append(arguments)
        return draw(*arguments)

    monkeypatch.setattr(module, "_draw_all", counted)
    with ThreadPoolExecutor(3) as pool:
        asked = [pool.submit(drawn_tiles, digits, (), (4, 3), 1, tmp_path) for _ in range(3)]
    first, *others = [one.result() for one in asked]
    assert len(calls) == 1
    assert all(np.array_equal(one.hands.tiles, first.hands.tiles) for one in others)


def test_without_strokes_digits_are_drawn_by_rule() -> None:
    hands = draw_hands(200, (), np.random.default_rng(0))
    assert not {0, 6} & set(hands.labels)  # the rule adds what hands differ in
    assert hands.tiles.any((1, 2)).all()
