"""The parts of a photo, and an ordinary scene: a dark pen on plain paper, seen from above."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from training.synthetic_photos.camera import Camera
from training.synthetic_photos.light import Light
from training.synthetic_photos.pens import RGB, Pen
from training.synthetic_photos.surfaces import Surface

SIZES_WH = ((480, 640), (480, 640), (640, 480), (480, 480), (640, 640), (360, 640), (675, 900))
PAPERS_RGB = ((236, 234, 228), (226, 222, 214), (244, 244, 242), (216, 218, 224), (206, 202, 196))
DARK_RGB = ((28, 28, 32), (24, 40, 120), (40, 44, 70), (56, 56, 60), (30, 60, 150))


@dataclass(frozen=True)
class Scene:
    """The parts of a photo; `transparent` keeps only the ink, on a transparent background."""

    surface: Surface
    pen: Pen
    light: Light
    camera: Camera
    transparent: bool = False


Change = Callable[[Scene, np.random.Generator], Scene]


def ordinary(rng: np.random.Generator) -> Scene:
    """A dark pen on plain paper in even light, seen from above."""
    size_wh = SIZES_WH[rng.integers(len(SIZES_WH))]
    tint = 1 + rng.normal(0, 0.025, 3)
    return Scene(
        Surface(one_of(PAPERS_RGB, rng, 4), texture=rng.uniform(0.5, 2.5)),
        Pen(
            one_of(DARK_RGB, rng), float(rng.uniform(1 / 32, 1 / 10)), float(rng.uniform(0.8, 0.97))
        ),
        Light(
            level=float(rng.uniform(0.75, 1.02)),
            tint=(float(tint[0]), float(tint[1]), float(tint[2])),
            fall_off=float(rng.uniform(0, 0.18)),
        ),
        Camera(
            size_wh,
            digit_ratio=float(rng.uniform(0.35, 0.75)),
            place_xy=(float(rng.uniform(-0.5, 0.5)), float(rng.uniform(-0.5, 0.5))),
            tilt_deg=float(rng.normal(0, 3)),
            blur_px=float(rng.uniform(0.5, 1.2)),
            noise=float(rng.uniform(1, 4)),
            jpeg_quality=int(rng.integers(70, 96)),
        ),
    )


def one_of(choices: tuple[RGB, ...], rng: np.random.Generator, spread: float = 8) -> RGB:
    """A random colour of `choices`, slightly changed."""
    red, green, blue = np.array(choices[rng.integers(len(choices))]) + rng.normal(0, spread, 3)
    return (float(red), float(green), float(blue))
