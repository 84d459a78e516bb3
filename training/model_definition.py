"""The network: four convolution blocks, about 392 thousand parameters, built-in layers only.

This module also has the MLPs that the CNN is compared with. All layers are built into Keras, so
``keras.saving.load_model`` opens the saved file without this module. Augmentation is not part of
the network: Keras' random layers would also change the tiles that the app reads.
"""

from __future__ import annotations

import keras
import numpy as np

from digitscope.types import CLASSES, PIXEL_MEAN, PIXEL_STD, TILE_PX, Float32Array
from training.config import HyperParameters

FILTERS = (32, 64, 128, 256)  # doubled from block to block, while the feature maps get smaller
POOL_AFTER = (1, 2)  # 28 -> 14 -> 7 px; a third pooling would give 3x3, too coarse for loops
KERNEL_PX = 3  # two stacked 3x3 kernels cover 5x5 with fewer weights than one 5x5
DROPOUT = HyperParameters.dropout  # before the only dense layer, the only layer that overfits
HIDDEN_UNITS = HyperParameters.hidden_units
BATCHNORM_MOMENTUM = 0.95  # Keras' default 0.99 lags by hundreds of steps: useless in short runs
NONE_OF_THEM = 1  # number of outputs besides the ten digits: "no digit"
PARAMETERS = {4: 392_330, 3: 94_858}  # by blocks, for ten outputs; 960 of 392,330 are statistics
FOLD_LAYER = "fold"
PERMUTATION_SEED = 2026  # same pixel order in every run, so that runs can be compared


