"""The sample photo: a crossed seven, drawn in code and photographed by simulation."""

from __future__ import annotations

import cv2
import numpy as np

from digitscope.types import UInt8Array

SIZE_WH = (720, 960)
PAPER_RGB, INK_RGB = (226, 220, 206), (38, 52, 122)
PEN_PX = 9
STROKES = (  # of a crossed seven; x, y in px
    ((222, 318), (262, 300), (330, 306), (408, 304), (474, 288), (488, 296)),
    ((488, 296), (452, 372), (410, 470), (372, 566), (344, 660), (334, 706)),
    ((318, 512), (372, 500), (428, 494), (470, 480)),
)
RULE_RGB, RULE_GAP_PX = (190, 196, 208), 132
GRAIN, SEED = 3.0, 7


def smooth(points: tuple[tuple[int, int], ...]) -> np.ndarray:
    """Smooth a polyline: (n, 2) int32 with 4 fractional bits.

    Source: corner cutting, Chaikin (1974).
    """
    line = np.array(points, np.float64)
    for _ in range(4):
        near, far = 0.75 * line[:-1] + 0.25 * line[1:], 0.25 * line[:-1] + 0.75 * line[1:]
        inner = np.stack([near, far], axis=1).reshape(-1, 2)
        line = np.vstack([line[:1], inner, line[-1:]])
    return np.round(16 * line).astype(np.int32)


def light() -> np.ndarray:
    """Brightness factors, (H, W, 1) float32: light at the upper left, shadow at the lower right."""
    width, height = SIZE_WH
    x, y = np.meshgrid(np.linspace(0, 1, width), np.linspace(0, 1, height))
    shadow = 1 / (1 + np.exp(-(x + y - 1.45) * 9))
    return (1.02 - 0.10 * x - 0.08 * y - 0.24 * shadow)[..., None].astype(np.float32)


def sample_photo() -> UInt8Array:
    """Simulate a photo of the seven on ruled paper, in uneven light.

    Returns:
        (960, 720, 3) uint8 RGB, the same each time.
    """
    width, height = SIZE_WH
    page = np.full((height, width, 3), PAPER_RGB, np.uint8)
    for y in range(90, height, RULE_GAP_PX):
        cv2.line(page, (0, y), (width, y + 6), RULE_RGB, 2, cv2.LINE_AA)
    for stroke in STROKES:
        cv2.polylines(
            page,
            [smooth(stroke)],
            isClosed=False,
            color=INK_RGB,
            thickness=PEN_PX,
            lineType=cv2.LINE_AA,
            shift=4,
        )
    grain = np.random.default_rng(SEED).normal(0, GRAIN, (height, width, 1))
    photo = cv2.GaussianBlur(page, (0, 0), 1.0) * light() + grain
    return np.clip(photo, 0, 255).astype(np.uint8)
