"""Other things near a digit: writing, print, holes, a pen. None of them is a digit."""

from __future__ import annotations

import cv2
import numpy as np

from digitscope.types import UInt8Array

INKS_RGB = ((40, 44, 60), (36, 60, 140), (120, 120, 124), (150, 60, 60))
CHALKS_RGB = ((228, 230, 226), (214, 206, 150))  # on a dark surface
FRAME_GAP = (0.06, 0.5)  # between digit and frame, as a fraction of the digit's longest side
FRAME_WIDTH = (0.008, 0.05)  # of its line, as a fraction of the digit's longest side
FRAME_TREMBLE = 0.015  # displacement of its points, as a fraction of its longest side
CLEAR = 0.45  # minimum distance from the digit, as a fraction of its longest side
BoxPx = tuple[float, float, float, float]


def draw_marks(sheet: UInt8Array, box_px: BoxPx, rng: np.random.Generator) -> None:
    """Draw one to three other things on a sheet, in place, in the strips beside the digit.

    Args:
        sheet: (H, W, 3) uint8 RGB.
        box_px: of the digit: left, top, right, bottom.
        rng: random generator.
    """
    strips = _strips(sheet.shape[:2], box_px)
    for _ in range(int(rng.integers(1, 4))):
        strip = strips[rng.integers(len(strips))]
        kind = (_handwriting, _print, _holes, _pen_lying)[rng.integers(4)]
        kind(sheet, strip, rng)


def _strips(shape: tuple[int, ...], box_px: BoxPx) -> list[BoxPx]:
    """The strips along the photo's sides that are clear of the digit, at least the widest."""
    height, width = shape[:2]
    left, top, right, bottom = box_px
    clear = CLEAR * max(right - left, bottom - top)
    strips = [
        (0.0, 0.0, float(width), top - clear),
        (0.0, bottom + clear, float(width), float(height)),
        (0.0, 0.0, left - clear, float(height)),
        (right + clear, 0.0, float(width), float(height)),
    ]
    room = [min(right - left, bottom - top) for left, top, right, bottom in strips]
    wide = [strip for strip, px in zip(strips, room, strict=True) if px > 12]
    return wide or [strips[int(np.argmax(room))]]


def draw_frame(
    sheet: UInt8Array, box_px: BoxPx, rng: np.random.Generator, *, is_dark: bool
) -> None:
    """Draw a box or a circle round the digit by hand, in place.

    Args:
        sheet: (H, W, 3) uint8 RGB.
        box_px: of the digit: left, top, right, bottom.
        rng: random generator.
        is_dark: whether the sheet is dark; then the frame is light.
    """
    left, top, right, bottom = box_px
    longest = max(right - left, bottom - top)
    half = np.array([right - left, bottom - top]) / 2 + rng.uniform(*FRAME_GAP) * longest
    corners = 4 if rng.random() < 0.5 else 24
    angles = np.pi / 4 + 2 * np.pi * np.arange(corners) / corners
    ring = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    middle = np.array([left + right, top + bottom]) / 2
    points = middle + np.sqrt(2) * (ring + rng.normal(0, FRAME_TREMBLE, ring.shape)) * half
    colours = CHALKS_RGB if is_dark else INKS_RGB
    cv2.polylines(
        sheet,
        [np.rint(points * 16).astype(np.int32)],
        isClosed=True,
        color=colours[rng.integers(len(colours))],
        thickness=max(1, round(rng.uniform(*FRAME_WIDTH) * longest)),
        lineType=cv2.LINE_AA,
        shift=4,
    )


def _ink(rng: np.random.Generator) -> tuple[int, int, int]:
    return INKS_RGB[rng.integers(len(INKS_RGB))]


def _handwriting(sheet: UInt8Array, strip: BoxPx, rng: np.random.Generator) -> None:
    """A line of cursive writing: loops and waves along a line."""
    left, top, right, bottom = strip
    height = float(np.clip((bottom - top) * 0.3, 4, 20))
    x = np.arange(left + 10, left + (right - left) * rng.uniform(0.4, 0.95), 1.0)
    if len(x) < 8:
        return
    phase = np.cumsum(rng.uniform(0.25, 0.75, len(x))) * 10 / height
    tall = 0.55 + 0.45 * np.abs(np.interp(x, x[::8], rng.standard_normal(len(x[::8]))))
    y = rng.uniform(top + height, max(top + height + 1, bottom - height)) + (
        tall * np.sin(phase) * height / 2
    )
    line = np.stack([x + np.cos(phase) * height / 3, y], 1)
    for word in np.array_split(line, max(1, len(x) // 90)):
        points = np.rint(word[: int(len(word) * 0.85)] * 16).astype(np.int32)
        cv2.polylines(
            sheet,
            [points],
            isClosed=False,
            color=_ink(rng),
            thickness=1 + int(height > 9),
            lineType=cv2.LINE_AA,
            shift=4,
        )


def _print(sheet: UInt8Array, strip: BoxPx, rng: np.random.Generator) -> None:
    """Rows of small print, too small to read."""
    left, top, right, bottom = strip
    size = int(rng.integers(5, 9))
    colour = _ink(rng)
    for row in range(int(rng.integers(1, 4))):
        y = top + 4 + 2 * row * size
        if y + size > bottom:
            return
        x = left + rng.uniform(4, 30)
        while x < right - 8 and rng.random() < 0.985:
            wide = int(rng.integers(2, size))
            if rng.random() < 0.85:  # otherwise a space between two words
                corner = (int(x), int(y + rng.integers(0, size // 2)))
                cv2.rectangle(sheet, corner, (int(x) + wide, int(y) + size), colour, 1)
            x += wide + 3


def _holes(sheet: UInt8Array, strip: BoxPx, rng: np.random.Generator) -> None:
    """Two dark punch holes along a side of the strip."""
    left, top, right, bottom = strip
    radius = float(np.clip(0.2 * min(right - left, bottom - top), 3, 14))
    along = np.linspace(0.25, 0.75, 2) + rng.uniform(-0.1, 0.1)
    for fraction in along:
        wide = right - left > bottom - top
        x, y = (
            (left + fraction * (right - left), top + 2 * radius)
            if wide
            else (left + 2 * radius, top + fraction * (bottom - top))
        )
        middle = (round(x * 16), round(y * 16))
        cv2.circle(sheet, middle, round(radius * 16), (70, 62, 56), -1, cv2.LINE_AA, 4)


def _pen_lying(sheet: UInt8Array, strip: BoxPx, rng: np.random.Generator) -> None:
    """A pen that lies in the strip, partly outside the photo."""
    left, top, right, bottom = strip
    thick = int(np.clip(0.3 * min(right - left, bottom - top), 4, 26))
    wide = right - left > bottom - top
    middle_y, middle_x = (top + bottom) / 2, (left + right) / 2
    lean = rng.uniform(-0.15, 0.15) * min(right - left, bottom - top)
    start, end = (
        ((left - 40, middle_y - lean), (left + rng.uniform(0.3, 0.7) * (right - left), middle_y))
        if wide
        else ((middle_x - lean, top - 40), (middle_x, top + rng.uniform(0.3, 0.7) * (bottom - top)))
    )
    near, far = ((round(x), round(y)) for x, y in (start, end))
    body = rng.integers(20, 200, 3).tolist()
    cv2.line(sheet, near, far, body, thick, cv2.LINE_AA)
    cv2.line(sheet, near, far, [value * 0.5 + 110 for value in body], max(1, thick // 5))
