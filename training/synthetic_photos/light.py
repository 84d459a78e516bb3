"""How a scene is lit: evenly, from one side, under a shadow, with a reflection."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from digitscope.types import Float32Array
from training.synthetic_photos.pens import RGB


@dataclass(frozen=True)
class Light:
    """The light on a scene.

    Attributes:
        level: of the whole photo; 1 leaves colours as they are.
        tint: of the lamp, red, green and blue about 1.
        fall_off: 0..1, how much darker the far side is.
        vignette: 0..1, how much darker the corners are.
        shadow: 0..1, how much light a cast shadow takes.
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
    scene: Float32Array, light: Light, middle_xy: tuple[float, float], rng: np.random.Generator
) -> Float32Array:
    """Light a scene.

    Args:
        scene: (H, W, 3) float32 RGB in even light.
        light: the light.
        middle_xy: of the digit, px: shadows and reflections come near it.
        rng: where the chance comes from.
    """
    shape = scene.shape[:2]
    level = light.level * _fall_off(shape, light, rng)
    lit = scene * (level[..., None] * np.float32(light.tint))
    if light.shadow:
        dark = light.shadow * _shadow(shape, light.shadow_edge_px, middle_xy, rng)
        lit *= 1 - dark[..., None] * np.float32([1.0, 0.97, 0.92])  # the sky's blue remains
    if light.glare:
        lit += (255 * light.glare * _spot(shape, middle_xy, rng))[..., None]
    return lit


def _grid(shape: tuple[int, ...]) -> tuple[Float32Array, Float32Array]:
    """Rows (H, 1) and columns (1, W), -1..1 along the longer side."""
    height, width = shape[:2]
    scale = 2 / max(height, width)
    y = (np.arange(height, dtype=np.float32) - height / 2) * scale
    x = (np.arange(width, dtype=np.float32) - width / 2) * scale
    return y[:, None], x[None]


def _fall_off(shape: tuple[int, ...], light: Light, rng: np.random.Generator) -> Float32Array:
    """(H, W) float32, up to 1: light from one side, darker corners."""
    y, x = _grid(shape)
    angle = rng.uniform(0, 2 * np.pi)
    across = (np.float32(np.cos(angle)) * x + np.float32(np.sin(angle)) * y + 1.2) / 2.4
    return (1 - np.float32(light.fall_off) * np.clip(across, 0, 1)) * (
        1 - np.float32(light.vignette) * (x * x + y * y) / 2
    )


def _shadow(
    shape: tuple[int, ...],
    edge_px: float,
    middle_xy: tuple[float, float],
    rng: np.random.Generator,
) -> Float32Array:
    """(H, W) float32, 0..1: the shadow of an arm or a phone, its edge near the digit."""
    height, width = shape[:2]
    reach = max(height, width)
    angle = rng.uniform(0, 2 * np.pi)
    away = np.array([np.cos(angle), np.sin(angle)])
    along = np.array([-away[1], away[0]])
    edge = np.array(middle_xy) + away * rng.uniform(-0.2, 0.25) * reach
    knots = np.linspace(-1.5, 1.5, 7)[:, None]
    bend = (rng.standard_normal(7) * rng.choice([0.0, 0.03, 0.08]))[:, None]
    near = edge + (knots * along + bend * away) * reach
    corners = np.concatenate([near, near[::-1] + 3 * reach * away])
    mask = np.zeros((height, width), np.uint8)
    cv2.fillPoly(mask, [np.rint(corners * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    return cv2.GaussianBlur(mask, (0, 0), edge_px).astype(np.float32) / 255


def _spot(
    shape: tuple[int, ...], middle_xy: tuple[float, float], rng: np.random.Generator
) -> Float32Array:
    """(H, W) float32, 0..1: a bright spot, brightest beside the digit's middle."""
    height, width = shape[:2]
    reach = max(height, width)
    away, angle = rng.uniform(0.12, 0.4) * reach, rng.uniform(0, 2 * np.pi)
    spread = rng.uniform(0.1, 0.2) * reach
    y = np.arange(height, dtype=np.float32)[:, None] - (middle_xy[1] + away * np.sin(angle))
    x = np.arange(width, dtype=np.float32)[None] - (middle_xy[0] + away * np.cos(angle))
    return np.exp(-(x * x * rng.uniform(0.5, 1) + y * y * rng.uniform(0.5, 1)) / (2 * spread**2))
