"""Changes to a scene: its light, where the digit lies, and what the camera does to it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from training.synthetic_photos.scenes import Scene

LEAST_COVER_IN_THE_DARK = 0.7  # below it, people could not read the digit either


def hard_shadow(scene: Scene, rng: np.random.Generator) -> Scene:
    """A cast shadow with a sharp edge near the digit or across it."""
    depth, edge_px = float(rng.uniform(0.3, 0.6)), float(rng.uniform(0.8, 5))
    return replace(scene, light=replace(scene.light, shadow=depth, shadow_edge_px=edge_px))


def soft_gradient(scene: Scene, rng: np.random.Generator) -> Scene:
    """One lamp at one side: the far side has a third to two thirds of the light."""
    fall_off, vignette = float(rng.uniform(0.4, 0.7)), float(rng.uniform(0.1, 0.4))
    return replace(scene, light=replace(scene.light, fall_off=fall_off, vignette=vignette))


def glare(scene: Scene, rng: np.random.Generator) -> Scene:
    """A reflection beside the digit that makes part of it too bright."""
    light = replace(scene.light, level=0.7, glare=float(rng.uniform(0.35, 0.65)))
    return replace(scene, light=light)


def low_light(scene: Scene, rng: np.random.Generator) -> Scene:
    """A dark room: little, warm light and much noise; the ink is strong enough to be visible."""
    level = float(rng.uniform(0.22, 0.45))
    light = replace(scene.light, level=level, tint=(1.08, 0.98, 0.82), vignette=0.3)
    camera = replace(scene.camera, noise=float(rng.uniform(7, 14)), blur_px=1.2)
    pen = replace(scene.pen, cover=max(scene.pen.cover, LEAST_COVER_IN_THE_DARK))
    return replace(scene, light=light, camera=camera, pen=pen)


def defocus(scene: Scene, rng: np.random.Generator) -> Scene:
    """Out of focus: a blur in proportion to the digit's size."""
    digit_px = scene.camera.digit_ratio * min(scene.camera.size_wh)
    blur_px = float(rng.uniform(0.012, 0.032)) * digit_px
    return replace(scene, camera=replace(scene.camera, blur_px=max(blur_px, 1.5)))


def motion(scene: Scene, rng: np.random.Generator) -> Scene:
    """Motion blur in proportion to the digit's size."""
    digit_px = scene.camera.digit_ratio * min(scene.camera.size_wh)
    motion_px = float(rng.uniform(0.04, 0.1)) * digit_px
    return replace(scene, camera=replace(scene.camera, motion_px=max(motion_px, 4)))


def heavy_jpeg(scene: Scene, rng: np.random.Generator) -> Scene:
    """Strong JPEG compression with visible blocks, as after repeated sending by messengers."""
    return replace(scene, camera=replace(scene.camera, jpeg_quality=int(rng.integers(6, 18))))


def tiny_frame(scene: Scene, rng: np.random.Generator) -> Scene:
    """A photo of 176 x 144 px, as from an old camera."""
    ratio = float(rng.uniform(0.4, 0.8))
    camera = replace(scene.camera, size_wh=(176, 144), digit_ratio=ratio, blur_px=0.6)
    pen = replace(scene.pen, width=float(rng.uniform(1 / 20, 1 / 9)))
    return replace(scene, camera=camera, pen=pen)


def small_far(scene: Scene, rng: np.random.Generator) -> Scene:
    """A digit that is small in a large photo."""
    camera = replace(scene.camera, digit_ratio=float(rng.uniform(0.07, 0.13)))
    pen = replace(scene.pen, width=float(rng.uniform(1 / 16, 1 / 8)))
    return replace(scene, camera=camera, pen=pen)


def corner(scene: Scene, rng: np.random.Generator) -> Scene:
    """A whole digit in a corner of the photo."""
    x, y = rng.choice((-1, 1), 2) * rng.uniform(0.85, 1, 2)
    ratio = float(rng.uniform(0.2, 0.4))
    return replace(
        scene, camera=replace(scene.camera, place_xy=(float(x), float(y)), digit_ratio=ratio)
    )


def tilted(scene: Scene, rng: np.random.Generator) -> Scene:
    """A page that is rotated by 10 to 20 degrees."""
    tilt_deg = float(rng.choice((-1, 1)) * rng.uniform(10, 20))
    return replace(scene, camera=replace(scene.camera, tilt_deg=tilt_deg))


def at_an_angle(scene: Scene, rng: np.random.Generator) -> Scene:
    """A page in perspective: one end is nearer."""
    total, ratio = rng.uniform(0.4, 0.8), rng.random()
    x, y = rng.choice((-1, 1), 2) * total * np.array([ratio, 1 - ratio])
    return replace(scene, camera=replace(scene.camera, slant_xy=(float(x), float(y))))


def table_edge(scene: Scene, rng: np.random.Generator) -> Scene:
    """A sheet that ends inside the photo, with a table beside it."""
    camera = replace(scene.camera, digit_ratio=float(rng.uniform(0.25, 0.5)))
    return replace(scene, surface=replace(scene.surface, table=True), camera=camera)


def other_marks(scene: Scene, rng: np.random.Generator) -> Scene:
    """Writing, print, holes or a pen near the border, beside the one digit."""
    camera = replace(scene.camera, digit_ratio=float(rng.uniform(0.3, 0.5)))
    return replace(scene, surface=replace(scene.surface, marks=True), camera=camera)


def framed(scene: Scene, rng: np.random.Generator) -> Scene:
    """A box or a circle drawn round the digit, as on forms and in exercise books."""
    camera = replace(scene.camera, digit_ratio=float(rng.uniform(0.25, 0.5)))
    return replace(scene, surface=replace(scene.surface, frame=True), camera=camera)
