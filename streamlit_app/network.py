"""The network's architecture: its layers, receptive fields, filters and feature maps.

All but the feature maps is read from the `.keras` file, a ZIP archive, without Keras, so that no
page waits for the import of TensorFlow. No shape and no count is hard-coded.
"""

from __future__ import annotations

import io
import json
import math
import re
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from digitscope.types import Float32Array, UInt8Array

if TYPE_CHECKING:
    import keras

CONVOLUTION, POOLING = "Conv2D", "MaxPooling2D"
STAGE_STARTS = (CONVOLUTION, "GlobalAveragePooling2D", "Dense")  # a stage begins with one of these


@dataclass(frozen=True)
class Architecture:
    """The architecture of the network in a `.keras` file.

    Attributes:
        layers: all layers in order.
        kernels: each convolution's weights, (filters, input maps, 3, 3).
        dropout: dropout rate, 0..1, or None.
    """

    layers: tuple[Layer, ...]
    kernels: tuple[Float32Array, ...]
    dropout: float | None

    @property
    def parameters(self) -> int:
        """The number of parameters of all layers."""
        return sum(layer.parameters for layer in self.layers)


@dataclass(frozen=True)
class Layer:
    """One layer.

    Attributes:
        kind: its class in Keras.
        shape: output shape, without the batch.
        parameters: number of its parameters, trained or not.
        receptive_field_px: side of the square of the tile that one of its values depends on.
    """

    name: str
    kind: str
    shape: tuple[int, ...]
    parameters: int
    receptive_field_px: int


@dataclass(frozen=True)
class Stage:
    """Layers that belong together: the input, a convolution block, the average, or the output.

    Attributes:
        layers: its layers in order.
    """

    layers: tuple[Layer, ...]

    @property
    def kind(self) -> str:
        """The class of its first layer."""
        return self.layers[0].kind

    @property
    def shape(self) -> tuple[int, ...]:
        """Output shape, without the batch."""
        return self.layers[-1].shape

    @property
    def parameters(self) -> int:
        """The number of parameters of its layers."""
        return sum(layer.parameters for layer in self.layers)

    @property
    def receptive_field_px(self) -> int:
        """Side of its receptive field before pooling, px."""
        return next(
            each.receptive_field_px for each in reversed(self.layers) if each.kind != POOLING
        )


def read_architecture(path: Path) -> Architecture:
    """Read layers and weights from the `.keras` file of a sequence of built-in layers.

    Raises:
        OSError, KeyError, ValueError, zipfile.BadZipFile: the file has another form.
    """
    import h5py

    with zipfile.ZipFile(path) as archive:
        configs = json.loads(archive.read("config.json"))["config"]["layers"]
        with h5py.File(io.BytesIO(archive.read("model.weights.h5"))) as file:
            weights = list(_weights_of(configs, file["layers"]))
    kernels = [
        np.moveaxis(arrays[0], (3, 2), (0, 1))
        for config, arrays in zip(configs, weights, strict=True)
        if config["class_name"] == CONVOLUTION
    ]
    rates = [one["config"]["rate"] for one in configs if one["class_name"] == "Dropout"]
    layers = tuple(_layers_of(configs, weights))
    return Architecture(layers, tuple(kernels), rates[0] if rates else None)


def _weights_of(
    configs: list[Mapping[str, Any]], groups: Mapping[str, Any]
) -> Iterator[list[Float32Array]]:
    """Yield each layer's arrays; Keras names a group by the layer's class and a number."""
    seen: Counter[str] = Counter()
    for config in configs:
        group = _snake_case(config["class_name"])
        number = seen[group]
        seen[group] += 1
        arrays = groups[f"{group}_{number}" if number else group]["vars"]
        yield [np.asarray(arrays[key]) for key in sorted(arrays, key=int)]


def _snake_case(name: str) -> str:
    """Convert ``MaxPooling2D`` to ``max_pooling2d``, as Keras does."""
    split = re.sub(r"(.)([A-Z][a-z0-9]+)", r"\1_\2", re.sub(r"\W+", "", name))
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", split).lower()


