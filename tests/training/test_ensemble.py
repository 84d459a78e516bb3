"""Networks asked together: their mean counts, and each one's own errors beside it."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from digitscope.types import Float32Array, UInt8Array

keras = pytest.importorskip("keras")
from training.data.mnist import Digits  # noqa: E402
from training.experiments import ensemble  # noqa: E402

LABELS = np.array([0, 1, 2], np.uint8)


def _says(*digits: int, sure: float) -> Float32Array:
    """(3, 10) probabilities: one digit a tile, so sure, the rest even."""
    probabilities = np.full((len(digits), 10), (1 - sure) / 9, np.float32)
    probabilities[np.arange(len(digits)), digits] = sure
    return probabilities


ANSWERS = {
    "a": _says(0, 1, 9, sure=0.6),  # one wrong
    "b": _says(0, 9, 2, sure=0.9),  # one wrong, and surer of the tile that a has wrong
    "c": _says(9, 1, 2, sure=0.5),
}


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Three runs; their networks are their names."""

    def predict(model: str, _tiles: UInt8Array) -> Float32Array:
        return ANSWERS[model]

    monkeypatch.setattr(ensemble, "predict", predict)
    monkeypatch.setattr(ensemble, "predict_with_tta", predict)
    return [SimpleNamespace(path=Path(name), load_best=lambda name=name: name) for name in ANSWERS]


def test_together_they_know_better(runs: list[Any]) -> None:
    validation = Digits(np.zeros((3, 28, 28), np.uint8), LABELS)
    figures = ensemble.measure(runs, validation)
    assert figures["plain"] == {"errors": [1, 1, 1], "errors_mean": 1, "errors_together": 0}
    assert figures["tiles"] == 3


def test_alike_they_know_no_better(runs: list[Any]) -> None:
    validation = Digits(np.zeros((3, 28, 28), np.uint8), LABELS)
    figures = ensemble.measure([runs[0], runs[0]], validation)
    assert figures["turned"]["errors_together"] == figures["turned"]["errors_mean"] == 1
