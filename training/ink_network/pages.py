"""Draw one labelled photo: writing, surface, light, camera, and the mask of its ink."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import cv2
import numpy as np

from digitscope.types import Float32Array, UInt8Array
from training.ink_network.writing import Part, Writers, framed, write_one, write_rows
from training.synthetic_numbers import conditions as numbers
from training.synthetic_photos import CONDITIONS, EVERYDAY, Condition
from training.synthetic_photos.camera import expose, place
from training.synthetic_photos.conditions import GROUNDS, LENSES, LIGHTS, PAPERS, PENS, PLACES
from training.synthetic_photos.grain import cloud
from training.synthetic_photos.light import Light, shine
from training.synthetic_photos.pens import RGB, Ink, write
from training.synthetic_photos.scenes import Scene
from training.synthetic_photos.surfaces import paint

FRAME_FRACTION = 0.03  # of the photos have a box, a ring or lines round the writing
RECOLOURED_FRACTION = 0.3  # of the photos have random colours of paper and ink
SECOND_SHADOW, CREASED, THINGS = 0.12, 0.15, 0.15  # fractions of the photos
LEAST_CONTRAST = 45  # minimum between random colours of paper and ink, in levels of 0..255
FULL_COVER = 0.6  # of the densest ink: from this cover on, a pixel's label is 1
TILE_SIDE_PX = (28, 72)  # side of a picture that is one tile; it is enlarged later
WHITE, BLACK = (255.0, 255.0, 255.0), (0.0, 0.0, 0.0)


@dataclass(frozen=True, eq=False)
class Page:
    """A labelled photo.

    Attributes:
        rgb: (H, W, 3) uint8.
        ink: (H, W) float32, 0..1, only the ink of digits and signs.
    """

    rgb: UInt8Array
    ink: Float32Array


def hard_mix(scene: Scene, rng: np.random.Generator) -> Scene:
    """Several difficulties at once, more than everyday photos have."""
    first = GROUNDS if rng.random() < 0.15 else PAPERS
    mixed = ((first, 0.6), (PENS, 0.6), (LIGHTS, 0.6), (LIGHTS, 0.2), (PLACES, 0.4), (LENSES, 0.25))
    for changes, fraction in mixed:
        if rng.random() < fraction:
            scene = changes[rng.integers(len(changes))](scene, rng)
    return scene


HARD = Condition("hard_mix", (hard_mix,))


def draw_page(writers: Writers, rng: np.random.Generator) -> Page:
    """Draw a labelled photo of a random kind; the same for the same generator state."""
    makers, often = zip(*KINDS, strict=True)
    maker = makers[rng.choice(len(makers), p=np.array(often) / sum(often))]
    page: Page = maker(writers, rng)
    return page


def one_digit(writers: Writers, rng: np.random.Generator) -> Page:
    """A photo of one digit, rarely of a sign."""
    return photograph(_maybe_framed(write_one(writers, rng), rng), _any_condition(rng), rng)


def rows(writers: Writers, rng: np.random.Generator) -> Page:
    """A photo of rows of digits."""
    return photograph(_maybe_framed(write_rows(writers, rng), rng), _any_condition(rng), rng)


def nothing(writers: Writers, rng: np.random.Generator) -> Page:
    """A page without any digit."""
    parts = write_one(writers, rng)
    shown = _maybe_framed(parts, rng)
    unwritten = replace(shown[0], is_ink=False, width=0.0)  # not drawn, but its place is reserved
    return photograph([unwritten, *shown[1:]], _any_condition(rng), rng)


def tile(writers: Writers, rng: np.random.Generator) -> Page:
    """A picture of one tile, dark on light or light on dark, often cropped to its digit."""
    drawn = writers.digits.tiles[rng.integers(len(writers.digits))]
    if rng.random() < 0.5:
        left, top, wide, tall = cv2.boundingRect(drawn)
        drawn = np.pad(drawn[top : top + tall, left : left + wide], int(rng.integers(0, 3)))
    side = int(rng.integers(*TILE_SIDE_PX))
    size_wh = (
        max(8, side * drawn.shape[1] // max(drawn.shape)),
        max(8, side * drawn.shape[0] // max(drawn.shape)),
    )
    ink = cv2.resize(drawn, size_wh, interpolation=cv2.INTER_CUBIC).astype(np.float32) / 255
    low, high = rng.uniform(0, 90), rng.uniform(150, 255)
    level = high - (high - low) * ink if rng.random() < 0.6 else low + (high - low) * ink
    level = level + rng.normal(0, rng.choice([0, 2, 8]), level.shape)
    rgb = cv2.merge([np.clip(level, 0, 255).astype(np.uint8)] * 3)
    return Page(np.asarray(rgb, np.uint8), np.clip(ink / FULL_COVER, 0, 1).astype(np.float32))


def number(writers: Writers, rng: np.random.Generator) -> Page:
    """A picture of numbers from `training.synthetic_numbers`."""
    names = tuple(numbers.CONDITIONS)
    condition = numbers.CONDITIONS[names[rng.integers(len(names))]]
    made = numbers.make_picture(
        condition, writers.digits, tuple(rng.integers(0, 2**31, 2).tolist())
    )
    return Page(made.rgb, (made.owner > 0).astype(np.float32))


KINDS: tuple[tuple[Callable[[Writers, np.random.Generator], Page], float], ...] = (
    (one_digit, 0.62),  # with relative frequencies
    (rows, 0.15),
    (nothing, 0.08),
    (tile, 0.07),
    (number, 0.08),
)


def photograph(parts: list[Part], condition: Condition, rng: np.random.Generator) -> Page:
    """Draw the parts in a random scene of the condition and take the photo, with its ink mask.

    `training.synthetic_photos` does the drawing.
    """
    scene = _with_camera_for(parts, _on_its_ground(condition.arrange(rng)))
    if rng.random() < RECOLOURED_FRACTION:
        scene = _recoloured(scene, rng)
    camera = scene.camera
    points = np.concatenate([one.points_xy for one in parts])
    stroke = 0.0 if parts[0].hand.outlines else scene.pen.width
    placed, to_photo = place(points, stroke, camera)
    (left, top), (right, bottom) = placed.min(axis=0).tolist(), placed.max(axis=0).tolist()
    sheet = paint(scene.surface, camera.size_wh, to_photo, (left, top, right, bottom), rng)
    if rng.random() < THINGS:
        _lay_things(sheet, (left, top, right, bottom), rng)
    ink = _draw(parts, placed, scene, sheet, rng)
    middle = ((left + right) / 2, (top + bottom) / 2)
    return Page(expose(_light(sheet, scene.light, middle, rng), camera, rng), ink)


def _draw(
    parts: list[Part],
    placed: Float32Array,
    scene: Scene,
    sheet: UInt8Array,
    rng: np.random.Generator,
) -> Float32Array:
    """Draw the parts on a sheet, in place; returns the ink label, (H, W) float32, 0..1."""
    ink = np.zeros(sheet.shape[:2], np.float32)
    start = 0
    for part in parts:
        own = placed[start : start + len(part.points_xy)]
        start += len(own)
        if part.width == 0:
            continue
        laid = write(part.hand, own, part.pen(scene.pen), scene.camera.size_wh, rng)
        laid.lay_on(sheet)
        if part.is_ink:
            _mark(ink, laid)
    return ink


def _mark(ink: Float32Array, laid: Ink) -> None:
    left, top, right, bottom = laid.box_xyxy
    whole = max(FULL_COVER * float(laid.cover.max(initial=0)), 1e-3)
    under = ink[top:bottom, left:right]
    under[:] = np.maximum(under, np.minimum(laid.cover / whole, 1))


def _light(
    sheet: UInt8Array, light: Light, middle: tuple[float, float], rng: np.random.Generator
) -> UInt8Array:
    """Apply light to a sheet, sometimes with creases and a second shadow."""
    lit = sheet
    if rng.random() < CREASED:
        knots = int(rng.integers(4, 24))
        relief = 1 + np.float32(rng.uniform(0.02, 0.09)) * cloud(
            sheet.shape[:2], (knots, knots), rng
        )
        lit = np.asarray(cv2.multiply(lit, cv2.merge([relief] * 3), dtype=cv2.CV_8U), np.uint8)
    lit = shine(lit, light, middle, rng)
    if rng.random() < SECOND_SHADOW:
        depth, edge_px = float(rng.uniform(0.1, 0.4)), float(rng.uniform(1, 25))
        lit = shine(lit, Light(fall_off=0, shadow=depth, shadow_edge_px=edge_px), middle, rng)
    return lit


def _any_condition(rng: np.random.Generator) -> Condition:
    kind = rng.random()
    if kind < 0.3:
        return EVERYDAY
    return HARD if kind < 0.65 else tuple(CONDITIONS.values())[rng.integers(len(CONDITIONS))]


def _maybe_framed(parts: list[Part], rng: np.random.Generator) -> list[Part]:
    return framed(parts, rng) if rng.random() < FRAME_FRACTION else parts


def _on_its_ground(scene: Scene) -> Scene:
    """Put a transparent drawing on white if its ink is dark, on black if its ink is light."""
    if not scene.transparent:
        return scene
    ground = WHITE if sum(scene.pen.rgb) < 384 else BLACK
    return replace(scene, transparent=False, surface=replace(scene.surface, rgb=ground))


def _with_camera_for(parts: list[Part], scene: Scene) -> Scene:
    """Bring the camera nearer when one digit is only a part of the writing."""
    shown = [one for one in parts if one.is_ink] or parts
    own = max(float(np.ptp(one.points_xy, axis=0).max()) for one in shown)
    ratio = min(0.95, scene.camera.digit_ratio / max(own, 0.1) ** 0.75)
    return replace(scene, camera=replace(scene.camera, digit_ratio=ratio))


def _recoloured(scene: Scene, rng: np.random.Generator) -> Scene:
    """Give paper and ink random colours that differ in brightness."""
    paper, ink = rng.uniform(15, 250, (2, 3))
    grey = rng.uniform(0, 1, (2, 1))  # few papers have a strong colour
    paper, ink = (
        part * one + (1 - part) * one.mean() for part, one in zip(grey, (paper, ink), strict=True)
    )
    difference = float(ink.mean() - paper.mean())
    if abs(difference) < LEAST_CONTRAST:
        ink = ink + (LEAST_CONTRAST - abs(difference)) * (1 if difference > 0 else -1)
    surface = replace(scene.surface, rgb=_as_rgb(paper), texture=float(rng.uniform(0.5, 7)))
    pen = replace(scene.pen, rgb=_as_rgb(np.clip(ink, 0, 255)))
    return replace(scene, surface=surface, pen=pen)


def _as_rgb(levels: np.ndarray) -> RGB:
    red, green, blue = levels.tolist()
    return (red, green, blue)


def _lay_things(
    sheet: UInt8Array, box: tuple[float, float, float, float], rng: np.random.Generator
) -> None:
    """Draw one to three filled shapes on a sheet, in place, clear of the digit."""
    height, width = sheet.shape[:2]
    for _ in range(int(rng.integers(1, 4))):
        middle = rng.uniform(-0.1, 1.1, 2) * (width, height)
        away = np.maximum(np.maximum(np.array(box[:2]) - middle, middle - np.array(box[2:])), 0)
        room = float(np.hypot(*away)) * 0.9
        if room < 8:
            continue
        angle = np.linspace(0, 2 * np.pi, 40)
        bulges = sum(
            rng.normal(0, 0.3 / wave) * np.cos(wave * angle + rng.uniform(0, 6))
            for wave in range(1, 5)
        )
        reach = min(room, 0.45 * max(height, width)) * np.clip(0.65 + bulges, 0.1, 1)
        outline = middle + reach[:, None] * np.stack([np.cos(angle), np.sin(angle)], 1)
        points = [np.rint(outline * 16).astype(np.int32)]
        cv2.fillPoly(sheet, points, rng.uniform(10, 245, 3).tolist(), cv2.LINE_AA, 4)