def build_network(hyper: HyperParameters) -> keras.Model:
    """Build the untrained network that the settings name; input and output as in `build_model`."""
    outputs = hyper.outputs
    if hyper.network == "cnn":
        return build_model(hyper.blocks, hyper.precision, hyper.dropout, hyper.permuted, outputs)
    halved = (hyper.hidden_units, hyper.hidden_units // 2)
    hidden = halved if hyper.network == "mlp" else halved[:1]
    return build_mlp(hidden, hyper.precision, hyper.dropout, hyper.permuted, outputs)


def fold_none(model: keras.Model) -> keras.Model:
    """Turn eleven outputs into ten: each digit gets a tenth of the "no digit" probability.

    The ten outputs sum to 1, as users of the model file expect. If the digits' own probabilities
    are clear, ten times the smallest output is the probability of "no digit". A network with ten
    outputs is returned unchanged. The weights are shared, not copied.

    Args:
        model: as `build_network` returns it.
    """
    if model.output_shape[-1] == CLASSES:
        return model
    fold = keras.layers.Dense(CLASSES, use_bias=False, trainable=False, name=FOLD_LAYER)
    folded = keras.Model(model.input, fold(model.output), name=model.name)
    fold.set_weights([fold_matrix()])
    return folded


def fold_matrix() -> Float32Array:
    """(11, 10) float32: the identity for the digits, then a row of 0.1 for "no digit"."""
    tenth = np.full((NONE_OF_THEM, CLASSES), 1 / CLASSES, np.float32)
    return np.concatenate([np.eye(CLASSES, dtype=np.float32), tenth])


def build_model(
    blocks: int = len(FILTERS),
    precision: str = "float32",
    dropout: float = DROPOUT,
    permuted: bool = False,
    outputs: int = CLASSES,
) -> keras.Model:
    """Build the network, untrained.

    Input (N, 28, 28, 1) float, 0..255, light digit on black; output (N, `outputs`) float32
    probabilities that sum to 1. The network normalises the pixels itself.

    Args:
        blocks: number of convolution blocks, 4 or 3; 3 is for the ablation.
        precision: Keras' dtype policy for the blocks; weights are always float32.
        dropout: fraction of the pooled features that a training step drops, 0..1.
        permuted: whether the network sees the pixels in one fixed random order.
        outputs: 10, or 11 with the class "no digit".

    Raises:
        ValueError: the number of parameters is not the one in `PARAMETERS`.

    Example:
        >>> build_model().output_shape
        (None, 10)
    """
    tiles, x = _normalised_tiles(permuted)  # (N, 28, 28, 1)
    for number in range(1, blocks + 1):  # (N, 14, 14, 32) (N, 7, 7, 64) (N, 7, 7, 128) (..., 256)
        x = _block(x, number, precision)
    x = keras.layers.GlobalAveragePooling2D(name="average", dtype="float32")(x)  # (N, 256)
    x = keras.layers.Dropout(dropout, name="dropout")(x)
    model = keras.Model(tiles, _probabilities(x, outputs), name="mnist_cnn")
    more = (outputs - CLASSES) * (FILTERS[blocks - 1] + 1)  # weights and bias of one more output
    _check_parameters(model, PARAMETERS[blocks] + more)
    return model


def build_mlp(
    hidden: tuple[int, ...] = (HIDDEN_UNITS, HIDDEN_UNITS // 2),
    precision: str = "float32",
    dropout: float = DROPOUT,
    permuted: bool = False,
    outputs: int = CLASSES,
) -> keras.Model:
    """Build an untrained MLP to compare the CNN with: 784, `hidden`, `outputs` units.

    Input and output are as in `build_model`.

    Args:
        hidden: units of each layer before the last.
        precision: Keras' dtype policy for these layers; weights are always float32.
        dropout: fraction of each hidden layer that a training step drops, 0..1.
        permuted: whether the network sees the pixels in one fixed random order.
        outputs: 10, or 11 with the class "no digit".

    Example:
        >>> build_mlp((512,)).count_params()  # 784 * 512 + 512 and 512 * 10 + 10
        407050
    """
    tiles, x = _normalised_tiles(permuted)
    x = keras.layers.Flatten(name="flatten")(x)  # (N, 784)
    for number, units in enumerate(hidden, start=1):
        x = keras.layers.Dense(units, "relu", name=f"linear{number}", dtype=precision)(x)
        x = keras.layers.Dropout(dropout, name=f"dropout{number}", dtype=precision)(x)
    return keras.Model(tiles, _probabilities(x, outputs), name="mnist_mlp")


def pixel_order() -> np.ndarray:
    """The fixed random order of the pixels: (784,) integers, each of 0..783 once."""
    return np.random.default_rng(PERMUTATION_SEED).permutation(TILE_PX * TILE_PX)


def _normalised_tiles(permuted: bool) -> tuple[keras.KerasTensor, keras.KerasTensor]:
    """The input, and the normalised tiles, permuted if asked; both (N, 28, 28, 1).

    The permutation is part of the network, so all tiles get the same one, also in the saved file.
    Augmentation comes before it.
    """
    tiles = keras.Input((TILE_PX, TILE_PX, 1), name="tile")
    x = keras.layers.Rescaling(1 / PIXEL_STD, -PIXEL_MEAN / PIXEL_STD, name="normalise")(tiles)
    if permuted:
        x = keras.layers.Flatten(name="row")(x)  # (N, 784)
        x = keras.ops.take(x, pixel_order(), axis=1)
        x = keras.layers.Reshape((TILE_PX, TILE_PX, 1), name="permuted")(x)
    return tiles, x


def _probabilities(x: keras.KerasTensor, outputs: int) -> keras.KerasTensor:
    """(N, F) to (N, outputs) float32; calibration finds this layer by its name."""
    return keras.layers.Dense(outputs, activation="softmax", name="digits", dtype="float32")(x)


def _block(x: keras.KerasTensor, number: int, precision: str) -> keras.KerasTensor:
    """Convolution, batch normalisation, ReLU, and after the first two blocks a max-pooling."""
    layers = [
        keras.layers.Conv2D(
            FILTERS[number - 1], KERNEL_PX, padding="same", name=f"conv{number}", dtype=precision
        ),
        keras.layers.BatchNormalization(
            momentum=BATCHNORM_MOMENTUM, name=f"norm{number}", dtype=precision
        ),
        keras.layers.ReLU(name=f"relu{number}", dtype=precision),
    ]
    if number in POOL_AFTER:
        layers.append(keras.layers.MaxPooling2D(name=f"pool{number}", dtype=precision))
    for layer in layers:
        x = layer(x)
    return x


def _check_parameters(model: keras.Model, expected: int) -> None:
    """Raise ValueError if the number of parameters is not the documented one."""
    if model.count_params() != expected:
        raise ValueError(
            f"The network has {expected:,} parameters. Received: {model.count_params():,}. "
            "If the change is meant, change PARAMETERS beside it."
        )
