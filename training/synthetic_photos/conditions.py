"""The conditions by name: what is written with what on what, in which light, by which camera.

A condition is a row of changes to an ordinary scene: a dark pen on plain paper, seen from above.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from training.synthetic_photos import circumstances, stationery
from training.synthetic_photos.scenes import Change, Scene, ordinary


@dataclass(frozen=True)
class Condition:
    """A named kind of photo: an ordinary scene, changed."""

    name: str
    changes: tuple[Change, ...] = ()

    def arrange(self, rng: np.random.Generator) -> Scene:
        """Draw one scene of this kind."""
        scene = ordinary(rng)
        for change in self.changes:
            scene = change(scene, rng)
        return scene


PAPERS: tuple[Change, ...] = (stationery.ruled, stationery.squared, stationery.coloured)
PENS: tuple[Change, ...] = (
    stationery.faint_pencil,
    stationery.light_blue_pen,
    stationery.red_pen,
    stationery.fine_pen,
    stationery.thick_brush,
)
LIGHTS: tuple[Change, ...] = (
    circumstances.hard_shadow,
    circumstances.soft_gradient,
    circumstances.glare,
    circumstances.low_light,
)
PLACES: tuple[Change, ...] = (
    circumstances.small_far,
    circumstances.corner,
    circumstances.tilted,
    circumstances.at_an_angle,
    circumstances.table_edge,
    circumstances.other_marks,
)
LENSES: tuple[Change, ...] = (
    circumstances.defocus,
    circumstances.motion,
    circumstances.heavy_jpeg,
    circumstances.tiny_frame,
)
GROUNDS: tuple[Change, ...] = (
    stationery.light_pen_on_dark,
    stationery.blackboard,
    stationery.whiteboard,
)
DRAWINGS: tuple[Change, ...] = (stationery.white_on_black, stationery.transparent_png)


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