def _layers_of(
    configs: list[Mapping[str, Any]], weights: list[list[Float32Array]]
) -> Iterator[Layer]:
    """Yield every layer in order, with its receptive field.

    Source: Araujo et al., "Computing receptive fields of convolutional neural networks", 2019.
    """
    field_px, step, side = 1, 1, 1
    shape: tuple[int, ...] = ()
    for config, arrays in zip(configs, weights, strict=True):
        kind, options = config["class_name"], config["config"]
        shape = _output_shape(kind, options, shape)
        side = side if len(shape) == 1 else max(side, shape[0])
        window = options.get("kernel_size") or options.get("pool_size") or (1,)
        field_px += (window[0] - 1) * step
        step *= (options.get("strides") or (1,))[0]
        if len(shape) == 1:  # the maps are averaged: each value depends on the whole tile
            field_px = side
        count = sum(array.size for array in arrays)
        yield Layer(options["name"], kind, shape, count, min(field_px, side))


def _output_shape(kind: str, options: Mapping[str, Any], shape: tuple[int, ...]) -> tuple[int, ...]:
    """A layer's output shape for an input of this shape, without the batch."""
    if kind == "InputLayer":
        return tuple(options["batch_shape"][1:])
    if kind in (CONVOLUTION, POOLING):
        window = options.get("kernel_size") or options["pool_size"]
        lost = 0 if options["padding"] == "same" else window[0] - 1
        side = math.ceil((shape[0] - lost) / options["strides"][0])
        return (side, side, options.get("filters", shape[-1]))
    if kind == "GlobalAveragePooling2D":
        return shape[-1:]
    return (options["units"],) if kind == "Dense" else shape


def group_stages(layers: tuple[Layer, ...]) -> tuple[Stage, ...]:
    """Group the layers: the input, one stage for each convolution, the average, the output."""
    groups: list[list[Layer]] = [[]]
    for layer in layers:
        if layer.kind in STAGE_STARTS:
            groups.append([])
        groups[-1].append(layer)
    return tuple(Stage(tuple(group)) for group in groups if group)


def strongest_kernels(kernels: Float32Array) -> Float32Array:
    """One convolution's filters as small pictures: (filters, 3, 3), -1..1.

    After the first block, a filter has one kernel for each input map; the kernel with the largest
    weights represents the filter.

    Args:
        kernels: (filters, input maps, 3, 3).
    """
    strongest = np.abs(kernels).sum((2, 3)).argmax(1)
    chosen = kernels[np.arange(len(kernels)), strongest]  # (filters, 3, 3)
    largest = np.abs(chosen).max((1, 2), keepdims=True)
    return chosen / np.maximum(largest, np.finfo(np.float32).tiny)


def stage_outputs(model: keras.Model, layers: tuple[Layer, ...]) -> keras.Model:
    """A model whose outputs are those of each convolution stage, before pooling."""
    import keras

    names = [
        next(layer.name for layer in reversed(stage.layers) if layer.kind != POOLING)
        for stage in group_stages(layers)
        if stage.kind == CONVOLUTION
    ]
    return keras.Model(model.input, [model.get_layer(name).output for name in names])


def feature_maps(outputs: keras.Model, pixels: UInt8Array) -> list[Float32Array]:
    """Each block's feature maps of a tile (28, 28): (maps, height, width), strongest first."""
    batch = pixels[np.newaxis, ..., np.newaxis].astype(np.float32)  # (1, 28, 28, 1)
    answers: list[Any] = outputs.predict_on_batch(batch)
    return [_strongest_first(np.moveaxis(np.asarray(each)[0], 2, 0)) for each in answers]


def _strongest_first(maps: NDArray[Any]) -> Float32Array:
    """Sort maps (N, height, width) by their sums, the largest first."""
    order = np.argsort(-maps.sum((1, 2)), kind="stable")
    return maps[order].astype(np.float32)
