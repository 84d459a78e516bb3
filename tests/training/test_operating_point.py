"""The operating point: fitted on labelled pictures, kept in the card and read from it."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest

from digitscope.benchmark import Result, Sample, Verdict
from digitscope.recognition.operating_point import ENTRY, OperatingPoint, load_operating_point
from digitscope.types import Level, Quality
from training import operating_point as module
from training.operating_point import choose_threshold, fit, right_refused

SCORES = (0.2, 0.9)


def _result(label: str, guess: int, confidence: float, score: float = 0.9) -> Result:
    shares = np.full(10, (1 - confidence) / 9)
    shares[guess] = confidence
    quality = Quality(score, Level.GOOD, 0.5, 100, 0.6)
    sample = Sample(Path("picture.png"), label, "photo", headline=True)
    return Result(sample, Verdict.REFUSED, probabilities=tuple(shares), quality=quality)


def _too_sure(count: int = 600) -> list[Result]:
    """Answers of .99, of which nine in ten are right, and fewer where the picture is poor."""
    rng = np.random.default_rng(0)
    found = []
    for index in range(count):
        score = SCORES[index % 2]
        right = rng.random() < (0.97 if score > 0.5 else 0.8)
        found.append(_result("3", 3 if right else 5, 0.99, score))
    return found


def test_a_network_that_is_too_sure_is_believed_less() -> None:
    fitted = fit(_too_sure())
    assert fitted.point.temperature > 1.1
    assert fitted.point.quality_weight > 0.2
    assert fitted.calibration_error < 0.03


def test_no_more_right_guesses_are_refused_than_allowed() -> None:
    guesses = [(3, 5)[wrong] for wrong in (False, True) for _ in range(200)]
    confidences = [*np.linspace(0.5, 0.999, 200)] * 2
    digits = [_result("3", *one) for one in zip(guesses, confidences, strict=True)]
    chosen = choose_threshold(digits, 0.1)
    assert right_refused(digits, chosen) <= 0.1 < right_refused(digits, chosen + 0.02)


def test_no_more_is_refused_than_spares_mistakes() -> None:
    digits = [_result("3", 3, confidence) for confidence in np.linspace(0.6, 0.999, 1000)]
    assert choose_threshold(digits, 0.5) == 0.5
    others = [_result("", 7, confidence) for confidence in (0.1, 0.55, 0.7)]
    assert choose_threshold(digits + others, 0.5) == pytest.approx(0.71)


def test_what_is_no_digit_costs_nothing_where_it_is_told_apart() -> None:
    results = [_result("3", 3, 0.99)] * 50 + [_result("", 7, 0.4)] * 20
    fitted = fit(results)
    assert fitted.none_auroc == 1.0
    assert fitted.figures.others_refused == 1.0 and fitted.figures.digits_refused == 0.0


def test_the_card_keeps_the_point_and_the_reader_takes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = tmp_path / "card.json"
    card.write_text("{}")
    monkeypatch.setattr(module, "MODEL_CARD", card)
    monkeypatch.setattr(module, "read_folders", lambda _: _too_sure())
    module.main([str(tmp_path)])
    entry = json.loads(card.read_text())[ENTRY]
    assert load_operating_point(card) == OperatingPoint(
        entry["temperature"], entry["quality_weight"], entry["min_confidence"]
    )
    assert entry["pictures"] == 600 and os.path.relpath(tmp_path) in entry["command"]


def test_a_dry_run_leaves_the_card(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(module, "MODEL_CARD", tmp_path / "none.json")
    monkeypatch.setattr(module, "read_folders", lambda _: _too_sure())
    module.main([str(tmp_path), "--dry-run"])
    assert "chosen" in capsys.readouterr().out and not (tmp_path / "none.json").exists()


def test_a_card_without_a_point_leaves_the_defaults(tmp_path: Path) -> None:
    assert load_operating_point(tmp_path / "none.json") == OperatingPoint()


@pytest.mark.parametrize(
    "numbers", [{"temperature": 0.0}, {"quality_weight": -1.0}, {"min_confidence": 1.0}]
)
def test_numbers_out_of_range_are_refused(numbers: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="Received"):
        OperatingPoint(**numbers)
