"""Real pen strokes, read digit by digit: test writers into the card, validation writers not."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from digitscope.model_files import MODEL_CARD
from training import hands, photos
from training.data.strokes import load_writers


@pytest.fixture
def card(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the model card, to be written to; two writers a part, one pen."""
    copy = tmp_path / "card.json"
    copy.write_bytes(MODEL_CARD.read_bytes())
    monkeypatch.setattr(photos, "MODEL_CARD", copy)
    monkeypatch.setattr(hands, "PENS", (0.055,))
    monkeypatch.setattr(hands, "WRITERS", {"validation": range(29, 30), "test": range(36, 37)})
    return copy


def test_every_digit_with_every_pen() -> None:
    items = hands.write_all(load_writers(range(1, 3)), (0.02, 0.1))
    assert len(items) == 2 * 10 * 2 * 2 == len({item.path for item in items})
    assert {item.kind for item in items if item.label == "7"} == {"digit 7"}
    thin, thick = (item.picture() for item in items[:2])
    assert thin.shape == (300, 300) and thin.dtype == np.uint8
    assert 0 < (thin < 128).sum() < (thick < 128).sum()


def test_the_report_is_of_test_writers_and_goes_into_the_card(
    card: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hands.main(["--out", str(tmp_path / "out")])
    entry = json.loads(card.read_text("utf-8"))["hands"]
    assert {kind: one["n"] for kind, one in entry["kinds"].items()} == {
        f"digit {digit}": 2 for digit in range(10)
    }
    assert "digit 1" in capsys.readouterr().out


def test_validation_writers_leave_the_card(card: Path, tmp_path: Path) -> None:
    before = card.read_bytes()
    hands.main(["--writers", "validation", "--out", str(tmp_path / "out")])
    assert card.read_bytes() == before
