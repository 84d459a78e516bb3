"""Pictures that explain an answer: where the digit was found, and which strokes support it.

They are drawn only on demand.
"""

from __future__ import annotations

import cv2
import numpy as np

from digitscope.types import TILE_PX, Detection, Explanation, Float32Array, UInt8Array

INK_RGB = (255, 64, 129)  # no pen, paper or board has this pink
INK_TINT = 0.65  # opacity of the tint on the ink: the stroke stays visible
FRAME_RGB, FRAME_EDGE_RGB = (255, 255, 255), (20, 22, 30)  # white on black: visible everywhere
FRAME_GAP_FRACTION = 0.015  # of the longer side: distance from the ink to the frame
FRAME_FRACTION = 0.005  # of the longer side: the frame's width

CELL_PX = 12  # side of the cell of a tile pixel; the signs in it need 7
FOR_RGB, AGAINST_RGB = (58, 134, 255), (255, 139, 38)  # distinct in every kind of colour vision
TILE_SHADE = 0.4  # brightness of the strokes under the colours
DOT_MARGIN_PX = 4  # in gaps the colour is only a dot, so that strokes keep their shape
INK_LEVEL = 64  # of 255: below it a tile pixel is page
LEAST_FULL_HEAT = 2.0  # nats, odds of 7 to 1: if no spot has more, colours stay pale
SIGN_RGB, SIGN_PX = (255, 255, 255), 1  # on strokes; in gaps the sign itself is coloured
SIGN_HEAT = 0.4  # of the strongest heat: from here on a cell has a sign


def draw_detection(detection: Detection, picture_rgb: UInt8Array) -> UInt8Array:
    """Draw a detection on a picture: the ink tinted, a frame around the digit.

    Args:
        detection: from a reading's `preprocessed.detection`.
        picture_rgb: (H, W, 3) uint8, the picture in any size, like `preprocessed.working_rgb`.

    Returns:
        (H, W, 3) uint8 RGB, a new picture.
    """
    height, width = picture_rgb.shape[:2]
    mask = detection.mask.astype(np.float32) * np.float32(INK_TINT)
    tint = cv2.resize(mask, (width, height), interpolation=cv2.INTER_LINEAR)[..., np.newaxis]
    pink = np.array(INK_RGB, np.float32)
    drawn = np.round(picture_rgb * (1 - tint) + pink * tint).astype(np.uint8)
    _draw_frame(drawn, detection.mask)
    return drawn


def _draw_frame(drawn: UInt8Array, ink_mask: np.ndarray) -> None:
    """Draw a frame in two colours around the ink, in place."""
    height, width = drawn.shape[:2]
    scale = width / ink_mask.shape[1]
    left, top, wide, tall = cv2.boundingRect(ink_mask.astype(np.uint8))
    if wide == 0:
        return
    gap = max(2, round(FRAME_GAP_FRACTION * max(height, width)))
    thin = max(1, round(FRAME_FRACTION * max(height, width)))
    corner = (max(thin, round(left * scale) - gap), max(thin, round(top * scale) - gap))
    opposite = (
        min(width - 1 - thin, round((left + wide) * scale) + gap),
        min(height - 1 - thin, round((top + tall) * scale) + gap),
    )
    cv2.rectangle(drawn, corner, opposite, FRAME_EDGE_RGB, 3 * thin)
    cv2.rectangle(drawn, corner, opposite, FRAME_RGB, thin)


def _enlarge(values: np.ndarray) -> np.ndarray:
    """Enlarge each tile pixel to a cell of CELL_PX x CELL_PX px."""
    return values.repeat(CELL_PX, axis=0).repeat(CELL_PX, axis=1)


def _cover_cells(pixels: UInt8Array, share: Float32Array) -> np.ndarray:
    """Mark the pixels to colour, (H, W) bool: all of an ink cell, a dot or a sign in a gap."""
    dot = np.zeros((CELL_PX, CELL_PX), bool)
    dot[DOT_MARGIN_PX:-DOT_MARGIN_PX, DOT_MARGIN_PX:-DOT_MARGIN_PX] = True
    is_ink, strong = pixels >= INK_LEVEL, np.abs(share) >= SIGN_HEAT
    dots = np.tile(dot, (TILE_PX, TILE_PX)) & _enlarge(~is_ink & ~strong)
    return _enlarge(is_ink) | dots | (_mark_signs(share, SIGN_PX + 1) & _enlarge(~is_ink))


def _mark_signs(share: Float32Array, width_px: int) -> np.ndarray:
    """Mark a + or - in each strong cell, (H, W) bool, for people with colour blindness."""
    signs = np.zeros((TILE_PX * CELL_PX, TILE_PX * CELL_PX), np.uint8)
    arm, middle = CELL_PX // 4, CELL_PX // 2
    for row, column in np.argwhere(np.abs(share) >= SIGN_HEAT).tolist():
        x, y = column * CELL_PX + middle, row * CELL_PX + middle
        cv2.line(signs, (x - arm, y), (x + arm, y), 1, width_px)
        if share[row, column] > 0:
            cv2.line(signs, (x, y - arm), (x, y + arm), 1, width_px)
    return signs > 0


def draw_explanation(pixels: UInt8Array, explanation: Explanation) -> UInt8Array:
    """Draw which spots of a tile support the answer (blue, +) or contradict it (orange, -).

    Strokes are fully coloured, the gaps between them are dotted. The picture has a dark background,
    like a tile, so that it looks the same on light and on dark pages.

    Args:
        pixels: (28, 28) uint8, the tile.
        explanation: of that tile.

    Returns:
        (28 * CELL_PX, 28 * CELL_PX, 3) uint8 RGB.

    >>> heat = np.zeros((TILE_PX, TILE_PX), np.float32)
    >>> heat[3, 4] = 5.0
    >>> drawn = draw_explanation(np.full((28, 28), 255, np.uint8), Explanation(7, 1, heat))
    >>> tuple(drawn[3 * CELL_PX + 1, 4 * CELL_PX + 1].tolist()) == FOR_RGB
    True
    """
    full = max(float(np.abs(explanation.heat).max()), LEAST_FULL_HEAT)
    share = np.clip(explanation.heat / full, -1, 1)
    strength = np.sqrt(np.abs(share))  # roots make weak values visible
    strength = (_enlarge(strength) * _cover_cells(pixels, share))[..., np.newaxis]  # (H, W, 1)
    colour = np.where(_enlarge(share)[..., np.newaxis] > 0, FOR_RGB, AGAINST_RGB)  # (H, W, 3)
    dim = _enlarge(pixels)[..., np.newaxis] * TILE_SHADE
    drawn = np.round(dim * (1 - strength) + colour * strength).astype(np.uint8)
    drawn[_mark_signs(share, SIGN_PX) & _enlarge(pixels >= INK_LEVEL)] = SIGN_RGB
    return drawn
