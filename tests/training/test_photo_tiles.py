"""Tiles of simulated photos: the right labels, the same each time, and made once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from digitscope import DigitReader
from training.data import photo_tiles as made
from training.data.mnist import Digits
from training.data.photo_tiles import ideal_tile, likeness, photo_tiles
from training.synthetic_photos import CONDITIONS, take_photo

COUNT, SEED = 24, 3


@pytest.fixture(scope="module")
def cache_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("photo_tiles")


@pytest.fixture(scope="module")
def tiles(digits: Digits, cache_dir: Path) -> Digits:
    return photo_tiles(digits, COUNT, SEED, cache_dir)


def kept_in(folder: Path) -> list[Path]:
    """The archives there, half-written ones too."""
    return [path for path in folder.iterdir() if path.suffix != ".lock"]


def _no_camera(*_: object) -> None:
    raise AssertionError("a photo was taken")


def test_labels_belong_to_their_tiles(reader: DigitReader, tiles: Digits) -> None:
    assert 0.5 * COUNT < len(tiles) <= COUNT
    read = np.array([reader.predict(tile).digit for tile in tiles.tiles])
    assert np.mean(read == tiles.labels) >= 0.85  # mixed up, a tenth would be right


def test_form_of_mnist(tiles: Digits) -> None:
    assert tiles.tiles.shape[1:] == (28, 28) and tiles.tiles.dtype == np.uint8
    assert tiles.labels.dtype == np.uint8
    assert (tiles.tiles[:, 0] == 0).all() and (tiles.tiles.max(axis=(1, 2)) > 150).all()


def test_made_once(
    digits: Digits, tiles: Digits, cache_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(made, "take_photo", _no_camera)
    again = photo_tiles(digits, COUNT, SEED, cache_dir)
    assert np.array_equal(again.tiles, tiles.tiles)
    assert np.array_equal(again.labels, tiles.labels)
    assert len(kept_in(cache_dir)) == 1  # nothing half-written


def test_made_once_for_all_who_ask_at_the_same_time(
    digits: Digits, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    photographed = []

    def counted(*arguments: Any) -> Any:
        photographed.append(arguments)
        return take_photo(*arguments)

    monkeypatch.setattr(made, "take_photo", counted)
    with ThreadPoolExecutor(3) as pool:
        asked = [pool.submit(photo_tiles, digits, 4, SEED, tmp_path) for _ in range(3)]
    first, *others = [one.result() for one in asked]
    assert len(photographed) == 4
    assert all(np.array_equal(one.tiles, first.tiles) for one in others)


def test_number_of_workers_changes_nothing(digits: Digits, tiles: Digits, tmp_path: Path) -> None:
    alone = photo_tiles(digits, COUNT, SEED, tmp_path, workers=1)
    assert np.array_equal(alone.tiles, tiles.tiles)
    assert np.array_equal(alone.labels, tiles.labels)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut off"])
def test_damaged_cache_is_made_again(content: bytes, digits: Digits, tmp_path: Path) -> None:
    first = photo_tiles(digits, 2, SEED, tmp_path)
    (kept,) = kept_in(tmp_path)
    kept.write_bytes(content)
    again = photo_tiles(digits, 2, SEED, tmp_path)
    assert np.array_equal(again.tiles, first.tiles)
    assert kept.stat().st_size > 100


def test_cache_without_labels_is_made_again(digits: Digits, tmp_path: Path) -> None:
    first = photo_tiles(digits, 2, SEED, tmp_path)
    (kept,) = kept_in(tmp_path)
    np.savez(kept, tiles=first.tiles)
    assert np.array_equal(photo_tiles(digits, 2, SEED, tmp_path).labels, first.labels)


def test_whatever_changes_the_tiles_changes_the_name(
    digits: Digits, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    others = digits.take(np.arange(10))
    photo_tiles(digits, 2, 0, tmp_path)
    photo_tiles(digits, 2, 1, tmp_path)
    photo_tiles(digits, 3, 0, tmp_path)
    photo_tiles(others, 2, 0, tmp_path)
    photo_tiles(digits, 2, 0, tmp_path, condition=CONDITIONS["plain"])
    monkeypatch.setattr(made, "fingerprint_photos", lambda: "other code")
    photo_tiles(digits, 2, 0, tmp_path)
    assert len(kept_in(tmp_path)) == 6


def test_tiles_that_show_something_else_are_left_out(
    digits: Digits, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(made, "LEAST_LIKENESS", 1.1)
    none = photo_tiles(digits, 4, SEED, tmp_path)
    assert none.tiles.shape == (0, 28, 28) and len(none) == 0


def test_progress_is_told(
    digits: Digits, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    photo_tiles(digits, 3, 9, tmp_path)
    assert "100%" in capsys.readouterr().out


def test_ideal_tile_is_the_digit_that_was_written(digits: Digits) -> None:
    for index in range(10):
        photo = take_photo(digits.tiles[index], CONDITIONS["plain"], np.random.default_rng(index))
        own = likeness(ideal_tile(photo.ink), digits.tiles[index])
        assert own > 0.6  # MNIST's strokes are wider than some pens'
    one, nought = (digits.tiles[digits.labels == digit][0] for digit in (1, 0))
    assert likeness(one, nought) < 0.6 < likeness(np.roll(nought, 1, axis=0), nought)
