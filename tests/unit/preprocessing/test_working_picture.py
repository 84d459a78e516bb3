"""The working size, and boxes told in the pixels of the picture that was given."""

from __future__ import annotations

import numpy as np
import pytest

from digitscope.preprocessing.working_picture import (
    MIN_WORKING_PX,
    WORKING_PX,
    to_working_size,
)


@pytest.mark.parametrize(
    ("given_wh", "working_wh"),
    [
        ((1600, 1200), (640, 480)),
        ((1200, 1600), (480, 640)),
        ((641, 100), (640, 100)),
        ((640, 480), (640, 480)),
        ((224, 10), (224, 10)),
        ((223, 100), (446, 200)),
        ((28, 28), (224, 224)),
        ((1, 1), (224, 224)),
        ((1600, 1), (640, 1)),
        ((3, 1600), (1, 640)),
    ],
    ids=str,
)
def test_the_longest_side_comes_into_range(
    given_wh: tuple[int, int], working_wh: tuple[int, int]
) -> None:
    working = to_working_size(np.zeros((given_wh[1], given_wh[0], 3), np.uint8))
    assert working.rgb.shape == (working_wh[1], working_wh[0], 3)
    assert working.rgb.dtype == np.uint8
    assert MIN_WORKING_PX <= max(working_wh) <= WORKING_PX
    assert working.given_size_wh == given_wh
    assert working.scale == max(working_wh) / max(given_wh)


def test_a_picture_in_range_is_not_touched() -> None:
    rgb = np.random.default_rng(0).integers(0, 256, (300, 400, 3), dtype=np.uint8)
    np.testing.assert_array_equal(to_working_size(rgb).rgb, rgb)


def test_reducing_takes_the_mean_and_loses_no_thin_line() -> None:
    rgb = np.zeros((1280, 1280, 3), np.uint8)
    rgb[:, 641] = 200
    assert (to_working_size(rgb).rgb[:, 320] == 100).all()


def test_a_box_comes_back_to_the_pixels_it_came_from() -> None:
    working = to_working_size(np.zeros((960, 1280, 3), np.uint8))
    assert working.to_given((10, 20, 30, 41)) == (20, 40, 60, 82)


def test_a_box_is_told_in_the_pixels_of_a_picture_reduced_when_opened() -> None:
    working = to_working_size(np.zeros((1200, 1600, 3), np.uint8), (4000, 3000))
    assert working.scale == 0.16
    assert working.to_given((16, 32, 160, 320)) == (100, 200, 1000, 2000)


def test_a_box_in_an_enlarged_tile_covers_every_pixel_it_touches() -> None:
    working = to_working_size(np.zeros((28, 28, 3), np.uint8))
    assert working.to_given((33, 40, 95, 97)) == (4, 5, 12, 13)


def test_a_box_never_leaves_the_picture_and_is_never_empty() -> None:
    working = to_working_size(np.zeros((1200, 1, 3), np.uint8))
    left, top, right, bottom = working.to_given((0, 639, 1, 641))
    assert (left, right) == (0, 1)
    assert 0 <= top < bottom <= 1200
