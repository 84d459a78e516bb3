"""Step 4, denoising: reduce camera noise and paper grain before a threshold is set.

A Gaussian blur is enough, because the background is even by now. Its width grows with the size of
the picture, so that a phone photo and a 28 x 28 tile are smoothed alike.
"""

from __future__ import annotations

import dataclasses

import cv2
import numpy as np

from digitscope.messages import Message
from digitscope.preprocessing.background_estimation import deviation
from digitscope.preprocessing.state import Attempt, Grey, State
from digitscope.types import Float32Array, UInt8Array

KERNEL_FRACTION = 1 / 600  # sigma of the kernel per pixel of the longest side
MIN_SIGMA_PX = 0.6


def apply(state: State, _: Attempt) -> State:
    """Smooth the grey picture, and measure the grain that is left."""
    levels = denoise(state.grey.levels)
    calm = Grey(levels, state.grey.colour_weights, measure_grain(state.foreground.luma))
    return dataclasses.replace(state, grey=calm)


def explain(_: State, after: State) -> tuple[UInt8Array, Message]:
    """Show the smoothed picture."""
    height, width = after.grey.levels.shape
    return after.grey.levels, Message(
        "Smoothed with a Gaussian of {sigma:.1f} px, for a picture of {width} x {height} px.",
        sigma=denoise_sigma_px((height, width)),
        width=width,
        height=height,
    )


def denoise_sigma_px(size_hw: tuple[int, ...]) -> float:
    """Choose the sigma of the kernel, px, for a picture of this height and width."""
    return max(MIN_SIGMA_PX, max(size_hw) * KERNEL_FRACTION)


def denoise(image: UInt8Array) -> UInt8Array:
    """Smooth (H, W) or (H, W, 3) uint8 with a Gaussian whose width grows with the size."""
    sigma_px = denoise_sigma_px(image.shape[:2])
    return cv2.GaussianBlur(image, (0, 0), sigma_px).astype(np.uint8, copy=False)


def measure_grain(luma: Float32Array) -> float:
    """Measure the page's grain after denoising: its deviation in levels of 0..255.

    Args:
        luma: (H, W) float32, of the picture minus the background estimate.
    """
    calm = cv2.GaussianBlur(luma, (0, 0), denoise_sigma_px(luma.shape[:2]))
    return deviation(calm[::3, ::3].astype(np.float32, copy=False))
