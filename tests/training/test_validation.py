"""Figures of an epoch: each set for itself, and the loss over all."""

from __future__ import annotations

import numpy as np
import pytest

from training.data.mnist import Digits

keras = pytest.importorskip("keras")

from training.data.datasets import Datasets  # noqa: E402
from training.data.drawn_tiles import DrawnTiles  # noqa: E402 - after the check for keras
from training.evaluation.validation import validate  # noqa: E402


class _Knowing:
    """Knows each tile's class by its brightest corner: 0..9, 10 is no digit."""

    def __init__(self, outputs: int) -> None:
        self.output_shape = (None, outputs)

    def predict(self, tiles: np.ndarray, **_: object) -> np.ndarray:
        outputs = self.output_shape[1]
        classes = tiles[:, 0, 0, 0].astype(int)
        known = np.eye(11, dtype=np.float32)[classes]
        return known if outputs == 11 else known[:, :10] + known[:, 10:] / 10


def _marked(labels: list[int]) -> np.ndarray:
    tiles = np.zeros((len(labels), 28, 28), np.uint8)
    tiles[:, 0, 0] = labels
    return tiles


@pytest.mark.parametrize("outputs", [10, 11])
def test_each_set_has_its_figure(outputs: int) -> None:
    shown = np.array([1, 2, 3], np.uint8)
    drawn = DrawnTiles(Digits(_marked([1, 2, 7]), shown), _marked([10, 10]))
    own = Digits(_marked([1, 2, 3]), shown)
    figures = validate(_Knowing(outputs), Datasets(own, own, drawn, drawn))
    assert figures["val_accuracy"] == 1.0
    assert figures["hand_accuracy"] == pytest.approx(2 / 3)
    assert figures["none_auroc"] == 1.0
    assert figures["val_loss"] > 1  # the 3 that is taken for a 7


def test_without_drawn_tiles_mnist_alone_is_measured() -> None:
    own = Digits(_marked([1, 2, 3]), np.array([1, 2, 4], np.uint8))
    figures = validate(_Knowing(10), Datasets(own, own))
    assert set(figures) == {"val_loss", "val_accuracy"}
    assert figures["val_accuracy"] == pytest.approx(2 / 3)


class _Doubting(_Knowing):
    """Knows as much, and is less sure of it: every answer at a higher temperature."""

    def predict(self, tiles: np.ndarray, **_: object) -> np.ndarray:
        mostly = 0.9 * super().predict(tiles) + 0.1 / self.output_shape[1]
        doubtful = mostly**0.6
        return doubtful / doubtful.sum(1, keepdims=True)


class _Surer(_Knowing):
    def predict(self, tiles: np.ndarray, **_: object) -> np.ndarray:
        return 0.9 * super().predict(tiles) + 0.1 / self.output_shape[1]


def test_doubt_that_a_temperature_takes_away_is_no_loss() -> None:
    own = Digits(_marked([1, 2, 3, 5]), np.array([1, 2, 4, 5], np.uint8))
    sets = Datasets(own, own)
    doubting, surer = (validate(one(10), sets)["val_loss"] for one in (_Doubting, _Surer))
    assert doubting == pytest.approx(surer, rel=0.01)
