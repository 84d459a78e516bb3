from __future__ import annotations

import numpy as np
import pytest

from digitscope.numbers.search import Edge, edge_probabilities
from digitscope.types import CLASSES, TILE_PX, UInt8Array
from training.data.mnist import Digits
from training.synthetic_numbers.conditions import CONDITIONS, make_picture
from training.synthetic_numbers.fit import loss_and_gradient, pack
from training.synthetic_numbers.samples import RowSample, has_path, row_samples


@pytest.fixture(scope="module")
def digits(mnist_tiles: tuple[UInt8Array, UInt8Array]) -> Digits:
    return Digits(*mnist_tiles)


@pytest.mark.parametrize("name", CONDITIONS)
def test_a_seed_gives_the_same_picture_and_another_seed_another(name: str, digits: Digits) -> None:
    one, same, other = (make_picture(CONDITIONS[name], digits, (3, n)) for n in (1, 1, 2))
    assert np.array_equal(one.rgb, same.rgb) and one.text == same.text
    assert one.rgb.shape != other.rgb.shape or not np.array_equal(one.rgb, other.rgb)
    assert one.rgb.dtype == np.uint8 and one.owner.shape == one.rgb.shape[:2]


def test_every_digit_of_the_text_has_ink(digits: Digits) -> None:
    picture = make_picture(CONDITIONS["plain"], digits, (5,))
    assert set(np.unique(picture.owner)) == set(range(len(picture.text) + 1))


def sure_of_everything(tiles: UInt8Array) -> np.ndarray:
    return np.full((len(tiles), CLASSES), [0.91, *[0.01] * 9], np.float32)


def test_rows_of_a_picture_have_right_paths(digits: Digits) -> None:
    picture = make_picture(CONDITIONS["wide"], digits, (5,))
    samples, missing = row_samples(picture, sure_of_everything)
    assert samples and missing <= len(picture.text) - picture.text.count("0") + 1
    assert all(has_path(sample) for sample in samples)


def test_the_gradient_is_that_of_the_loss() -> None:
    rows = pack([_sample()] * 2)
    weights, width = np.array([0.3, -0.2, 0.5]), 1e-6
    _, gradient = loss_and_gradient(weights, rows)
    for index, unit in enumerate(np.eye(3)):
        above, _ = loss_and_gradient(weights + width * unit, rows)
        below, _ = loss_and_gradient(weights - width * unit, rows)
        assert (above - below) / (2 * width) == pytest.approx(gradient[index], abs=1e-6)


def test_all_rows_at_once_are_as_each_alone() -> None:
    sample = _sample()
    scores = sample.features @ np.array([0.3, -0.2, 0.5])
    spans = zip(sample.starts.tolist(), sample.ends.tolist(), scores.tolist(), strict=True)
    log_sum, probable = edge_probabilities([Edge(*one) for one in spans], sample.nodes)
    sums, together = pack([sample] * 2).sums(np.tile(scores, 2))
    assert sums == pytest.approx([log_sum] * 2)
    assert together == pytest.approx(np.tile(probable, 2))


def _sample() -> RowSample:
    features = np.array([[1.0, 0.2, 0.0], [0.4, 1.0, 0.0], [0.0, 0.0, 1.0], [0.0, 0.0, 0.7]])
    starts, ends = np.array([0, 0, 0, 1]), np.array([2, 1, 1, 2])
    return RowSample(starts, ends, features, np.array([True, False, False, False]), 3)


def test_the_network_is_asked_in_two_batches_of_tiles(digits: Digits) -> None:
    seen: list[tuple[int, ...]] = []
    picture = make_picture(CONDITIONS["plain"], digits, (5,))
    row_samples(picture, lambda tiles: seen.append(tiles.shape) or sure_of_everything(tiles))
    assert 1 <= len(seen) <= 2
    assert all(shape[1:] == (TILE_PX, TILE_PX) for shape in seen)
