"""The conditions by name: what is written with what on what, in which light, by which camera.

A condition is a row of changes to an ordinary scene: a dark pen on plain paper, seen from above.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from training.synthetic_photos import scenes
from training.synthetic_photos.scenes import Change, Scene


@dataclass(frozen=True)
class Condition:
    """A named kind of photo: an ordinary scene, changed."""

    name: str
    changes: tuple[Change, ...] = ()

    def arrange(self, rng: np.random.Generator) -> Scene:
        """Draw one scene of this kind."""
        scene = scenes.ordinary(rng)
        for change in self.changes:
            scene = change(scene, rng)
        return scene


PAPERS: tuple[Change, ...] = (scenes.ruled, scenes.squared, scenes.coloured)
PENS: tuple[Change, ...] = (
    scenes.faint_pencil,
    scenes.light_blue_pen,
    scenes.red_pen,
    scenes.fine_pen,
    scenes.thick_brush,
)
LIGHTS: tuple[Change, ...] = (
    scenes.hard_shadow,
    scenes.soft_gradient,
    scenes.glare,
    scenes.low_light,
)
PLACES: tuple[Change, ...] = (
    scenes.small_far,
    scenes.corner,
    scenes.tilted,
    scenes.at_an_angle,
    scenes.table_edge,
    scenes.other_marks,
)
LENSES: tuple[Change, ...] = (scenes.defocus, scenes.motion, scenes.heavy_jpeg, scenes.tiny_frame)
GROUNDS: tuple[Change, ...] = (scenes.light_pen_on_dark, scenes.blackboard, scenes.whiteboard)
DRAWINGS: tuple[Change, ...] = (scenes.white_on_black, scenes.transparent_png)


def everyday(scene: Scene, rng: np.random.Generator) -> Scene:
    """A mix as phones bring it: mostly pen on paper, seldom more than two difficulties."""

    def maybe(share: float, choices: tuple[Change, ...], scene: Scene) -> Scene:
        change = choices[rng.integers(len(choices))]
        return change(scene, rng) if rng.random() < share else scene

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
