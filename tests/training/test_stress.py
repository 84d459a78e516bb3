"""Simulated photos by condition: alike for all, the same each time, the report from test digits."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from digitscope.model_files import MODEL_CARD
from digitscope.types import UInt8Array
from training import photos, stress
from training.data.mnist import Digits
from training.synthetic_photos import CONDITIONS

TWO = ("plain", "ruled")


@pytest.fixture
def card(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the model card, to be written to."""
    copy = tmp_path / "card.json"
    copy.write_bytes(MODEL_CARD.read_bytes())
    monkeypatch.setattr(photos, "MODEL_CARD", copy)
    return copy


def _simulate(digits: Digits, seed: int = 5) -> list[stress.Simulated]:
    return stress.simulate(digits, [CONDITIONS[name] for name in TWO], seed)


def test_every_digit_under_every_condition(digits: Digits) -> None:
    items = _simulate(digits.take(np.arange(3)))
    assert [item.kind for item in items] == ["plain"] * 3 + ["ruled"] * 3
    labels = [str(label) for label in digits.labels[:3]]
    assert [item.label for item in items] == labels * 2
    assert len({item.path for item in items}) == 6


def test_a_photo_is_the_same_each_time_and_no_other(digits: Digits) -> None:
    few = digits.take(np.arange(2))
    pictures = [item.picture() for item in _simulate(few)]
    again = [item.picture() for item in _simulate(few)]
    for one, other in zip(pictures, again, strict=True):
        np.testing.assert_array_equal(one, other)
    assert not _same(pictures[0], pictures[1]) and not _same(pictures[0], pictures[2])
    assert not _same(pictures[0], _simulate(few, seed=6)[0].picture())


def _same(one: UInt8Array, other: UInt8Array) -> bool:
    return one.shape == other.shape and bool((one == other).all())


def test_the_report_is_of_test_digits_and_goes_into_the_card(
    mnist_npz: Path, card: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    arguments = [f"--data={mnist_npz}", f"--out={out}", "--count=8", "--conditions=plain,ruled"]
    stress.main(arguments)
    added = json.loads(card.read_text("utf-8"))["simulated"]
    assert list(added["kinds"]) == list(TWO)
    assert all(counts["n"] == 8 and counts["correct"] >= 6 for counts in added["kinds"].values())
    with np.load(mnist_npz) as archive:
        test_tiles = {tile.tobytes() for tile in archive["x_test"]}
    digits = stress.load_digits("test", 8, str(mnist_npz))
    assert all(tile.tobytes() in test_tiles for tile in digits.tiles)
    assert (out / "results.json").is_file() and (out / "mistakes.html").is_file()
    assert "ruled" in capsys.readouterr().out


def test_a_trial_leaves_the_card_alone(
    digits: Digits,
    card: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(stress, "load_train_validation", lambda _: (digits, digits))
    monkeypatch.setattr(stress, "draw_test_digits", _sealed)
    before = card.read_bytes()
    stress.main(["--digits=validation", f"--out={tmp_path}", "--count=4", "--conditions=plain"])
    assert card.read_bytes() == before
    assert "plain" in capsys.readouterr().out


def _sealed(*_: object) -> Digits:
    pytest.fail("the test set was opened")


def test_unknown_conditions_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        stress.main(["--conditions=plain,fog"])
    assert "Received: fog" in capsys.readouterr().err
