"""Scenes: an ordinary one, a dark pen on plain paper seen from above, and what may be changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from training.synthetic_photos.camera import Camera
from training.synthetic_photos.light import Light
from training.synthetic_photos.pens import RGB, Pen
from training.synthetic_photos.surfaces import Surface

SIZES_WH = ((480, 640), (480, 640), (640, 480), (480, 480), (640, 640), (360, 640), (675, 900))
PAPERS_RGB = ((236, 234, 228), (226, 222, 214), (244, 244, 242), (216, 218, 224), (206, 202, 196))
COLOURED_RGB = ((244, 226, 120), (246, 186, 196), (176, 214, 240), (176, 222, 172), (248, 196, 128))
KRAFT_RGB = ((172, 132, 90), (150, 116, 82), (66, 56, 52), (44, 48, 66), (90, 34, 40))
BOARDS_RGB = ((36, 62, 50), (40, 44, 46), (30, 52, 44), (24, 26, 30))
DARK_RGB = ((28, 28, 32), (24, 40, 120), (40, 44, 70), (56, 56, 60), (30, 60, 150))
MARKERS_RGB = ((24, 24, 28), (28, 60, 170), (190, 36, 44), (24, 120, 70))


@dataclass(frozen=True)
class Scene:
    """All that a photo is made of; `transparent` keeps the ink alone, on nothing."""

    surface: Surface
    pen: Pen
    light: Light
    camera: Camera
    transparent: bool = False


Change = Callable[[Scene, np.random.Generator], Scene]


def _one(choices: tuple[RGB, ...], rng: np.random.Generator, spread: float = 8) -> RGB:
    """One of some colours, a little off."""
    red, green, blue = np.array(choices[rng.integers(len(choices))]) + rng.normal(0, spread, 3)
    return (float(red), float(green), float(blue))


def ordinary(rng: np.random.Generator) -> Scene:
    """A dark pen on plain paper in even light, seen from above."""
    size_wh = SIZES_WH[rng.integers(len(SIZES_WH))]
    tint = 1 + rng.normal(0, 0.025, 3)
    return Scene(
        Surface(_one(PAPERS_RGB, rng, 4), texture=rng.uniform(0.5, 2.5)),
        Pen(_one(DARK_RGB, rng), float(rng.uniform(1 / 32, 1 / 10)), float(rng.uniform(0.8, 0.97))),
        Light(
            level=float(rng.uniform(0.75, 1.02)),
            tint=(float(tint[0]), float(tint[1]), float(tint[2])),
            fall_off=float(rng.uniform(0, 0.18)),
        ),
        Camera(
            size_wh,
            digit_share=float(rng.uniform(0.35, 0.75)),
            place_xy=(float(rng.uniform(-0.5, 0.5)), float(rng.uniform(-0.5, 0.5))),
            tilt_deg=float(rng.normal(0, 3)),
            blur_px=float(rng.uniform(0.5, 1.2)),
            noise=float(rng.uniform(1, 4)),
            jpeg_quality=int(rng.integers(70, 96)),
        ),
    )


def ruled(scene: Scene, rng: np.random.Generator) -> Scene:
    """Lines one way, blue, grey or red, now and then with a margin line."""
    return replace(
        scene,
        surface=replace(
            scene.surface,
            gap=float(rng.uniform(0.3, 1.3)),
            line_rgb=_one(
                ((170, 190, 220), (150, 156, 170), (190, 170, 180), (120, 140, 190)), rng
            ),
            line_px=float(rng.uniform(0.9, 2.2)),
            margin_line=bool(rng.random() < 0.3),
        ),
    )


def squared(scene: Scene, rng: np.random.Generator) -> Scene:
    """Lines both ways."""
    scene = ruled(scene, rng)
    gap = float(rng.uniform(0.13, 0.5))
    surface = replace(scene.surface, squared=True, gap=gap, line_px=float(rng.uniform(0.8, 1.6)))
    return replace(scene, surface=surface)


def coloured(scene: Scene, rng: np.random.Generator) -> Scene:
    """A sticky note, or coloured card."""
    return replace(scene, surface=replace(scene.surface, rgb=_one(COLOURED_RGB, rng, 6)))


def light_pen_on_dark(scene: Scene, rng: np.random.Generator) -> Scene:
    """A white or pale pen on kraft or dark paper."""
    pen = Pen(
        _one(((244, 242, 236), (236, 226, 190)), rng), float(rng.uniform(1 / 20, 1 / 9)), 0.92
    )
    surface = replace(scene.surface, rgb=_one(KRAFT_RGB, rng), texture=3.0, unevenness=4.0)
    return replace(scene, surface=surface, pen=pen)


def blackboard(scene: Scene, rng: np.random.Generator) -> Scene:
    """Chalk on a wiped board."""
    chalk = _one(((238, 238, 232), (238, 226, 150), (226, 190, 196)), rng)
    pen = Pen(chalk, float(rng.uniform(1 / 18, 1 / 9)), 0.88, pressure=0.3, roughness=0.45)
    surface = Surface(_one(BOARDS_RGB, rng, 5), texture=2.5, unevenness=5.0, smears=7.0)
    return replace(scene, surface=surface, pen=pen)


def whiteboard(scene: Scene, rng: np.random.Generator) -> Scene:
    """A marker on a glossy board with traces of the last lesson."""
    pen = Pen(_one(MARKERS_RGB, rng), float(rng.uniform(1 / 16, 1 / 8)), 0.85, pressure=0.2)
    surface = Surface((226, 230, 234), texture=0.6, unevenness=3.0, smears=2.5)
    light = replace(scene.light, glare=float(rng.uniform(0, 0.15)), fall_off=0.25)
    return replace(scene, surface=surface, pen=pen, light=light)


def hard_shadow(scene: Scene, rng: np.random.Generator) -> Scene:
    """A cast shadow with a sharp edge near the digit or across it."""
    depth, edge_px = float(rng.uniform(0.3, 0.6)), float(rng.uniform(0.8, 5))
    return replace(scene, light=replace(scene.light, shadow=depth, shadow_edge_px=edge_px))


def soft_gradient(scene: Scene, rng: np.random.Generator) -> Scene:
    """One lamp at one side: the far side has a third to two thirds of the light."""
    fall_off, vignette = float(rng.uniform(0.4, 0.7)), float(rng.uniform(0.1, 0.4))
    return replace(scene, light=replace(scene.light, fall_off=fall_off, vignette=vignette))


def glare(scene: Scene, rng: np.random.Generator) -> Scene:
    """A reflection beside the digit that washes part of it out."""
    light = replace(scene.light, level=0.7, glare=float(rng.uniform(0.35, 0.65)))
    return replace(scene, light=light)


def low_light(scene: Scene, rng: np.random.Generator) -> Scene:
    """A dark room: little light, warm, much noise."""
    level = float(rng.uniform(0.22, 0.45))
    light = replace(scene.light, level=level, tint=(1.08, 0.98, 0.82), vignette=0.3)
    camera = replace(scene.camera, noise=float(rng.uniform(7, 14)), blur_px=1.2)
    return replace(scene, light=light, camera=camera)


def defocus(scene: Scene, rng: np.random.Generator) -> Scene:
    """Out of focus, by a share of the digit's size."""
    digit_px = scene.camera.digit_share * min(scene.camera.size_wh)
    blur_px = float(rng.uniform(0.012, 0.032)) * digit_px
    return replace(scene, camera=replace(scene.camera, blur_px=max(blur_px, 1.5)))


