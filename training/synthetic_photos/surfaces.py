"""What is written on: paper of all kinds, boards, and the table beside it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from digitscope.types import Float32Array
from training.synthetic_photos.grain import cloud, grain
from training.synthetic_photos.marks import draw_marks
from training.synthetic_photos.pens import FINE, RGB, SUBPIXEL_BITS

WOODS_RGB = ((122, 88, 60), (74, 52, 38), (176, 142, 104), (60, 60, 64), (150, 150, 146))


@dataclass(frozen=True)
class Surface:
    """A sheet or a board.

    Attributes:
        rgb: 0..255.
        texture: spread of its fine grain, of 255.
        unevenness: spread of its slow changes, of 255.
        gap: between two printed lines, as a share of the digit's longest side; 0 prints none.
        line_rgb: of the printed lines.
        line_px: width of the printed lines.
        squared: lines both ways.
        margin_line: a red line down the left side, as in exercise books.
        smears: spread of what was wiped away (boards), of 255.
        table: the sheet ends inside the photo, and a table begins.
        marks: other things written and printed near the photo's border.
    """

    rgb: RGB
    texture: float = 2.0
    unevenness: float = 2.0
    gap: float = 0.0
    line_rgb: RGB = (170, 190, 220)
    line_px: float = 1.3
    squared: bool = False
    margin_line: bool = False
    smears: float = 0.0
    table: bool = False
    marks: bool = False


def paint(
    surface: Surface,
    size_wh: tuple[int, int],
    to_photo: Float32Array,
    box_px: tuple[float, float, float, float],
    rng: np.random.Generator,
) -> Float32Array:
    """Paint a surface as the camera sees it, in even light.

    Args:
        surface: what is painted.
        size_wh: of the photo.
        to_photo: (3, 3), from the plane of the sheet to the photo's pixels.
        box_px: of the digit in the photo: left, top, right, bottom.
        rng: where the chance comes from.

    Returns:
        (H, W, 3) float32 RGB, about 0..255.
    """
    width, height = size_wh
    shade = surface.unevenness * cloud((height, width), 7, rng)
    shade = shade + surface.texture * cv2.blur(grain((height, width), rng), (2, 2)) * 2
    if surface.smears:
        shade = shade + surface.smears * _wiped((height, width), rng)
    sheet = np.float32(surface.rgb) + shade[..., None]
    digit_px = max(box_px[2] - box_px[0], box_px[3] - box_px[1])
    if surface.gap:
        _blend(sheet, _printed(surface, size_wh, to_photo, digit_px, rng), surface.line_rgb)
    if surface.margin_line:
        _blend(sheet, _margin_line(size_wh, to_photo, box_px), (214, 110, 116))
    if surface.marks:
        draw_marks(sheet, box_px, rng)
    return _on_table(sheet, box_px, rng) if surface.table else sheet


def _blend(sheet: Float32Array, cover: Float32Array, rgb: RGB) -> None:
    """Lay a colour on a sheet, in place, where `cover` (H, W) is above 0."""
    sheet += cover[..., None] * (np.float32(rgb) - sheet)


def _wiped(shape: tuple[int, int], rng: np.random.Generator) -> Float32Array:
    """(H, W) float32: traces of a sponge or a cloth, long one way and short the other."""
    height, width = shape
    knots = (3, 40) if rng.random() < 0.5 else (40, 3)
    small = rng.standard_normal(knots).astype(np.float32)
    return cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)


def _lines(
    ends: np.ndarray, size_wh: tuple[int, int], to_photo: Float32Array, width_px: float
) -> Float32Array:
    """Draw straight lines, (M, 2, 2) on the sheet, as the photo shows them: (H, W) 0..1."""
    width, height = size_wh
    seen = cv2.perspectiveTransform(ends.reshape(1, -1, 2).astype(np.float32), to_photo)
    fixed = np.rint(seen.reshape(-1, 2, 2) * FINE * 2**SUBPIXEL_BITS).astype(np.int32)
    drawn = np.zeros((height * FINE, width * FINE), np.uint8)
    thick = max(1, round(width_px * FINE))
    cv2.polylines(
        drawn,
        list(fixed),
        isClosed=False,
        color=255,
        thickness=thick,
        lineType=cv2.LINE_AA,
        shift=SUBPIXEL_BITS,
    )
    return cv2.resize(drawn, size_wh, interpolation=cv2.INTER_AREA).astype(np.float32) / 255


def _printed(
    surface: Surface,
    size_wh: tuple[int, int],
    to_photo: Float32Array,
    digit_px: float,
    rng: np.random.Generator,
) -> Float32Array:
    """The printed lines of ruled or squared paper: (H, W) float32, 0..1."""
    reach = float(max(size_wh))
    gap = max(surface.gap * digit_px, 6.0)
    at = np.arange(-reach + rng.uniform(0, gap), reach, gap)
    far = np.full_like(at, reach)
    level = np.stack([np.stack([-far, at], 1), np.stack([far, at], 1)], 1)  # (M, 2, 2)
    ends = np.concatenate([level, level[:, :, ::-1]]) if surface.squared else level
    return _lines(ends, size_wh, to_photo, surface.line_px)


def _margin_line(
    size_wh: tuple[int, int],
    to_photo: Float32Array,
    box_px: tuple[float, float, float, float],
) -> Float32Array:
    """A line down the sheet, left of the digit where there is room, else right of it."""
    width, height = size_wh
    left, right = box_px[0], box_px[2]
    x = left - 0.3 * left if left > width - right else right + 0.3 * (width - right)
    seen = np.float32([[[x, (box_px[1] + box_px[3]) / 2]]])
    on_sheet = float(cv2.perspectiveTransform(seen, np.linalg.inv(to_photo))[0, 0, 0])
    ends = np.array([[[on_sheet, -2.0 * height], [on_sheet, 2.0 * height]]]) * 0.6
    ends[..., 0] = on_sheet
    return _lines(ends, size_wh, to_photo, 1.6)


def _on_table(
    sheet: Float32Array,
    box_px: tuple[float, float, float, float],
    rng: np.random.Generator,
) -> Float32Array:
    """Let the sheet end at one or two sides, its shadow on a table of wood, metal or stone."""
    height, width = sheet.shape[:2]
    room = (box_px[0], box_px[1], width - box_px[2], height - box_px[3])
    edges = [-width, -height, 2.0 * width, 2.0 * height]
    for side in np.argsort(room)[::-1][: 1 + int(rng.random() < 0.4)]:
        inset = room[side] * rng.uniform(0.25, 0.8)
        edges[side] = inset if side < 2 else (width, height)[side - 2] - inset
    left, top, right, bottom = edges
    lean = np.tan(np.deg2rad(rng.uniform(-5, 5)))
    corners = np.array([[left, top], [right, top], [right, bottom], [left, bottom]])
    from_middle = corners - (width / 2, height / 2)
    corners = corners + np.stack([-lean * from_middle[:, 1], lean * from_middle[:, 0]], 1)
    inside = np.zeros((height, width), np.uint8)
    cv2.fillPoly(inside, [np.rint(corners * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    on_sheet = inside.astype(np.float32)[..., None] / 255
    shadow = cv2.GaussianBlur(on_sheet, (0, 0), rng.uniform(3, 9))[..., None]
    wood = np.float32(WOODS_RGB[rng.integers(len(WOODS_RGB))])
    veins = 7 * _wiped((height, width), rng)[..., None] + 3 * grain((height, width), rng)[..., None]
    return on_sheet * sheet + (1 - on_sheet) * (wood + veins) * (1 - 0.6 * shadow)
