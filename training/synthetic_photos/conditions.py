"""Named conditions of photos: pen, surface, light, camera.

A condition is a list of changes to an ordinary scene: a dark pen on plain paper, seen from above.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from training.synthetic_photos import capture_effects, writing_materials
from training.synthetic_photos.scenes import Change, Scene, ordinary


@dataclass(frozen=True)
class Condition:
    """A named kind of photo: changes to an ordinary scene."""

    name: str
    changes: tuple[Change, ...] = ()

    def arrange(self, rng: np.random.Generator) -> Scene:
        """Make a random scene of this kind."""
        scene = ordinary(rng)
        for change in self.changes:
            scene = change(scene, rng)
        return scene


PAPERS: tuple[Change, ...] = (
    writing_materials.ruled,
    writing_materials.squared,
    writing_materials.coloured,
)
PENS: tuple[Change, ...] = (
    writing_materials.faint_pencil,
    writing_materials.light_blue_pen,
    writing_materials.red_pen,
    writing_materials.fine_pen,
    writing_materials.thick_brush,
)
LIGHTS: tuple[Change, ...] = (
    capture_effects.hard_shadow,
    capture_effects.soft_gradient,
    capture_effects.glare,
    capture_effects.low_light,
)
PLACES: tuple[Change, ...] = (
    capture_effects.small_far,
    capture_effects.corner,
    capture_effects.tilted,
    capture_effects.at_an_angle,
    capture_effects.table_edge,
    capture_effects.other_marks,
    capture_effects.framed,
)
LENSES: tuple[Change, ...] = (
    capture_effects.defocus,
    capture_effects.motion,
    capture_effects.heavy_jpeg,
    capture_effects.tiny_frame,
)
GROUNDS: tuple[Change, ...] = (
    writing_materials.light_pen_on_dark,
    writing_materials.blackboard,
    writing_materials.whiteboard,
)
DRAWINGS: tuple[Change, ...] = (writing_materials.white_on_black, writing_materials.transparent_png)


def everyday(scene: Scene, rng: np.random.Generator) -> Scene:
    """A mix of everyday phone photos: mostly pen on paper, rarely more than two difficulties."""

    def maybe(fraction: float, choices: tuple[Change, ...], scene: Scene) -> Scene:
        change = choices[rng.integers(len(choices))]
        return change(scene, rng) if rng.random() < fraction else scene

    kind = rng.random()
    if kind < 0.06:
        return maybe(1, DRAWINGS, scene)
    on_board = kind < 0.2
    scene = maybe(1, GROUNDS, scene) if on_board else maybe(0.5, PENS, maybe(0.45, PAPERS, scene))
    scene = maybe(0.3, PLACES, maybe(0.35, LIGHTS, scene))
    return maybe(0.2, LENSES, scene)


EVERYDAY = Condition("everyday", (everyday,))

CONDITIONS: dict[str, Condition] = {
    condition.name: condition
    for condition in (
        Condition("plain"),
        *(
            Condition(change.__name__, (change,))
            for group in (PAPERS, GROUNDS, PENS, LIGHTS, PLACES, LENSES, DRAWINGS)
            for change in group
        ),
        EVERYDAY,
    )
}
