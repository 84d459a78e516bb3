"""How a scene is lit: evenly, from one side, under a shadow, with a reflection."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from digitscope.types import Float32Array, UInt8Array
from training.synthetic_photos.pens import RGB, SUBPIXEL_BITS

COARSE = 8  # light that changes slowly is computed at an eighth of the size
SHADOW_RGB = (1.0, 0.97, 0.92)  # part of each channel that a shadow removes; blue sky light remains


@dataclass(frozen=True)
class Light:
    """The light on a scene.

    Attributes:
        level: brightness of the whole photo; 1 leaves colours unchanged.
        tint: colour of the lamp: factors for red, green and blue, about 1.
        fall_off: 0..1, how much darker the far side is.
        vignette: 0..1, how much darker the corners are.
        shadow: 0..1, how much light a cast shadow removes.
        shadow_edge_px: how soft its edge is.
        glare: 0..1, how much of the range a reflection adds in its middle.
    """

    level: float = 1.0
    tint: RGB = (1.0, 1.0, 1.0)
    fall_off: float = 0.1
    vignette: float = 0.05
    shadow: float = 0.0
    shadow_edge_px: float = 3.0
    glare: float = 0.0


def shine(
    scene: UInt8Array, light: Light, middle_xy: tuple[float, float], rng: np.random.Generator
) -> UInt8Array:
    """Apply light to a scene.

    Args:
        scene: (H, W, 3) uint8 RGB in even light.
        light: the light.
        middle_xy: middle of the digit, px; shadows and reflections are near it.
        rng: random generator.

    Returns:
        (H, W, 3) uint8 RGB.
    """
    shape = scene.shape[:2]
    level = _enlarged(_fall_off(shape, light, rng), shape)
    channels = [level * np.float32(light.level * tint) for tint in light.tint]
    if light.shadow:
        dark = light.shadow * _shadow(shape, light.shadow_edge_px, middle_xy, rng)
        channels = [
            channel * (1 - np.float32(part) * dark)
            for channel, part in zip(channels, SHADOW_RGB, strict=True)
        ]
    lit = np.asarray(cv2.multiply(scene, cv2.merge(channels), dtype=cv2.CV_8U), np.uint8)
    if light.glare:
        spot = _enlarged(255 * light.glare * _spot(shape, middle_xy, rng), shape)
        lit = np.asarray(cv2.add(lit, cv2.merge([spot] * 3), dtype=cv2.CV_8U), np.uint8)
    return lit


def _coarse_yx(shape: tuple[int, ...]) -> tuple[Float32Array, Float32Array]:
    """Coordinates of every eighth pixel, px: y (h, 1) and x (1, w)."""
    height, width = (-(-side // COARSE) for side in shape)
    y = np.arange(height, dtype=np.float32)[:, None]
    return y * COARSE, np.arange(width, dtype=np.float32)[None] * COARSE


def _enlarged(coarse: Float32Array, shape: tuple[int, ...]) -> Float32Array:
    large = cv2.resize(coarse, shape[::-1], interpolation=cv2.INTER_LINEAR)
    return np.asarray(large, np.float32)


def _fall_off(shape: tuple[int, ...], light: Light, rng: np.random.Generator) -> Float32Array:
    """(h, w) float32, up to 1: light from one side, darker corners."""
    y, x = _coarse_yx(shape)
    half = np.float32(max(shape) / 2)
    y, x = (y - shape[0] / 2) / half, (x - shape[1] / 2) / half  # -1..1 along the longer side
    angle = rng.uniform(0, 2 * np.pi)
    across = (np.float32(np.cos(angle)) * x + np.float32(np.sin(angle)) * y + 1.2) / 2.4
    corners = 1 - np.float32(light.vignette) * (x * x + y * y) / 2
    lit = (1 - np.float32(light.fall_off) * np.clip(across, 0, 1)) * corners
    return lit.astype(np.float32)


def _shadow(
    shape: tuple[int, ...],
    edge_px: float,
    middle_xy: tuple[float, float],
    rng: np.random.Generator,
) -> Float32Array:
    """(H, W) float32, 0..1: the shadow of an arm or a phone, its edge near the digit."""
    reach = max(shape)
    angle = rng.uniform(0, 2 * np.pi)
    away = np.array([np.cos(angle), np.sin(angle)])
    along = np.array([-away[1], away[0]])
    edge = np.array(middle_xy) + away * rng.uniform(-0.2, 0.25) * reach
    knots = np.linspace(-1.5, 1.5, 7)[:, None]
    bend = (rng.standard_normal(7) * rng.choice([0.0, 0.03, 0.08]))[:, None]
    near = edge + (knots * along + bend * away) * reach
    corners = np.concatenate([near, near[::-1] + 3 * reach * away])
    mask = np.zeros(shape, np.uint8)
    fixed = np.rint(corners * 2**SUBPIXEL_BITS).astype(np.int32)
    cv2.fillPoly(mask, [fixed], 255, cv2.LINE_AA, SUBPIXEL_BITS)
    soft = cv2.GaussianBlur(mask, (0, 0), edge_px)
    return np.asarray(soft, np.float32) / np.float32(255)


def _spot(
    shape: tuple[int, ...], middle_xy: tuple[float, float], rng: np.random.Generator
) -> Float32Array:
    """(h, w) float32, 0..1: a bright spot, brightest beside the digit's middle."""
    reach = max(shape)
    away, angle = rng.uniform(0.12, 0.4) * reach, rng.uniform(0, 2 * np.pi)
    spread = rng.uniform(0.1, 0.2) * reach
    y, x = _coarse_yx(shape)
    y = y - np.float32(middle_xy[1] + away * np.sin(angle))
    x = x - np.float32(middle_xy[0] + away * np.cos(angle))
    wide, tall = (rng.uniform(0.5, 1, 2) / (2 * spread**2)).tolist()
    return np.exp(-wide * x * x - tall * y * y).astype(np.float32)