def motion(scene: Scene, rng: np.random.Generator) -> Scene:
    """A hand that shook."""
    digit_px = scene.camera.digit_share * min(scene.camera.size_wh)
    motion_px = float(rng.uniform(0.04, 0.1)) * digit_px
    return replace(scene, camera=replace(scene.camera, motion_px=max(motion_px, 4)))


def heavy_jpeg(scene: Scene, rng: np.random.Generator) -> Scene:
    """Sent on through messengers until the blocks show."""
    return replace(scene, camera=replace(scene.camera, jpeg_quality=int(rng.integers(6, 18))))


def tiny_frame(scene: Scene, rng: np.random.Generator) -> Scene:
    """An old camera's 176 x 144."""
    share = float(rng.uniform(0.4, 0.8))
    camera = replace(scene.camera, size_wh=(176, 144), digit_share=share, blur_px=0.6)
    pen = replace(scene.pen, width=float(rng.uniform(1 / 20, 1 / 9)))
    return replace(scene, camera=camera, pen=pen)


def small_far(scene: Scene, rng: np.random.Generator) -> Scene:
    """A digit that is small in a large photo."""
    camera = replace(scene.camera, digit_share=float(rng.uniform(0.07, 0.13)))
    pen = replace(scene.pen, width=float(rng.uniform(1 / 16, 1 / 8)))
    return replace(scene, camera=camera, pen=pen)


