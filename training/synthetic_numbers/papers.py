"""Pages that numbers are written on, and the photo that a camera takes of them."""

from __future__ import annotations

import cv2
import numpy as np

from digitscope.types import Float32Array, UInt8Array

LINE = cv2.LINE_AA


def plain(shape: tuple[int, int], _: float, rng: np.random.Generator) -> Float32Array:
    """A plain sheet with a smooth change of light; (H, W) float32, 0..255."""
    height, width = shape
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    direction = rng.normal(0, 1, 2)
    ramp = direction[0] * x / width + direction[1] * y / height
    return np.asarray(rng.uniform(170, 250) + rng.uniform(0, 25) * ramp, np.float32)


def ruled(shape: tuple[int, int], height_px: float, rng: np.random.Generator) -> Float32Array:
    """Lines across the sheet, some under and some through the digits."""
    page = plain(shape, height_px, rng)
    step = height_px * rng.uniform(1.3, 2.2)
    tilt = rng.normal(0, 0.015)
    for y in np.arange(rng.uniform(0, step), shape[0], step):
        _line(page, (0, y), (shape[1], y + tilt * shape[1]), rng)
    return page


def boxed(shape: tuple[int, int], height_px: float, rng: np.random.Generator) -> Float32Array:
    """A table: horizontal and vertical lines."""
    page = plain(shape, height_px, rng)
    step_x, step_y = height_px * rng.uniform(2.5, 5), height_px * rng.uniform(1.5, 2.2)
    for y in np.arange(rng.uniform(0, step_y), shape[0], step_y):
        _line(page, (0, y), (shape[1], y), rng)
    for x in np.arange(rng.uniform(0, step_x), shape[1], step_x):
        _line(page, (x, 0), (x, shape[0]), rng)
    return page


def form(shape: tuple[int, int], height_px: float, rng: np.random.Generator) -> Float32Array:
    """A form: thin, light boxes, one for each digit."""
    page = plain(shape, height_px, rng)
    step = height_px * rng.uniform(1.15, 1.6)
    depth = rng.uniform(12, 60)
    top = rng.uniform(0, 0.3) * height_px
    for y in (top, top + step * rng.uniform(1.0, 1.3)):
        _line(page, (0, y), (shape[1], y), rng, depth)
    for x in np.arange(rng.uniform(0, step), shape[1], step):
        _line(page, (x, 0), (x, shape[0]), rng, depth)
    return page


def security(shape: tuple[int, int], height_px: float, rng: np.random.Generator) -> Float32Array:
    """Fine printed waves, as on cheques."""
    page = plain(shape, height_px, rng)
    x = np.arange(0, shape[1], 2)
    depth, thickness = rng.uniform(8, 30), 1
    for _ in range(2):
        period, swing = height_px * rng.uniform(1, 4), height_px * rng.uniform(0.2, 0.8)
        tilt, step = rng.normal(0, 0.5), height_px * rng.uniform(0.12, 0.3)
        reach = abs(tilt) * shape[1] + swing
        for start in np.arange(-reach, shape[0] + reach, step):
            y = start + tilt * x + swing * np.sin(x / period * 2 * np.pi)
            points = np.rint(np.stack([x, y], 1) * 16).astype(np.int32)[:, None]
            level = float(page.mean() - depth)
            cv2.polylines(page, [points], False, level, thickness, LINE, 4)  # noqa: FBT003
    return page


def _line(
    page: Float32Array,
    start: tuple[float, float],
    end: tuple[float, float],
    rng: np.random.Generator,
    depth: float | None = None,
) -> None:
    deep = rng.uniform(25, 120) if depth is None else depth
    level = float(np.clip(page.mean() - deep, 0, 255))
    ends = [tuple(int(v) for v in point) for point in (start, end)]
    cv2.line(page, ends[0], ends[1], level, int(rng.integers(1, 3)), LINE)


def add_specks(ink: Float32Array, rng: np.random.Generator) -> None:
    """Draw dust and dirt into the ink, in place, often at the border."""
    height, width = ink.shape
    for _ in range(int(rng.integers(0, 12))):
        at_border = rng.random() < 0.5
        x = rng.uniform(0, width)
        y = rng.choice([0, height - 1]) if at_border else rng.uniform(0, height)
        radius = int(rng.integers(0, 3))
        cv2.circle(ink, (int(x), int(y)), radius, float(rng.uniform(0.5, 1)), -1)


def hard_shadow(page: Float32Array, rng: np.random.Generator) -> Float32Array:
    """Put a shadow on the sheet, whose edge runs across it."""
    height, width = page.shape
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    angle = rng.uniform(0, 2 * np.pi)
    side = np.cos(angle) * (x - rng.uniform(0.2, 0.8) * width)
    side += np.sin(angle) * (y - rng.uniform(0.2, 0.8) * height)
    softness = rng.uniform(0.02, 0.2) * max(page.shape)
    lit = 1 / (1 + np.exp(-np.clip(side / softness, -30, 30)))
    return np.asarray(page * (1 - rng.uniform(0.15, 0.4) * (1 - lit)), np.float32)


def expose(
    page: Float32Array,
    ink: Float32Array,
    *,
    strength: float,
    blur_px: float,
    noise: float,
    quality: int,
    rng: np.random.Generator,
) -> UInt8Array:
    """Photograph the ink on a page.

    Args:
        page: (H, W) float32, 0..255.
        ink: (H, W) float32, 0..1.
        strength: darkness of the ink, 0..1 of the page's brightness.
        blur_px: standard deviation of the blur.
        noise: standard deviation of the noise, grey levels.
        quality: of the JPEG, 1..100.
        rng: random generator of colour and noise.

    Returns:
        (H, W, 3) uint8 RGB.
    """
    dark = 1 - strength * ink
    tint = rng.uniform(0.75, 1.0, 3)
    sharp = page[..., None] * (1 - (1 - dark)[..., None] * (0.6 + 0.4 * tint))
    seen = cv2.GaussianBlur(sharp, (0, 0), blur_px) if blur_px > 0 else sharp
    rgb = seen + rng.normal(0, noise, seen.shape)
    pixels = np.clip(rgb, 0, 255).astype(np.uint8)
    _, data = cv2.imencode(".jpg", pixels[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    decoded = np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)
    return np.ascontiguousarray(decoded[..., ::-1])
