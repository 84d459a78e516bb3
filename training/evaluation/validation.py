"""Validates a network after each epoch, on data that it never learns from.

The data are MNIST's validation tiles, digits of validation writers, and non-digits, each with its
own figure. The best epoch is the one with the lowest mean loss over all of them, at the best
temperature for that epoch. Label smoothing makes the network underconfident. This does not matter
here, because a temperature is fitted at the end.
"""

from __future__ import annotations

import keras
import numpy as np
from sklearn.metrics import roc_auc_score

from digitscope.types import CLASSES, Float32Array
from training.data.batches import as_input, no_digit, one_hot
from training.data.datasets import Datasets
from training.evaluation.calibration import TEMPERATURES, apply_temperature
from training.evaluation.metrics import accuracy

BATCH = 500  # tiles per step; divides 5,000; a larger batch brings no gain


def validate(model: keras.Model, datasets: Datasets) -> dict[str, float]:
    """Measure a network on validation tiles, which are neither learnt from nor augmented.

    Args:
        model: with ten or eleven outputs.
        datasets: has the validation tiles; without drawn tiles, only MNIST's are used.

    Returns:
        `val_loss` in nats over all sets, at the best temperature, and `val_accuracy` on MNIST;
        with drawn tiles also `hand_accuracy`, and `none_auroc`, the AUROC of digits against
        non-digits, 0..1.
    """
    outputs = int(model.output_shape[-1])
    answers = _predict(model, datasets.validation.tiles)
    parts = [(answers, one_hot(datasets.validation.labels, outputs))]
    figures = {"val_accuracy": accuracy(answers[:, :CLASSES], datasets.validation.labels)}
    if datasets.validation_drawn is not None:
        hands, others = datasets.validation_drawn.hands, datasets.validation_drawn.non_digits
        of_hands, of_others = _predict(model, hands.tiles), _predict(model, others)
        parts.append((of_hands, one_hot(hands.labels, outputs)))
        parts.append((of_others, no_digit(len(others), outputs)))
        figures["hand_accuracy"] = accuracy(of_hands[:, :CLASSES], hands.labels)
        figures["none_auroc"] = _auroc(_best(of_hands), _best(of_others))
    return {
        "val_loss": _least_loss(*(np.concatenate(part) for part in zip(*parts, strict=True)))
    } | figures


def _predict(model: keras.Model, tiles: np.ndarray) -> Float32Array:
    """(N, 28, 28) uint8 to (N, outputs) float32."""
    return np.asarray(model.predict(as_input(tiles), batch_size=BATCH, verbose=0), np.float32)


def _least_loss(answers: Float32Array, labels: Float32Array) -> float:
    """Lowest mean cross-entropy over all temperatures, nats; both arrays (N, outputs)."""
    tiny = np.finfo(np.float32).tiny
    logs = (np.log(np.maximum(apply_temperature(answers, t), tiny)) for t in TEMPERATURES)
    return min(float(-(labels * log).sum(1).mean()) for log in logs)


def _best(answers: Float32Array) -> Float32Array:
    """(N,) the probability of the most probable digit."""
    return np.asarray(answers[:, :CLASSES].max(1))


def _auroc(above: Float32Array, below: Float32Array) -> float:
    """Probability that one of `above` is larger than one of `below`; ties count half."""
    is_above = np.repeat([True, False], [len(above), len(below)])
    return float(roc_auc_score(is_above, np.concatenate([above, below])))
