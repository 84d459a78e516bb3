"""A temperature changes how sure an answer sounds, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from training.evaluation.metrics import expected_calibration_error

keras = pytest.importorskip("keras")

from training.evaluation.calibration import (  # noqa: E402
    answers_at,
    apply_temperature,
    fit_temperature,
    fold_temperature,
    learnt_part,
)
from training.model_definition import build_model, fold_none  # noqa: E402


def _modest(temperature: float) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities that are calibrated but for a known temperature, and their labels."""
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 3, (5_000, 10))
    honest = apply_temperature(np.exp(logits - logits.max(1, keepdims=True)), 1)
    labels = (honest.cumsum(1) > rng.random((len(honest), 1))).argmax(1)
    return apply_temperature(honest, temperature), labels.astype(np.uint8)


@pytest.mark.parametrize("made_with", [0.5, 1.0, 2.0])
def test_the_known_temperature_is_found_and_undone(made_with: float) -> None:
    probabilities, labels = _modest(made_with)
    found = fit_temperature(probabilities, labels)
    assert found == pytest.approx(1 / made_with, rel=0.06)
    after = apply_temperature(probabilities, found)
    assert expected_calibration_error(after, labels) < 0.02
    assert np.array_equal(after.argmax(1), probabilities.argmax(1))


def test_temperature_one_changes_nothing() -> None:
    probabilities, _ = _modest(1.0)
    assert np.allclose(apply_temperature(probabilities, 1), probabilities, atol=1e-6)


def test_folded_is_the_same_as_applied() -> None:
    model = build_model()
    tiles = np.random.default_rng(0).uniform(0, 255, (5, 28, 28, 1)).astype(np.float32)
    applied = apply_temperature(np.asarray(model(tiles)), 0.4)
    fold_temperature(model, 0.4)
    assert np.allclose(np.asarray(model(tiles)), applied, atol=1e-5)


def test_a_class_for_no_digit_is_tempered_before_it_is_shared_out() -> None:
    model = fold_none(build_model(outputs=11))
    tiles = np.random.default_rng(0).uniform(0, 255, (5, 28, 28, 1)).astype(np.float32)
    learnt = np.asarray(learnt_part(model)(tiles))
    assert learnt.shape == (5, 11)
    fold_temperature(model, 0.4)
    assert np.allclose(np.asarray(model(tiles)), answers_at(learnt, 0.4), atol=1e-5)


@pytest.mark.parametrize("temperature", [0.0, -1.0, float("nan")])
def test_impossible_temperatures_are_refused(temperature: float) -> None:
    with pytest.raises(ValueError, match="Received"):
        fold_temperature(build_model(), temperature)
