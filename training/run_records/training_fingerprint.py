"""A checksum of what a run learns from and how: whatever code makes the same, trains the same.

The fingerprint of the source code changes with every tidying of it. This one changes only if
another network, other tiles, labels or settings of the optimizer come out.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator

import keras
import numpy as np

from training.config import HyperParameters
from training.data.batches import epoch_batches
from training.data.datasets import Datasets


def fingerprint_training(datasets: Datasets, hyper: HyperParameters, model: keras.Model) -> str:
    """SHA-256 of the network, the optimizer, the loss, the validation data and two epochs.

    Args:
        datasets: training and validation data.
        hyper: all settings; the first and the last of their epochs are drawn.
        model: the compiled network, not trained yet.
    """
    content = hashlib.sha256(json.dumps(_configs(model), sort_keys=True, default=str).encode())
    for weights in model.get_weights():
        content.update(weights.tobytes())
    for array in _tiles_and_labels(datasets, hyper):
        content.update(np.ascontiguousarray(array).data)
    return content.hexdigest()


def _configs(model: keras.Model) -> list[object]:
    """How layers, optimizer and loss are set."""
    parts = [*model.layers, model.optimizer]
    return [[type(one).__name__, one.get_config()] for one in parts] + [model.loss.get_config()]


def _tiles_and_labels(datasets: Datasets, hyper: HyperParameters) -> Iterator[np.ndarray]:
    """The validation data, and the batches of the first and of the last epoch."""
    yield from (datasets.validation.tiles, datasets.validation.labels)
    if drawn := datasets.validation_drawn:
        yield from (drawn.hands.tiles, drawn.hands.labels, drawn.non_digits)
    for epoch in sorted({0, hyper.epochs - 1}):
        for batch in epoch_batches(datasets.train, hyper, epoch, datasets.drawn):
            yield from batch
