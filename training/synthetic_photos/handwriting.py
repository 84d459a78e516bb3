"""Recover pen strokes from an MNIST tile: the centre lines of its strokes.

MNIST's strokes are thick and its resolution is low; a pen's line is thin and sharp. The tile is
enlarged and thinned to lines of one pixel, then these jagged lines are smoothed. If ink has filled
a loop, thin lines would show another digit: such a tile keeps its outline.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray
from skimage.morphology import skeletonize

from digitscope.types import Float32Array, UInt8Array

ENLARGED = 5  # factor: thinning works in steps of a fifth of a tile's pixel
INK_LEVEL = 0.38  # threshold, of the maximum: keeps faint links and the holes of small loops
SHARPENED = 0.9  # strength of unsharp masking, which opens small loops
SURROUNDINGS_PX = 1.6  # standard deviation of its blur, tile px
SMOOTHING_STEPS = 18  # each spreads by 0.7 enlarged pixels: 0.6 tile pixels in all
FRAME_PX = 1
SPUR_PX = 0.5  # of the tile: side branches that stick out less than this are removed
SPECK_FRACTION = 0.03  # of the ink: connected components below this are removed
TIP = 0.5  # thinning shortens strokes by about a radius; this fraction of it is added back
FAT = 0.19  # of the digit's longest side: with strokes this wide, ink has filled loops
BLOT_REACH = 1.3  # radii from the nearest centre line; ink farther away is a blot
BLOT_FRACTION = 0.05  # of the ink: with more of it in blots, ink has filled loops
NEXT_YX = ((0, 1), (1, 1), (1, 0), (1, -1))  # half of the neighbours, so that each pair occurs once
OUTLINE_SMOOTHING = np.full(5, 0.2)  # moving average along a jagged outline


@dataclass(frozen=True, eq=False)
class Handwriting:
    """A digit as centre lines, or as outlines if ink has filled its loops.

    Attributes:
        points_xy: (N, 2) float32, the digit centred at 0, its longest side 1.
        edges: (M, 2) int, the pairs of points that a stroke joins; empty for outlines.
        weight: (N,) float32, the stroke's width at each point over its usual width.
        stroke: the usual width, as a fraction of the longest side.
        outlines: the range of each outline's points; () for centre lines.
    """

    points_xy: Float32Array
    edges: NDArray[np.intp]
    weight: Float32Array
    stroke: float
    outlines: tuple[slice, ...] = ()


def trace_strokes(tile: UInt8Array) -> Handwriting:
    """Find the centre lines of a tile's strokes, or its outlines if ink has filled loops.

    Args:
        tile: (28, 28) uint8, light digit on black.

    Raises:
        ValueError: the tile has another shape or dtype, or is empty.
    """
    if tile.ndim != 2 or tile.dtype != np.uint8 or not tile.any():
        raise ValueError(
            f"A tile (28, 28) uint8 with a digit on it is expected. "
            f"Received: {tile.shape} {tile.dtype}, brightest {tile.max(initial=0)}."
        )
    shape = _cut_out(_enlarge(tile))  # (H, W) uint8, 0 or 1
    reach = np.asarray(cv2.distanceTransform(shape, cv2.DIST_L2, cv2.DIST_MASK_PRECISE), np.float32)
    lines = _without_spurs(_thin(shape), reach)
    usual_px = float(np.median(reach[lines > 0]))
    if _has_run_together(shape, lines, usual_px):
        return _outlined(shape, usual_px)
    points_yx, edges = _graph(lines)
    radius = reach[tuple(points_yx.T)]
    points = _extend(_smooth(points_yx[:, ::-1].astype(np.float32), edges), edges, radius)
    return Handwriting(
        _round_0(points, shape), edges, radius / usual_px, 2 * usual_px / _longest_px(shape)
    )


def _thin(shape: UInt8Array) -> UInt8Array:
    """Thin a shape, (H, W) uint8, 0 or 1, to lines of one pixel, connected as before.

    Source: Lee, Kashyap and Chu, "Building skeleton models via 3-D medial surface axis thinning
    algorithms", CVGIP 56 (1994): Zhang's method, scikit-image's other one, leaves more spurs.
    """
    return (skeletonize(shape, method="lee") > 0).astype(np.uint8)


def _longest_px(shape: UInt8Array) -> int:
    return max(shape.shape) - 2 * FRAME_PX


def _round_0(points_xy: Float32Array, shape: UInt8Array) -> Float32Array:
    """Centre the points of a cropped shape at 0 and scale its longest side to 1."""
    height, width = shape.shape
    middle_xy = np.array([(width - 1) / 2, (height - 1) / 2])
    return ((points_xy - middle_xy) / _longest_px(shape)).astype(np.float32)


def _has_run_together(shape: UInt8Array, lines: UInt8Array, usual_px: float) -> bool:
    """Whether strokes are too wide, or much ink is too far from the centre lines."""
    away_px = cv2.distanceTransform(1 - lines, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    blot = float((away_px[shape > 0] > BLOT_REACH * usual_px).mean())
    return 2 * usual_px > FAT * _longest_px(shape) or blot > BLOT_FRACTION


def _outlined(shape: UInt8Array, usual_px: float) -> Handwriting:
    """The smoothed outlines of a shape and of its holes."""
    found, _ = cv2.findContours(shape, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    rings = [ring[:, 0].astype(np.float64) for ring in found if len(ring) > len(OUTLINE_SMOOTHING)]
    half = len(OUTLINE_SMOOTHING) // 2
    smooth = [
        np.apply_along_axis(
            np.convolve, 0, np.pad(ring, ((half, half), (0, 0)), "wrap"), OUTLINE_SMOOTHING, "valid"
        )
        for ring in rings
    ]
    ends = np.cumsum([0, *map(len, smooth)]).tolist()
    points = _round_0(np.concatenate(smooth), shape)
    return Handwriting(
        points,
        np.zeros((0, 2), np.intp),
        np.ones(len(points), np.float32),
        2 * usual_px / _longest_px(shape),
        tuple(slice(start, end) for start, end in pairwise(ends)),
    )


def _enlarge(tile: UInt8Array) -> UInt8Array:
    """Enlarge a tile smoothly and threshold it: (H, W) uint8, 0 or 1, its border 0."""
    ink = np.pad(tile, 2).astype(np.float32) / int(tile.max())
    ink = ink + SHARPENED * (ink - cv2.GaussianBlur(ink, (0, 0), SURROUNDINGS_PX))
    large = cv2.resize(ink, None, fx=ENLARGED, fy=ENLARGED, interpolation=cv2.INTER_CUBIC)
    large = cv2.GaussianBlur(large, (0, 0), ENLARGED * 0.45)
    return _without_specks((large > min(INK_LEVEL, float(large.max()) / 2)).astype(np.uint8))


def _cut_out(shape: UInt8Array) -> UInt8Array:
    """Crop a shape to its bounding box and add a border of 0."""
    left, top, width, height = cv2.boundingRect(shape)
    return np.pad(shape[top : top + height, left : left + width], FRAME_PX)


def _without_specks(shape: UInt8Array) -> UInt8Array:
    """Remove tiny connected components, which MNIST's scanner added."""
    _, pieces, boxes, _ = cv2.connectedComponentsWithStats(shape)
    areas = boxes[:, cv2.CC_STAT_AREA]
    kept = areas >= SPECK_FRACTION * areas[1:].sum()
    kept[0] = False  # the background
    return kept[pieces].astype(np.uint8)


