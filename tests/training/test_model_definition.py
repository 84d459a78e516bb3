"""The network is the documented one, made of built-in layers."""

from __future__ import annotations

import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from digitscope.settings import KERAS_MODEL

keras = pytest.importorskip("keras")

import training.model_definition as definition  # noqa: E402 - after the check for keras
from training.model_definition import PARAMETERS, build_model  # noqa: E402


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
    subprocess.run(
        [sys.executable, "-I", "-c", OPEN_WITHOUT_PROJECT, KERAS_MODEL, str(PARAMETERS[4])],
        cwd=tmp_path,
        env=quiet,
        check=True,
    )
