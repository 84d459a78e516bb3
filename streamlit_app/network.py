"""The network taken apart: its layers, what each sees, its filters, what it makes of a digit.

Everything is asked of the model object itself; no shape and no count is typed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from digitscope.types import Float32Array, UInt8Array

if TYPE_CHECKING:
    import keras

CONVOLUTION, POOLING = "Conv2D", "MaxPooling2D"
STAGE_STARTS = (CONVOLUTION, "GlobalAveragePooling2D", "Dense")  # a stage begins with one of these


@dataclass(frozen=True)
class Layer:
    """One layer.

    Attributes:
        kind: its class in Keras.
        shape: of what it hands on, without the batch.
        parameters: all that it holds, learned or counted.
        receptive_field_px: how wide a square of the tile one of its values depends on.
    """

    name: str
    kind: str
    shape: tuple[int, ...]
    parameters: int
    receptive_field_px: int


@dataclass(frozen=True)
class Stage:
    """Layers that belong together: a convolution with what follows it, or the way out.

    Attributes:
        layers: in order.
    """

    layers: tuple[Layer, ...]

    @property
    def kind(self) -> str:
        """The class of the layer that it begins with."""
        return self.layers[0].kind

    @property
    def shape(self) -> tuple[int, ...]:
        """Of what it hands on."""
        return self.layers[-1].shape

    @property
    def parameters(self) -> int:
        """Of all its layers."""
        return sum(layer.parameters for layer in self.layers)

    @property
    def receptive_field_px(self) -> int:
        """How wide a square of the tile one of its values depends on, pooling left out."""
        return next(
            each.receptive_field_px for each in reversed(self.layers) if each.kind != POOLING
        )


def describe_layers(model: keras.Model) -> tuple[Layer, ...]:
    """Every layer in order, with its receptive field.

    Source: Araujo et al., "Computing receptive fields of convolutional neural networks", 2019.
    """
    sees, step, side = 1, 1, model.input_shape[1]
    layers = []
    for layer in model.layers:
        kind = type(layer).__name__
        width = getattr(layer, "kernel_size", getattr(layer, "pool_size", (1,)))[0]
        sees += (width - 1) * step
        step *= getattr(layer, "strides", (1,))[0]
        shape = tuple(int(n) for n in layer.output.shape[1:])
        if len(shape) == 1:  # the maps are averaged: each value depends on the whole tile
            sees = side
        layers.append(Layer(layer.name, kind, shape, layer.count_params(), min(sees, side)))
    return tuple(layers)


def group_stages(layers: tuple[Layer, ...]) -> tuple[Stage, ...]:
    """The input, one stage a convolution, the average, the way out."""
    groups: list[list[Layer]] = [[]]
    for layer in layers:
        if layer.kind in STAGE_STARTS:
            groups.append([])
        groups[-1].append(layer)
    return tuple(Stage(tuple(group)) for group in groups if group)


def strongest_kernels(model: keras.Model) -> list[Float32Array]:
    """Each convolution's filters as small pictures: (filters, 3, 3), -1..1.

    Behind the first block a filter has a kernel for each map that comes in; the one with the
    largest weights stands for it.
    """
    pictures = []
    for layer in model.layers:
        if type(layer).__name__ == CONVOLUTION:
            kernels = np.moveaxis(np.asarray(layer.kernel), (3, 2), (0, 1))  # (out, in, 3, 3)
            strongest = np.abs(kernels).sum((2, 3)).argmax(1)
            chosen = kernels[np.arange(len(kernels)), strongest]  # (out, 3, 3)
            largest = np.abs(chosen).max((1, 2), keepdims=True)
            pictures.append(chosen / np.maximum(largest, np.finfo(np.float32).tiny))
    return pictures


def stage_outputs(model: keras.Model) -> keras.Model:
    """The same network with what each convolution's stage sees, before pooling, as outputs."""
    import keras

    stages = group_stages(describe_layers(model))
    last = [
        next(layer.name for layer in reversed(stage.layers) if layer.kind != POOLING)
        for stage in stages
        if stage.kind == CONVOLUTION
    ]
    return keras.Model(model.input, [model.get_layer(name).output for name in last])


def feature_maps(outputs: keras.Model, pixels: UInt8Array) -> list[Float32Array]:
    """What each block makes of a tile (28, 28): (maps, height, width) each, strongest first."""
    batch = pixels[np.newaxis, ..., np.newaxis].astype(np.float32)  # (1, 28, 28, 1)
    answers: list[Any] = outputs.predict_on_batch(batch)
    return [_strongest_first(np.moveaxis(np.asarray(each)[0], 2, 0)) for each in answers]


def _strongest_first(maps: NDArray[Any]) -> Float32Array:
    """Maps (N, height, width) in the order of their sums."""
    order = np.argsort(-maps.sum((1, 2)), kind="stable")
    return maps[order].astype(np.float32)
