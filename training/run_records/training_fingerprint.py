"""A fingerprint of what a training begins with: network, optimizer, loss, validation data, tiles.

Code that was only tidied gives the same fingerprint, while the fingerprint of the source code
changes with every edit. The training loop itself is not in it, nor are the epochs between the first
and the last. It holds for one Keras backend: another one draws other initial weights.
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


def fingerprint_of(model: keras.Model, datasets: Datasets, hyper: HyperParameters) -> str:
    """SHA-256 of a training before its first step.

    Args:
        model: the compiled network, built with `hyper.seed`.
        datasets: training and validation data.
        hyper: all settings; the tiles of their first and of their last epoch are drawn.
    """
    configs = [one.get_config() for one in (model, model.optimizer, model.loss)]
    content = hashlib.sha256(json.dumps(configs, sort_keys=True).encode())
    for array in (*model.get_weights(), *_tiles_and_labels(datasets, hyper)):
        content.update(f"{array.shape} {array.dtype}".encode())
        content.update(np.ascontiguousarray(array).data)
    return content.hexdigest()


def _tiles_and_labels(datasets: Datasets, hyper: HyperParameters) -> Iterator[np.ndarray]:
    """The validation data, and the batches of the first and of the last epoch."""
    yield from (datasets.validation.tiles, datasets.validation.labels)
    if drawn := datasets.validation_drawn:
        yield from (drawn.hands.tiles, drawn.hands.labels, drawn.non_digits)
    for epoch in sorted({0, hyper.epochs - 1}):
        for batch in epoch_batches(datasets.train, hyper, epoch, datasets.drawn):
            yield from batch