def _graph(lines: UInt8Array) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The graph of one-pixel lines: points, (N, 2) as y, x, and pairs of neighbours, (M, 2)."""
    points_yx = np.argwhere(lines)
    number = np.full(lines.shape, -1, np.intp)
    number[tuple(points_yx.T)] = np.arange(len(points_yx))
    pairs = []
    for y, x in NEXT_YX:
        beside = number[points_yx[:, 0] + y, points_yx[:, 1] + x]
        found = np.flatnonzero(beside >= 0)
        pairs.append(np.stack([found, beside[found]], axis=1))
    edges = np.concatenate(pairs)
    alone = np.setdiff1d(np.arange(len(points_yx)), edges)  # dots: joined with themselves
    return points_yx, np.concatenate([edges, np.stack([alone, alone], axis=1)])


def _without_spurs(lines: UInt8Array, reach: NDArray[np.float32]) -> UInt8Array:
    """Remove side branches that hardly stick out of their stroke."""
    points_yx, edges = _graph(lines)
    joined: list[list[int]] = [[] for _ in points_yx]
    for one, other in edges.tolist():
        joined[one].append(other)
        joined[other].append(one)
    kept = lines.copy()
    for end in (index for index, near in enumerate(joined) if len(near) == 1):
        branch, near = [end], joined[end]
        while len(near) <= 2:
            ahead = [index for index in near if index not in branch[-2:]]
            if not ahead:
                break  # a line with two ends is a stroke, however short
            branch.append(ahead[0])
            near = joined[ahead[0]]
        else:
            tip, root = points_yx[branch[0]], points_yx[branch[-1]]
            juts_out = float(np.hypot(*(tip - root))) + reach[tuple(tip)] - reach[tuple(root)]
            if juts_out < SPUR_PX * ENLARGED:
                kept[tuple(points_yx[branch[:-1]].T)] = 0
    return kept


def _smooth(points_xy: NDArray[np.float32], edges: NDArray[np.intp]) -> NDArray[np.float32]:
    """Move every point towards the mean of its neighbours, repeatedly; ends stay."""
    near = np.zeros((len(points_xy), len(points_xy)), np.float32)
    near[edges[:, 0], edges[:, 1]] = near[edges[:, 1], edges[:, 0]] = 1
    degree = near.sum(1)
    fixed = degree <= 1
    near[fixed] = np.eye(len(points_xy), dtype=np.float32)[fixed]
    step = (np.eye(len(points_xy), dtype=np.float32) + near / near.sum(1, keepdims=True)) / 2
    for _ in range(SMOOTHING_STEPS):
        points_xy = step @ points_xy
    return points_xy


def _extend(
    points_xy: NDArray[np.float32], edges: NDArray[np.intp], radius: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Extend every stroke in a straight line at its ends, which the thinning has shortened."""
    count = np.bincount(edges.ravel(), minlength=len(points_xy))
    longer = points_xy.copy()
    for end in np.flatnonzero(count == 1):
        away = points_xy[end] - points_xy
        distance = np.hypot(away[:, 0], away[:, 1])
        near = (distance > 0) & (distance < 2.5 * radius[end] + 2)
        course = away[near].mean(axis=0) if near.any() else np.zeros(2, np.float32)
        length = float(np.hypot(*course))
        if length > 0:
            longer[end] += course / length * TIP * radius[end]
    return longer
