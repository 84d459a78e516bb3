"""Group shapes into rows, even if the rows rise or fall.

Sizes are fractions of the height of the digits, unless stated otherwise. Thresholds were tuned on
the dev pictures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from digitscope.numbers.lines import free_from_lines
from digitscope.numbers.shapes import Shape
from digitscope.numbers.stacking import join_stacked

MIN_ROW_SHAPE = 0.45  # a shape at least this tall starts or continues a row
MIN_DIGIT_PX = 11  # working pixels: a lower shape is not a digit
MIN_OVERLAP = 0.35  # vertical overlap with a neighbour in the same row, of the smaller height
NEIGHBOUR_REACH = 4.0  # how far to the right the neighbour that gives the slope is searched
NEIGHBOUR_RISE = 0.6  # ... and how far up or down
MAX_SLOPE = 0.35  # 19 degrees
BAND_MARGIN = 0.35  # a small mark this far above or below the neighbours belongs to the row
NEAREST = 3  # shapes of a row that a small mark is compared with
LINE_ASPECT = 5.0  # a long shape this much longer than thick is a line
MAX_EDGE_SHAPE = 2.2  # a shape at the edge this much taller than the digits is a shadow or a table
MIN_TYPICAL = 0.12  # of the picture's height: minimum, if only specks are away from the edge
USUAL_WIDTH = 0.75  # of a digit: a wider shape counts as several


@dataclass(frozen=True, eq=False)
class Row:
    """Shapes that stand side by side.

    Attributes:
        shapes: left to right, by their middle.
        height: of its digits, px.
        slope: rows per column, positive downwards.
        middle: the row's vertical middle at column 0, px.
        slant: how far its digits lean; see `Shape.slant`.
    """

    shapes: tuple[Shape, ...]
    height: float
    slope: float
    middle: float
    slant: float

    def middle_at(self, x: float) -> float:
        """The vertical middle of the row at a column, px."""
        return self.middle + self.slope * x


def find_rows(shapes: Sequence[Shape], size_hw: tuple[int, int]) -> list[Row]:
    """Group shapes into rows, top to bottom.

    Args:
        shapes: of a picture.
        size_hw: height and width of the picture.
    """
    kept = [shape for shape in shapes if not is_line(shape, size_hw)]
    kept = [part for shape in kept for part in free_from_lines(shape, size_hw)]
    kept = [shape for shape in kept if not is_line(shape, size_hw)]
    kept = _without_blobs(kept, size_hw)
    kept = join_stacked(kept, typical_height(kept))
    rows: list[Row] = []
    while True:
        typical = typical_height(kept)
        bigs = [
            shape for shape in kept if shape.height >= max(MIN_ROW_SHAPE * typical, MIN_DIGIT_PX)
        ]
        if not bigs:
            return sorted(rows, key=_top)
        slope = page_slope(bigs, typical)
        found, kept = _attach_small(_chain(bigs, slope), kept)
        rows += [_measure_row(members, slope) for members in found]


def _top(row: Row) -> float:
    return row.middle_at(row.shapes[0].centre_x)


def is_line(shape: Shape, size_hw: tuple[int, int]) -> bool:
    """Whether a shape is a piece of a table line or a frame of the picture.

    >>> is_line(Shape((0, 5, 200, 10), np.ones((5, 200), bool)), (100, 200))
    True
    """
    height, width = size_hw
    left, top, right, bottom = shape.box_xyxy
    touches_x, touches_y = left <= 1 or right >= width - 1, top <= 1 or bottom >= height - 1
    long, short = max(shape.width, shape.height), max(1, min(shape.width, shape.height))
    if shape.width > LINE_ASPECT * shape.height:
        return touches_x or touches_y or long > 0.5 * width
    thickness = shape.area / long
    if shape.height > LINE_ASPECT * thickness and shape.height > 0.9 * height and touches_y:
        return short < 0.12 * height
    return False


def _without_blobs(shapes: Sequence[Shape], size_hw: tuple[int, int]) -> list[Shape]:
    """Leave out shadows: shapes at the edge that are much larger than shapes elsewhere."""
    inner = [shape for shape in shapes if not touches_edge(shape, size_hw)]
    if not inner:
        return list(shapes)
    limit = MAX_EDGE_SHAPE * max(
        typical_height(inner, power=1.0), MIN_DIGIT_PX, MIN_TYPICAL * size_hw[0]
    )
    return [
        shape
        for shape in shapes
        if max(shape.width / 3, shape.height) <= limit or not touches_edge(shape, size_hw)
    ]


def touches_edge(shape: Shape, size_hw: tuple[int, int]) -> bool:
    """Whether a shape reaches the edge of the picture."""
    left, top, right, bottom = shape.box_xyxy
    return left <= 1 or top <= 1 or right >= size_hw[1] - 1 or bottom >= size_hw[0] - 1


def typical_height(shapes: Sequence[Shape], power: float = 0.5) -> float:
    """The height of the digits, px: a median weighted by a power of each shape's ink."""
    if not shapes:
        return 0.0
    heights = np.array([shape.height for shape in shapes], float)
    weights = np.array([shape.area**power for shape in shapes])
    order = np.argsort(heights)
    middle = np.searchsorted(np.cumsum(weights[order]), weights.sum() / 2)
    return float(heights[order][middle])


