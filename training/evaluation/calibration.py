"""Temperature scaling: calibrates the confidence, and is folded into the last layer.

Label smoothing makes the network underconfident: about .91 where it is right 999 times in 1,000.
Dividing its logits by a temperature changes only the confidence, not the answer. The last layer's
weights are divided once, so the network in the saved file is calibrated.

Source: Guo et al., "On Calibration of Modern Neural Networks", ICML 2017.
"""

from __future__ import annotations

import keras
import numpy as np

from digitscope.types import CLASSES, Float32Array, UInt8Array
from training.evaluation.metrics import negative_log_likelihood
from training.model_definition import fold_matrix

TEMPERATURES = np.geomspace(0.2, 5.0, 400)  # steps of 0.8 %; label smoothing needs about 0.5
LAST_LAYER = "digits"


def fit_temperature(probabilities: Float32Array, labels: UInt8Array) -> float:
    """The temperature with the lowest negative log likelihood on validation tiles.

    Args:
        probabilities: (N, 10) float, from the last trained layer of the uncalibrated network; or
            (N, 11), whose last column is "no digit".
        labels: (N,) 0..9.
    """
    losses = [
        negative_log_likelihood(answers_at(probabilities, temperature), labels)
        for temperature in TEMPERATURES
    ]
    return float(TEMPERATURES[int(np.argmin(losses))])


def answers_at(probabilities: Float32Array, temperature: float) -> Float32Array:
    """(N, 10) float32: the network's probabilities with `temperature` folded in."""
    tempered = apply_temperature(probabilities, temperature)
    return tempered if tempered.shape[1] == CLASSES else tempered @ fold_matrix()


def learnt_part(model: keras.Model) -> keras.Model:
    """The network up to its last trained layer: (N, 10) or (N, 11); it shares the weights."""
    return keras.Model(model.input, model.get_layer(LAST_LAYER).output)


def apply_temperature(probabilities: Float32Array, temperature: float) -> Float32Array:
    """(N, C) float32: the softmax of the logits divided by `temperature`."""
    logits = np.log(np.maximum(probabilities, np.finfo(np.float32).tiny)) / temperature
    exponents = np.exp(logits - logits.max(1, keepdims=True))
    return (exponents / exponents.sum(1, keepdims=True)).astype(np.float32)


def fold_temperature(model: keras.Model, temperature: float) -> None:
    """Divide the last layer's weights by `temperature`, in place.

    Raises:
        ValueError: the temperature is not above 0.
    """
    if not temperature > 0:
        raise ValueError(
            f"A temperature is above 0. Received: {temperature}. Fit it on validation tiles."
        )
    layer = model.get_layer(LAST_LAYER)
    layer.set_weights([weight / np.float32(temperature) for weight in layer.get_weights()])
