"""The network is the documented one, made of built-in layers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from digitscope.model_files import KERAS_MODEL, MODEL_CARD

keras = pytest.importorskip("keras")

import training.model_definition as definition  # noqa: E402 - after the check for keras
from training.config import HyperParameters  # noqa: E402
from training.model_definition import (  # noqa: E402
    PARAMETERS,
    build_model,
    build_network,
    fold_none,
    pixel_order,
)


@pytest.fixture(scope="module")
def model():
    return build_model()


def test_parameters_by_hand(model) -> None:
    """Convolutions with bias, four numbers a BatchNorm channel, the dense layer."""
    channels = (1, 32, 64, 128, 256)
    convolutions = sum(9 * before * after + after for before, after in pairwise(channels))
    norms = 4 * sum(channels[1:])
    dense = 256 * 10 + 10
    assert model.count_params() == convolutions + norms + dense == PARAMETERS[4]


def test_another_network_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(definition, "FILTERS", (32, 64, 128, 512))
    with pytest.raises(ValueError, match="Received"):
        build_model()


def test_three_blocks_for_the_ablation() -> None:
    assert build_model(blocks=3).count_params() == PARAMETERS[3]


def test_linear_layers_by_hand() -> None:
    three = build_network(HyperParameters(network="mlp", rejection="tenths"))
    assert three.count_params() == 785 * 512 + 513 * 256 + 257 * 10
    two = build_network(
        HyperParameters(network="mlp_784_512_10", hidden_units=128, rejection="tenths")
    )
    assert two.count_params() == 785 * 128 + 129 * 10
    kinds = [type(layer).__name__ for layer in three.layers]
    assert kinds.count("Dense") == 3 and "Conv2D" not in kinds


def test_dropout_is_the_settings_in_every_network() -> None:
    for network in ("cnn", "mlp", "mlp_784_512_10"):
        model = build_network(HyperParameters(network=network, dropout=0.2))
        rates = {layer.rate for layer in model.layers if isinstance(layer, keras.layers.Dropout)}
        assert rates == {0.2}


def test_permuted_pixels_are_seen_in_the_fixed_order(tmp_path: Path) -> None:
    """The same weights answer a tile as the other network answers the tile put in that order."""
    order = pixel_order()
    assert sorted(order) == list(range(784)) and list(order) != sorted(order)
    tiles = np.zeros((3, 28, 28, 1), np.float32)
    for number in range(3):
        tiles[number, 4:24, 6 * number : 6 * number + 8] = 255
    put_in_order = tiles.reshape(3, 784)[:, order].reshape(tiles.shape)
    for network in ("cnn", "mlp"):
        plain = build_network(HyperParameters(network=network))
        permuted = build_network(HyperParameters(network=network, permuted=True))
        permuted.set_weights(plain.get_weights())
        keras.saving.save_model(permuted, tmp_path / "permuted.keras")
        opened = keras.saving.load_model(tmp_path / "permuted.keras")
        assert np.allclose(opened(tiles), plain(put_in_order), atol=1e-6)
        assert not np.allclose(opened(tiles), plain(tiles), atol=1e-4)


def test_what_is_no_digit_counts_a_tenth_for_each() -> None:
    learnt = build_model(outputs=11)
    model = fold_none(learnt)
    tiles = np.random.default_rng(0).uniform(0, 255, (4, 28, 28, 1)).astype(np.float32)
    eleven, ten = np.asarray(learnt(tiles)), np.asarray(model(tiles))
    assert ten.shape == (4, 10) and np.allclose(ten.sum(1), 1, atol=1e-6)
    assert np.allclose(ten, eleven[:, :10] + eleven[:, 10:] / 10, atol=1e-6)
    assert model.count_params() <= 400_000
    assert len(model.trainable_weights) == len(learnt.trainable_weights)


def test_a_network_of_ten_classes_stays_as_it_is(model) -> None:
    assert fold_none(model) is model


def test_unknown_networks_and_optimizers_are_refused() -> None:
    with pytest.raises(ValueError, match="Received: 'rnn'"):
        HyperParameters(network="rnn")
    with pytest.raises(ValueError, match="Received: 'lion'"):
        HyperParameters(optimizer="lion")


def test_mixed_precision_keeps_its_weights_and_answers_in_float32() -> None:
    model = build_model(precision="mixed_bfloat16")
    assert {str(weight.dtype) for weight in model.weights} == {"float32"}
    assert model.get_layer("conv3").compute_dtype == "bfloat16"
    tile = np.full((1, 28, 28, 1), 255, np.float32)
    assert np.asarray(model(tile)).dtype == np.float32


def test_layers_are_keras_own(model) -> None:
    assert {type(layer).__module__.split(".")[0] for layer in model.layers} == {"keras"}
    assert not [layer for layer in model.layers if "Random" in type(layer).__name__]


def test_pooling_and_shapes(model) -> None:
    shapes = [model.get_layer(f"relu{number}").output.shape for number in (1, 2, 3, 4)]
    assert [shape[1:] for shape in shapes] == [
        (28, 28, 32),
        (14, 14, 64),
        (7, 7, 128),
        (7, 7, 256),
    ]
    assert model.input_shape == (None, 28, 28, 1)


def test_normalisation_is_inside(model) -> None:
    tiles = np.array([0.0, 33.3184, 255.0], np.float32).reshape(3, 1, 1, 1)
    normalised = np.asarray(model.get_layer("normalise")(np.broadcast_to(tiles, (3, 28, 28, 1))))
    wanted = (tiles - 33.3184) / 78.5675
    assert np.allclose(normalised[:, :1, :1], wanted, atol=1e-5)


def test_answers_are_probabilities_and_the_same_each_time(model) -> None:
    tiles = np.random.default_rng(0).uniform(0, 255, (3, 28, 28, 1)).astype(np.float32)
    first, second = (np.asarray(model(tiles)) for _ in range(2))
    assert first.shape == (3, 10) and first.dtype == np.float32
    assert np.allclose(first.sum(1), 1, atol=1e-5)
    assert np.array_equal(first, second)  # no dropout, no augmentation when asked


OPEN_WITHOUT_PROJECT = """
import sys, keras, numpy
model = keras.saving.load_model(sys.argv[1])
assert model.count_params() == int(sys.argv[2]), model.count_params()
assert not model.compiled
assert model(numpy.zeros((2, 28, 28, 1), "float32")).shape == (2, 10)
assert not {"training", "digitscope"} & set(sys.modules)
"""


@pytest.mark.slow
def test_shipped_file_opens_without_project_code(tmp_path: Path) -> None:
    quiet = os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3"}
    parameters = json.loads(MODEL_CARD.read_text("utf-8"))["parameters"]
    subprocess.run(
        [sys.executable, "-I", "-c", OPEN_WITHOUT_PROJECT, KERAS_MODEL, str(parameters)],
        cwd=tmp_path,
        env=quiet,
        check=True,
    )
