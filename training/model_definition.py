"""The network: four convolution blocks, about 392 thousand parameters, built-in layers only.

Built-in layers only, so that ``keras.saving.load_model`` opens the saved file without this
module. Augmentation stays outside: inside, Keras' random layers would also change the tiles
that the app asks about.
"""

from __future__ import annotations

import keras

from digitscope.types import CLASSES, PIXEL_MEAN, PIXEL_STD, TILE_PX

FILTERS = (32, 64, 128, 256)  # doubled from block to block, as the maps get smaller
POOL_AFTER = (1, 2)  # 28 -> 14 -> 7; a third pooling would leave 3x3, too coarse for loops
KERNEL_PX = 3  # two stacked 3x3 see 5x5 with fewer weights than one 5x5
DROPOUT = 0.3  # before the only dense layer, the one place that overfits here
BATCHNORM_MOMENTUM = 0.95  # Keras' 0.99 lags by hundreds of steps: useless in short runs
PARAMETERS = {4: 392_330, 3: 94_858}  # by blocks; of four, 960 are running statistics


def build_model(blocks: int = len(FILTERS), precision: str = "float32") -> keras.Model:
    """Build the network, untrained.

    Input (N, 28, 28, 1) float, 0..255, light digit on black; output (N, 10) float32
    probabilities that sum to 1. The normalisation is inside.

    Args:
        blocks: how many of the four; fewer serve the ablation.
        precision: Keras' dtype policy for the blocks; weights are float32 under each.

    Raises:
        ValueError: the network has another number of parameters than `PARAMETERS`.

    Example:
        >>> build_model().output_shape
        (None, 10)
    """
    tiles = keras.Input((TILE_PX, TILE_PX, 1), name="tile")  # (N, 28, 28, 1)
    x = keras.layers.Rescaling(1 / PIXEL_STD, -PIXEL_MEAN / PIXEL_STD, name="normalise")(tiles)
    for number in range(1, blocks + 1):  # (N, 14, 14, 32) (N, 7, 7, 64) (N, 7, 7, 128) (..., 256)
        x = _block(x, number, precision)
    x = keras.layers.GlobalAveragePooling2D(name="average", dtype="float32")(x)  # (N, 256)
    x = keras.layers.Dropout(DROPOUT, name="dropout")(x)
    digits = keras.layers.Dense(CLASSES, activation="softmax", name="digits")(x)  # (N, 10)
    model = keras.Model(tiles, digits, name="mnist_cnn")
    _check_parameters(model, PARAMETERS[blocks])
    return model


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
    """Refuse a network that is no longer the documented one."""
    if model.count_params() != expected:
        raise ValueError(
            f"The network has {expected:,} parameters. Received: {model.count_params():,}. "
            "If the change is meant, change PARAMETERS beside it."
        )