def page_slope(shapes: Sequence[Shape], height: float) -> float:
    """The slope of the rows: the median to right-hand neighbours; 0 if there are few."""
    x = np.array([shape.centre_x for shape in shapes])
    y = np.array([(shape.box_xyxy[1] + shape.box_xyxy[3]) / 2 for shape in shapes])
    across, down = x[None] - x[:, None], y[None] - y[:, None]
    reach = NEIGHBOUR_REACH * height
    near = (across > 0.2 * height) & (across < reach) & (np.abs(down) < NEIGHBOUR_RISE * height)
    nearest = np.where(near, across, np.inf).argmin(axis=1)
    rows = np.flatnonzero(near.any(axis=1))
    if rows.size < 3:
        return 0.0
    slopes = down[rows, nearest[rows]] / across[rows, nearest[rows]]
    return float(np.clip(np.median(slopes), -MAX_SLOPE, MAX_SLOPE))


def _span(shape: Shape, slope: float) -> tuple[float, float]:
    """Top and bottom of a shape, corrected for the slope of the page, px."""
    shift = slope * shape.centre_x
    return shape.box_xyxy[1] - shift, shape.box_xyxy[3] - shift


def _overlap(shape: Shape, other: Shape, slope: float) -> float:
    """How much two shapes overlap vertically, as a fraction of the smaller height."""
    (top, bottom), (other_top, other_bottom) = _span(shape, slope), _span(other, slope)
    shared = min(bottom, other_bottom) - max(top, other_top)
    return shared / min(shape.height, other.height)


def _chain(bigs: Sequence[Shape], slope: float) -> list[list[Shape]]:
    """Assign each shape, left to right, to the row whose last shapes it overlaps most."""
    rows: list[list[Shape]] = []
    for shape in sorted(bigs, key=lambda one: one.centre_x):
        best, best_overlap = None, MIN_OVERLAP
        for row in rows:
            overlap = max(_overlap(shape, last, slope) for last in row[-2:])
            if overlap > best_overlap:
                best, best_overlap = row, overlap
        if best is None:
            rows.append([shape])
        else:
            best.append(shape)
    return rows


def _attach_small(
    rows: list[list[Shape]], shapes: Sequence[Shape]
) -> tuple[list[list[Shape]], list[Shape]]:
    """Assign the small shapes to the rows they lie in; return rows and remaining shapes."""
    taken = {id(shape) for row in rows for shape in row}
    full, left = [list(row) for row in rows], []
    for shape in shapes:
        if id(shape) in taken:
            continue
        distances = [_distance_to_row(shape, row) for row in rows]
        nearest = int(np.argmin(distances))
        if distances[nearest] < np.inf:
            full[nearest].append(shape)
        else:
            left.append(shape)
    return full, left


def _distance_to_row(shape: Shape, row: list[Shape]) -> float:
    """How far a shape lies from the middle of the nearest shape of a row; inf if outside.

    Several are compared: the nearest may be another piece of the same broken digit.
    """
    near = sorted(row, key=lambda one: abs(one.centre_x - shape.centre_x))[:NEAREST]
    return min(_distance(shape, one) for one in near)


def _distance(shape: Shape, near: Shape) -> float:
    margin = BAND_MARGIN * near.height
    if not near.box_xyxy[1] - margin <= shape.centre_y <= near.box_xyxy[3] + margin:
        return np.inf
    reach = 3 * near.height + near.width
    return (
        abs(shape.centre_y - near.centre_y)
        + max(0.0, abs(shape.centre_x - near.centre_x) - reach) * 10
    )


def _measure_row(members: list[Shape], page: float) -> Row:
    """Measure height, slope and slant of a row by its large shapes."""
    height = _row_height(members)
    bigs = [
        shape for shape in members if MIN_ROW_SHAPE * height <= shape.height <= 2 * height
    ] or members
    x, y = np.array([s.centre_x for s in bigs]), np.array([s.centre_y for s in bigs])
    slope = _slope_of(x, y, height) if len(bigs) > 2 else page
    middle = float(np.median(y - slope * x))
    slants = [shape.slant for shape in bigs if shape.width <= shape.height]
    slant = float(np.median(slants)) if slants else 0.0  # wide shapes lean as their row slopes
    ordered = tuple(sorted(members, key=lambda one: one.centre_x))
    return Row(ordered, height, slope, middle, slant)


def _row_height(members: list[Shape]) -> float:
    """The median height, px; a wide shape counts as several digits."""
    tallest = max(shape.height for shape in members)
    heights = []
    for shape in members:
        if shape.height >= MIN_ROW_SHAPE * tallest:
            heights += [shape.height] * max(1, round(shape.width / (USUAL_WIDTH * shape.height)))
    return float(np.median(heights))


def _slope_of(x: np.ndarray, y: np.ndarray, height: float) -> float:
    """The median slope between the points (Theil and Sen)."""
    first, second = np.triu_indices(len(x), 1)
    across = x[second] - x[first]
    far = np.abs(across) > 0.3 * height
    if not far.any():
        return 0.0
    slopes = (y[second] - y[first])[far] / across[far]
    return float(np.clip(np.median(slopes), -MAX_SLOPE, MAX_SLOPE))
