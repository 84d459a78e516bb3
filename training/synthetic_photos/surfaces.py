"""Writing surfaces: paper, boards, and the table beside a sheet."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np

from digitscope.types import Float32Array, UInt8Array
from training.synthetic_photos.grain import cloud, grain
from training.synthetic_photos.marks import BoxPx, draw_frame, draw_marks
from training.synthetic_photos.pens import RGB, SUBPIXEL_BITS

WOODS_RGB = ((122, 88, 60), (74, 52, 38), (176, 142, 104), (60, 60, 64), (150, 150, 146))
MARGIN_LINE_RGB, MARGIN_LINE_PX = (214, 110, 116), 1.6  # of exercise books
REACH = 1.2  # of the photo's longest side: how far lines run from the middle of the sheet
LINE_RANGE_PX = (0.7, 4.0)
LEAST_GAP_PX = 6.0  # closer lines would look like a grey background
DARK_SUM = 330  # sum of red, green and blue; frames on a darker surface are light


@dataclass(frozen=True)
class Surface:
    """A sheet or a board.

    Attributes:
        rgb: 0..255.
        texture: standard deviation of its fine grain, in levels of 0..255.
        unevenness: standard deviation of its smooth changes, in levels of 0..255.
        gap: between two printed lines, as a fraction of the digit's longest side; 0 prints none.
        line_rgb: of the printed lines.
        line_ratio: width of the printed lines, as a fraction of the gap.
        squared: lines in both directions.
        margin_line: a red line down the left side, as in exercise books.
        smears: standard deviation of wiping traces on boards, in levels of 0..255.
        table: the sheet ends inside the photo, and a table begins.
        marks: other things written and printed near the photo's border.
        frame: a box or a circle drawn round the digit.
    """

    rgb: RGB
    texture: float = 2.0
    unevenness: float = 2.0
    gap: float = 0.0
    line_rgb: RGB = (170, 190, 220)
    line_ratio: float = 0.03
    squared: bool = False
    margin_line: bool = False
    smears: float = 0.0
    table: bool = False
    marks: bool = False
    frame: bool = False


def paint(
    surface: Surface,
    size_wh: tuple[int, int],
    to_photo: Float32Array,
    box_px: BoxPx,
    rng: np.random.Generator,
) -> UInt8Array:
    """Paint a surface as the camera sees it, in even light.

    Args:
        surface: the surface.
        size_wh: of the photo.
        to_photo: (3, 3) homography from the plane of the sheet to the photo's pixels.
        box_px: of the digit in the photo: left, top, right, bottom.
        rng: random generator.

    Returns:
        (H, W, 3) uint8 RGB.
    """
    shape = size_wh[::-1]
    shade = surface.texture * grain(shape, rng)
    shade += np.float32(surface.unevenness) * cloud(shape, (7, 7), rng)
    if surface.smears:
        shade += np.float32(surface.smears) * _veins(shape, rng)
    sheet = _tinted(shade, surface.rgb)
    if surface.gap:
        digit_px = max(box_px[2] - box_px[0], box_px[3] - box_px[1])
        gap_px = max(surface.gap * digit_px, LEAST_GAP_PX)
        line_px = float(np.clip(surface.line_ratio * gap_px, *LINE_RANGE_PX))
        ends = _printed(surface, size_wh, gap_px, rng)
        _draw_lines(sheet, ends, to_photo, surface.line_rgb, line_px)
    if surface.margin_line:
        ends = _margin_line(size_wh, to_photo, box_px)
        _draw_lines(sheet, ends, to_photo, MARGIN_LINE_RGB, MARGIN_LINE_PX)
    if surface.marks:
        draw_marks(sheet, box_px, rng)
    if surface.frame:
        draw_frame(sheet, box_px, rng, is_dark=sum(surface.rgb) < DARK_SUM)
    return _on_table(sheet, box_px, rng) if surface.table else sheet


def _tinted(shade: Float32Array, rgb: RGB) -> UInt8Array:
    """A colour plus brightness changes, (H, W) float32: (H, W, 3) uint8."""
    colour = np.array((*rgb, 0.0))  # OpenCV adds four numbers to every pixel
    return np.asarray(cv2.add(cv2.merge([shade] * 3), colour, dtype=cv2.CV_8U), np.uint8)


def _veins(shape: tuple[int, ...], rng: np.random.Generator) -> Float32Array:
    """(H, W) float32, standard deviation about 1: streaks, as in wood or on a wiped board."""
    return cloud(shape, (3, 40) if rng.random() < 0.5 else (40, 3), rng)


def _draw_lines(
    sheet: UInt8Array, ends: np.ndarray, to_photo: Float32Array, rgb: RGB, width_px: float
) -> None:
    """Draw straight lines, (M, 2, 2) in the plane of the sheet, as the photo shows them.

    A fractional width is rounded up to whole pixels, and the line is paler instead.
    """
    seen = cv2.perspectiveTransform(ends.reshape(1, -1, 2).astype(np.float32), to_photo)
    fixed = np.rint(seen.reshape(-1, 2, 2) * 2**SUBPIXEL_BITS).astype(np.int32)
    thick = math.ceil(width_px)
    ground = np.median(sheet[::16, ::16], axis=(0, 1))
    colour = ground + width_px / thick * (np.array(rgb) - ground)
    cv2.polylines(
        sheet,
        list(fixed),
        isClosed=False,
        color=colour.tolist(),
        thickness=thick,
        lineType=cv2.LINE_AA,
        shift=SUBPIXEL_BITS,
    )


def _printed(
    surface: Surface, size_wh: tuple[int, int], gap_px: float, rng: np.random.Generator
) -> np.ndarray:
    """The ends of the printed lines of ruled or squared paper: (M, 2, 2)."""
    reach = REACH * max(size_wh)
    at = np.arange(-reach + rng.uniform(0, gap_px), reach, gap_px)
    far = np.full_like(at, reach)
    level = np.stack([np.stack([-far, at], 1), np.stack([far, at], 1)], 1)  # (M, 2, 2)
    return np.concatenate([level, level[:, :, ::-1]]) if surface.squared else level


def _margin_line(size_wh: tuple[int, int], to_photo: Float32Array, box_px: BoxPx) -> np.ndarray:
    """(1, 2, 2): a line down the sheet, on the side of the digit with more room."""
    left, top, right, bottom = box_px
    room_right = size_wh[0] - right
    x = 0.7 * left if left > room_right else right + 0.3 * room_right
    beside = np.array([[[x, (top + bottom) / 2]]], np.float32)
    on_sheet = float(cv2.perspectiveTransform(beside, np.linalg.inv(to_photo))[0, 0, 0])
    reach = REACH * max(size_wh)
    return np.array([[[on_sheet, -reach], [on_sheet, reach]]])


def _on_table(sheet: UInt8Array, box_px: BoxPx, rng: np.random.Generator) -> UInt8Array:
    """End the sheet at one or two sides; its shadow falls on a table of wood, metal or stone."""
    height, width = sheet.shape[:2]
    corners = _sheet_corners((width, height), box_px, rng)
    inside = np.zeros((height, width), np.uint8)
    fixed = np.rint(corners * 2**SUBPIXEL_BITS).astype(np.int32)
    cv2.fillPoly(inside, [fixed], 255, cv2.LINE_AA, SUBPIXEL_BITS)
    shade = 7 * _veins(inside.shape, rng) + 3 * grain(inside.shape, rng)
    table = _tinted(shade, WOODS_RGB[rng.integers(len(WOODS_RGB))])
    shadow = cv2.GaussianBlur(inside, (0, 0), rng.uniform(3, 9))
    light = cv2.merge([1 - np.float32(0.6 / 255) * shadow] * 3)
    shaded = cv2.multiply(table, light, dtype=cv2.CV_8U)
    on_sheet = inside.astype(np.float32) / 255
    return np.asarray(cv2.blendLinear(sheet, shaded, on_sheet, 1 - on_sheet), np.uint8)


def _sheet_corners(size_wh: tuple[int, int], box_px: BoxPx, rng: np.random.Generator) -> np.ndarray:
    """(4, 2) px: a sheet that ends inside the photo where there is most room beside the digit."""
    width, height = size_wh
    room = (box_px[0], box_px[1], width - box_px[2], height - box_px[3])
    edges = [-width, -height, 2.0 * width, 2.0 * height]
    for side in np.argsort(room)[::-1][: 1 + int(rng.random() < 0.4)]:
        inset = room[side] * rng.uniform(0.25, 0.8)
        edges[side] = inset if side < 2 else size_wh[side - 2] - inset
    left, top, right, bottom = edges
    corners = np.array([[left, top], [right, top], [right, bottom], [left, bottom]])
    lean = np.tan(np.deg2rad(rng.uniform(-5, 5)))
    from_middle = corners - (width / 2, height / 2)
    return corners + np.stack([-lean * from_middle[:, 1], lean * from_middle[:, 0]], 1)
