"""The ink network: an encoder-decoder with skip connections, built-in layers only.

The encoder reduces a picture to 1/32 of its size, where one position covers a whole digit. The
decoder marks ink at full size. Fine levels have few channels and full convolutions. Coarse levels
have many channels and depthwise plus 1x1 convolutions, with a ninth of the weights.

Source: U-Net, Ronneberger, Fischer and Brox (2015); separable convolutions as in MobileNet, Howard
et al. (2017).
"""

from __future__ import annotations

import keras

CHANNELS = (16, 32, 64, 96, 128)  # at 1/2, 1/4, 1/8, 1/16 and 1/32 of the size
BLOCKS = (0, 1, 2, 2, 2)  # residual blocks, at each level
FULL_LEVELS = 2  # with full convolutions: the finest two
KERNEL_PX = 3
BATCHNORM_MOMENTUM = 0.95
MAX_PARAMETERS = 300_000
DICE_SMOOTH_PX = 20.0  # added to both sums: without true ink, this many wrong pixels cost little
STRIDE = 2 ** len(CHANNELS)  # the sides of the input are multiples of it


def build_model(channels: tuple[int, ...] = CHANNELS) -> keras.Model:
    """Build the network, untrained.

    Input (N, H, W, 3) float RGB, 0..255, sides multiples of `STRIDE`; output (N, H, W, 1) float32,
    the probability of ink. The input scaling is part of the network.

    Args:
        channels: of each level, finest first; tests use fewer.

    Raises:
        ValueError: the network has more parameters than `MAX_PARAMETERS`.

    Example:
        >>> build_model().output_shape
        (None, None, None, 1)
    """
    pixels = keras.layers.Input((None, None, 3), name="rgb")
    x = keras.layers.Rescaling(1 / 127.5, offset=-1, name="scaled")(pixels)
    maps = []
    for level, filters in enumerate(channels):
        x = _convolve(x, filters, level, strides=2)
        for _ in range(BLOCKS[level]):
            x = keras.layers.Add()([x, _convolve(x, filters, level)])
        maps.append(x)
    for level in reversed(range(len(channels) - 1)):
        x = keras.layers.Conv2D(channels[level], 1, use_bias=False)(x)
        x = keras.layers.UpSampling2D(2)(x)
        x = _convolve(keras.layers.Add()([x, maps[level]]), channels[level], level)
    ink = keras.layers.Conv2DTranspose(1, 2, strides=2, activation="sigmoid", name="ink")(x)
    model = keras.Model(pixels, ink, name="ink")
    if model.count_params() > MAX_PARAMETERS:
        raise ValueError(
            f"At most {MAX_PARAMETERS} parameters are expected. Received: {model.count_params()}."
        )
    return model


def _convolve(
    x: keras.KerasTensor, filters: int, level: int, strides: int = 1
) -> keras.KerasTensor:
    """One convolution with batch normalisation and ReLU."""
    sides = {"strides": strides, "padding": "same", "use_bias": False}
    if level < FULL_LEVELS:
        x = keras.layers.Conv2D(filters, KERNEL_PX, **sides)(x)
    else:
        x = keras.layers.DepthwiseConv2D(KERNEL_PX, **sides)(x)
        x = keras.layers.BatchNormalization(momentum=BATCHNORM_MOMENTUM)(x)
        x = keras.layers.Conv2D(filters, 1, use_bias=False)(x)
    x = keras.layers.BatchNormalization(momentum=BATCHNORM_MOMENTUM)(x)
    return keras.layers.ReLU()(x)


def ink_loss(truth: keras.KerasTensor, marked: keras.KerasTensor) -> keras.KerasTensor:
    """Cross-entropy plus 1 minus the soft Dice coefficient, of each photo, (N,).

    Cross-entropy alone would neglect thin strokes, which have few pixels. Dice alone fails on a
    page without ink, where one wrong pixel costs as much as all.

    Source: Dice loss, Milletari, Navab and Ahmadi, "V-Net" (2016).
    """
    axes = (1, 2, 3)
    entropy = keras.ops.mean(keras.ops.binary_crossentropy(truth, marked), axis=axes)
    shared = keras.ops.sum(truth * marked, axis=axes)
    both = keras.ops.sum(truth + marked, axis=axes)
    return entropy + 1 - (2 * shared + DICE_SMOOTH_PX) / (both + DICE_SMOOTH_PX)


def iou(truth: keras.KerasTensor, marked: keras.KerasTensor) -> keras.KerasTensor:
    """Intersection over union of the pixels at 0.5 or above, (N,); 1 if both are empty."""
    axes = (1, 2, 3)
    one, other = truth >= 0.5, marked >= 0.5
    both = keras.ops.sum(keras.ops.cast(one & other, "float32"), axis=axes)
    either = keras.ops.sum(keras.ops.cast(one | other, "float32"), axis=axes)
    return (both + 1e-6) / (either + 1e-6)
