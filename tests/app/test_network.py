"""The network taken apart, checked on a small model whose figures can be worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from digitscope.model_files import KERAS_MODEL
from streamlit_app.components.architecture import stage_names
from streamlit_app.components.montage import as_grey, as_heat, lay_out, with_fields
from streamlit_app.network import (
    Architecture,
    feature_maps,
    group_stages,
    read_architecture,
    stage_outputs,
    strongest_kernels,
)

keras = pytest.importorskip("keras")


@pytest.fixture(scope="module")
def small() -> keras.Model:
    """Two blocks of 2 and 3 filters; all weights of the first are 1, its biases 0."""
    tiles = keras.Input((28, 28, 1))
    x = keras.layers.Conv2D(2, 3, padding="same", activation="relu", name="conv1")(tiles)
    x = keras.layers.MaxPooling2D(name="pool1")(x)
    x = keras.layers.Conv2D(3, 3, padding="same", activation="relu", name="conv2")(x)
    x = keras.layers.GlobalAveragePooling2D()(x)
    model = keras.Model(tiles, keras.layers.Dense(10)(x))
    model.get_layer("conv1").set_weights([np.ones((3, 3, 1, 2)), np.zeros(2)])
    return model


@pytest.fixture(scope="module")
def read(small: keras.Model, tmp_path_factory: pytest.TempPathFactory) -> Architecture:
    """The same, read from its file without Keras."""
    path = tmp_path_factory.mktemp("small") / "small.keras"
    small.save(path)
    return read_architecture(path)


def test_receptive_fields_grow_with_windows_and_strides(read: Architecture) -> None:
    # 3 for the first window, + 1 for the pooling of two, + 2 windows' reach at a stride of two
    assert [layer.receptive_field_px for layer in read.layers] == [1, 3, 4, 8, 28, 28]


def test_shapes_and_parameters_are_the_model_s(small: keras.Model, read: Architecture) -> None:
    assert [layer.name for layer in read.layers] == [layer.name for layer in small.layers]
    assert [layer.shape for layer in read.layers] == [
        tuple(layer.output.shape[1:]) for layer in small.layers
    ]
    assert [layer.parameters for layer in read.layers] == [
        layer.count_params() for layer in small.layers
    ]
    assert read.parameters == small.count_params()


def test_a_stage_is_a_convolution_with_what_follows(read: Architecture) -> None:
    stages = group_stages(read.layers)
    assert [stage.kind for stage in stages] == [
        "InputLayer",
        "Conv2D",
        "Conv2D",
        "GlobalAveragePooling2D",
        "Dense",
    ]
    assert (stages[1].shape, stages[1].receptive_field_px) == ((14, 14, 2), 3)
    assert stages[2].parameters == 3 * (3 * 3 * 2 + 1)


@pytest.mark.skipif(not KERAS_MODEL.is_file(), reason="models/mnist_cnn.keras is missing")
def test_the_stages_of_the_shipped_network_have_names_of_their_own() -> None:
    names = stage_names(group_stages(read_architecture(KERAS_MODEL).layers))
    assert len(set(names)) == len(names)


def test_feature_maps_are_what_the_blocks_make_of_the_tile(
    small: keras.Model, read: Architecture
) -> None:
    pixels = np.zeros((28, 28), np.uint8)
    pixels[10, 10] = 200
    maps = feature_maps(stage_outputs(small, read.layers), pixels)
    assert [each.shape for each in maps] == [(2, 28, 28), (3, 14, 14)]
    expected = np.zeros((28, 28))
    expected[9:12, 9:12] = 200  # a window of ones spreads the pixel over its 3 x 3 neighbours
    np.testing.assert_allclose(maps[0][0], expected)


def test_maps_come_strongest_first(small: keras.Model, read: Architecture) -> None:
    tile = np.random.default_rng(1).integers(0, 255, (28, 28)).astype(np.uint8)
    sums = feature_maps(stage_outputs(small, read.layers), tile)[1].sum((1, 2))
    assert (np.diff(sums) <= 0).all()


def test_a_filter_is_shown_by_its_heaviest_kernel() -> None:
    weights = np.zeros((3, 2, 3, 3), np.float32)
    weights[0, 1, 0, 0], weights[0, 0, 1, 1] = -2.0, 1.0  # the second map weighs most
    kernel = strongest_kernels(weights)[0]
    assert kernel[0, 0] == -1
    assert np.count_nonzero(kernel) == 1


def test_kernels_are_the_weights_of_the_convolutions(
    small: keras.Model, read: Architecture
) -> None:
    assert [kernels.shape for kernels in read.kernels] == [(2, 1, 3, 3), (3, 2, 3, 3)]
    weights = np.asarray(small.get_layer("conv2").kernel)
    np.testing.assert_array_equal(read.kernels[1][2, 1], weights[:, :, 1, 2])


def test_grey_tells_adding_from_taking_away() -> None:
    assert as_grey(np.float32([[[-1, 0, 1]]])).tolist() == [[[0, 128, 255]]]


def test_heat_has_one_scale_for_all_maps() -> None:
    heat = as_heat(np.float32([[[0.0]], [[1.0]], [[2.0]]]))
    brightness = heat.sum((1, 2, 3)).tolist()
    assert brightness == sorted(brightness)
    assert len(set(brightness)) == 3


def test_maps_are_laid_out_in_rows_with_gaps() -> None:
    sheet = lay_out(np.full((5, 7, 7), 255, np.uint8), columns=3, cell_px=14, gap_px=2)
    assert sheet.size == (3 * 14 + 2 * 2, 2 * 14 + 2)
    assert sheet.getpixel((14, 3)) == (0, 0, 0, 0)
    assert sheet.getpixel((45, 29)) == (0, 0, 0, 0)  # the sixth place is empty


def test_each_receptive_field_is_drawn_round_the_centre() -> None:
    picture = np.asarray(with_fields(np.zeros((28, 28), np.uint8), [4, 10], 280))
    drawn = np.flatnonzero(picture[140].any(1))
    assert drawn.tolist() == [90, 91, 120, 121, 158, 159, 188, 189]
