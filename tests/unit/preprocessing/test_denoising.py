"""Step 4: grain is calmed, and what is left of it measured."""

from __future__ import annotations

import numpy as np
import pytest

from digitscope.preprocessing.denoising import denoise, denoise_sigma_px, measure_grain


def test_the_kernel_follows_the_size() -> None:
    assert denoise_sigma_px((1200, 300)) == 2.0
    assert denoise_sigma_px((28, 28)) == 0.6


def test_denoising_halves_the_grain_and_keeps_an_even_page() -> None:
    grain = np.random.default_rng(0).normal(128, 10, (480, 640)).clip(0, 255).astype(np.uint8)
    assert denoise(grain).std() < grain.std() / 2
    assert denoise(grain).dtype == np.uint8
    even = np.full((48, 64), 77, np.uint8)
    np.testing.assert_array_equal(denoise(even), even)


@pytest.mark.parametrize("deviation", [2.0, 8.0])
def test_the_grain_that_is_left_is_less_than_the_pages(deviation: float) -> None:
    grain = np.random.default_rng(0).normal(0, deviation, (480, 640)).astype(np.float32)
    left = measure_grain(grain)
    assert 0.2 * deviation < left < deviation / 2


def test_an_even_page_has_no_grain_left() -> None:
    assert measure_grain(np.full((50, 60), 7, np.float32)) == 0
