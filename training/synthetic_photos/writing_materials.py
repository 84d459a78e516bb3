"""Changes to a scene: its pen and its surface."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from training.synthetic_photos.camera import Camera
from training.synthetic_photos.light import Light
from training.synthetic_photos.pens import Pen
from training.synthetic_photos.scenes import DARK_RGB, Scene, one_of
from training.synthetic_photos.surfaces import Surface

COLOURED_RGB = ((244, 226, 120), (246, 186, 196), (176, 214, 240), (176, 222, 172), (248, 196, 128))
KRAFT_RGB = ((172, 132, 90), (150, 116, 82), (66, 56, 52), (44, 48, 66), (90, 34, 40))
BOARDS_RGB = ((36, 62, 50), (40, 44, 46), (30, 52, 44), (24, 26, 30))
MARKERS_RGB = ((24, 24, 28), (28, 60, 170), (190, 36, 44), (24, 120, 70))


def ruled(scene: Scene, rng: np.random.Generator) -> Scene:
    """Blue, grey or red lines in one direction, sometimes with a margin line."""
    return replace(
        scene,
        surface=replace(
            scene.surface,
            gap=float(rng.uniform(0.3, 1.3)),
            line_rgb=one_of(
                ((170, 190, 220), (150, 156, 170), (190, 170, 180), (120, 140, 190)), rng
            ),
            line_ratio=float(rng.uniform(0.012, 0.04)),
            margin_line=bool(rng.random() < 0.3),
        ),
    )


def squared(scene: Scene, rng: np.random.Generator) -> Scene:
    """Lines in both directions."""
    scene = ruled(scene, rng)
    gap = float(rng.uniform(0.13, 0.5))
    surface = replace(
        scene.surface, squared=True, gap=gap, line_ratio=float(rng.uniform(0.02, 0.06))
    )
    return replace(scene, surface=surface)


def coloured(scene: Scene, rng: np.random.Generator) -> Scene:
    """A sticky note, or coloured card."""
    return replace(scene, surface=replace(scene.surface, rgb=one_of(COLOURED_RGB, rng, 6)))


def light_pen_on_dark(scene: Scene, rng: np.random.Generator) -> Scene:
    """A white or pale pen on kraft or dark paper."""
    pen = Pen(
        one_of(((244, 242, 236), (236, 226, 190)), rng), float(rng.uniform(1 / 20, 1 / 9)), 0.92
    )
    surface = replace(scene.surface, rgb=one_of(KRAFT_RGB, rng), texture=3.0, unevenness=4.0)
    return replace(scene, surface=surface, pen=pen)


def blackboard(scene: Scene, rng: np.random.Generator) -> Scene:
    """Chalk on a wiped board."""
    chalk = one_of(((238, 238, 232), (238, 226, 150), (226, 190, 196)), rng)
    pen = Pen(chalk, float(rng.uniform(1 / 18, 1 / 9)), 0.88, pressure=0.3, roughness=0.45)
    surface = Surface(one_of(BOARDS_RGB, rng, 5), texture=2.5, unevenness=5.0, smears=7.0)
    return replace(scene, surface=surface, pen=pen)


def whiteboard(scene: Scene, rng: np.random.Generator) -> Scene:
    """A marker on a glossy board with wiping traces."""
    pen = Pen(one_of(MARKERS_RGB, rng), float(rng.uniform(1 / 16, 1 / 8)), 0.85, pressure=0.2)
    surface = Surface((226, 230, 234), texture=0.6, unevenness=3.0, smears=2.5)
    light = replace(scene.light, glare=float(rng.uniform(0, 0.15)), fall_off=0.25)
    return replace(scene, surface=surface, pen=pen, light=light)


def faint_pencil(scene: Scene, rng: np.random.Generator) -> Scene:
    """A hard pencil with little pressure."""
    pen = Pen(
        one_of(((104, 104, 108),), rng),
        float(rng.uniform(1 / 40, 1 / 18)),
        cover=float(rng.uniform(0.3, 0.55)),
        pressure=0.3,
        roughness=0.35,
    )
    return replace(scene, pen=pen)


def light_blue_pen(scene: Scene, rng: np.random.Generator) -> Scene:
    """A pale blue felt pen."""
    pen = Pen(one_of(((120, 170, 226), (140, 186, 222)), rng), float(rng.uniform(1 / 26, 1 / 11)))
    return replace(scene, pen=pen)


def red_pen(scene: Scene, rng: np.random.Generator) -> Scene:
    """A red ballpoint or felt pen."""
    pen = Pen(one_of(((204, 44, 52), (226, 70, 70)), rng), float(rng.uniform(1 / 45, 1 / 11)))
    return replace(scene, pen=pen)


def fine_pen(scene: Scene, rng: np.random.Generator) -> Scene:
    """A fine ballpoint and a large digit."""
    pen = Pen(one_of(DARK_RGB, rng), float(rng.uniform(1 / 80, 1 / 35)), pressure=0.25)
    camera = replace(scene.camera, digit_ratio=float(rng.uniform(0.5, 0.85)))
    return replace(scene, pen=pen, camera=camera)


def thick_brush(scene: Scene, rng: np.random.Generator) -> Scene:
    """A brush or a broad marker."""
    pen = Pen(one_of(MARKERS_RGB, rng), float(rng.uniform(1 / 8, 1 / 5.5)), 0.95, pressure=0.25)
    return replace(scene, pen=pen)


def white_on_black(_: Scene, rng: np.random.Generator) -> Scene:
    """A drawing on a screen: white on black, without blur or noise."""
    side = int(rng.choice((200, 280, 400, 512)))
    camera = Camera((side, side), float(rng.uniform(0.5, 0.85)), blur_px=0, noise=0, jpeg_quality=0)
    pen = Pen((255, 255, 255), float(rng.uniform(1 / 20, 1 / 7)), 1.0, pressure=0)
    surface = Surface((0, 0, 0), texture=0, unevenness=0)
    return Scene(surface, pen, Light(fall_off=0, vignette=0), camera)


def transparent_png(scene: Scene, rng: np.random.Generator) -> Scene:
    """A drawing with a transparent background, in dark or light ink."""
    scene = white_on_black(scene, rng)
    rgb = one_of((*DARK_RGB, (244, 244, 246), (240, 210, 60)), rng, 4)
    return replace(scene, pen=replace(scene.pen, rgb=rgb), transparent=True)