def corner(scene: Scene, rng: np.random.Generator) -> Scene:
    """A digit in a corner of the photo, whole."""
    x, y = rng.choice((-1, 1), 2) * rng.uniform(0.85, 1, 2)
    share = float(rng.uniform(0.2, 0.4))
    return replace(
        scene, camera=replace(scene.camera, place_xy=(float(x), float(y)), digit_share=share)
    )


def tilted(scene: Scene, rng: np.random.Generator) -> Scene:
    """A page that lies askew, by 10 to 20 degrees."""
    tilt_deg = float(rng.choice((-1, 1)) * rng.uniform(10, 20))
    return replace(scene, camera=replace(scene.camera, tilt_deg=tilt_deg))


def at_an_angle(scene: Scene, rng: np.random.Generator) -> Scene:
    """A page seen from the side: one end is nearer."""
    x, y = rng.choice((-1, 1), 2) * rng.uniform(0.15, 0.55, 2)
    return replace(scene, camera=replace(scene.camera, slant_xy=(float(x), float(y))))


def table_edge(scene: Scene, rng: np.random.Generator) -> Scene:
    """The sheet ends, and the table begins."""
    camera = replace(scene.camera, digit_share=float(rng.uniform(0.25, 0.5)))
    return replace(scene, surface=replace(scene.surface, table=True), camera=camera)


def other_marks(scene: Scene, rng: np.random.Generator) -> Scene:
    """Writing, print, holes or a pen near the border; still one digit."""
    camera = replace(scene.camera, digit_share=float(rng.uniform(0.3, 0.5)))
    return replace(scene, surface=replace(scene.surface, marks=True), camera=camera)


def faint_pencil(scene: Scene, rng: np.random.Generator) -> Scene:
    """Hard pencil, hardly pressed."""
    pen = Pen(
        _one(((104, 104, 108),), rng),
        float(rng.uniform(1 / 40, 1 / 18)),
        cover=float(rng.uniform(0.3, 0.55)),
        pressure=0.3,
        roughness=0.35,
    )
    return replace(scene, pen=pen)


def light_blue_pen(scene: Scene, rng: np.random.Generator) -> Scene:
    """A pale blue felt pen."""
    pen = Pen(_one(((120, 170, 226), (140, 186, 222)), rng), float(rng.uniform(1 / 26, 1 / 11)))
    return replace(scene, pen=pen)


def red_pen(scene: Scene, rng: np.random.Generator) -> Scene:
    """A red ballpoint or felt pen."""
    pen = Pen(_one(((204, 44, 52), (226, 70, 70)), rng), float(rng.uniform(1 / 45, 1 / 11)))
    return replace(scene, pen=pen)


def fine_pen(scene: Scene, rng: np.random.Generator) -> Scene:
    """A ballpoint, and a digit as large as the page."""
    pen = Pen(_one(DARK_RGB, rng), float(rng.uniform(1 / 80, 1 / 35)), pressure=0.25)
    camera = replace(scene.camera, digit_share=float(rng.uniform(0.5, 0.85)))
    return replace(scene, pen=pen, camera=camera)


def thick_brush(scene: Scene, rng: np.random.Generator) -> Scene:
    """A brush or a broad marker."""
    pen = Pen(_one(MARKERS_RGB, rng), float(rng.uniform(1 / 8, 1 / 5.5)), 0.95, pressure=0.25)
    return replace(scene, pen=pen)


def white_on_black(_: Scene, rng: np.random.Generator) -> Scene:
    """A drawing on a screen: white on black, nothing between."""
    side = int(rng.choice((200, 280, 400, 512)))
    camera = Camera((side, side), float(rng.uniform(0.5, 0.85)), blur_px=0, noise=0, jpeg_quality=0)
    pen = Pen((255, 255, 255), float(rng.uniform(1 / 20, 1 / 7)), 1.0, pressure=0)
    surface = Surface((0, 0, 0), texture=0, unevenness=0)
    return Scene(surface, pen, Light(fall_off=0, vignette=0), camera)


def transparent_png(scene: Scene, rng: np.random.Generator) -> Scene:
    """A drawing that was saved without its ground: dark or light ink on nothing."""
    scene = white_on_black(scene, rng)
    rgb = _one((*DARK_RGB, (244, 244, 246), (240, 210, 60)), rng, 4)
    return replace(scene, pen=replace(scene.pen, rgb=rgb), transparent=True)
