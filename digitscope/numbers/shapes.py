"""Shapes of ink: connected components, joined components and cut pieces."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, reduce

import cv2
import numpy as np

from digitscope.preprocessing.connected_components import label_components, union_box
from digitscope.types import BoolArray, BoxXYXY

MIN_SHAPE_AREA = 1.5e-5  # of the picture: smaller spots are dust or grain
MAX_SHAPES = 1500  # only the largest are used: noise has thousands


@dataclass(frozen=True, eq=False)
class Shape:
    """Some ink, cut out of the picture.

    Attributes:
        box_xyxy: left, top, right, bottom (exclusive), working pixels.
        mask: (h, w) bool, the ink in that box.
    """

    box_xyxy: BoxXYXY
    mask: BoolArray

    @property
    def width(self) -> int:
        """Width of the box, px."""
        return self.box_xyxy[2] - self.box_xyxy[0]

    @property
    def height(self) -> int:
        """Height of the box, px."""
        return self.box_xyxy[3] - self.box_xyxy[1]

    @property
    def centre_x(self) -> float:
        """Horizontal middle of the box, px."""
        return (self.box_xyxy[0] + self.box_xyxy[2]) / 2

    @property
    def centre_y(self) -> float:
        """Vertical middle of the box, px."""
        return (self.box_xyxy[1] + self.box_xyxy[3]) / 2

    @cached_property
    def area(self) -> int:
        """Number of pixels of ink."""
        return int(np.count_nonzero(self.mask))

    @cached_property
    def slant(self) -> float:
        """How far the ink leans: columns per row, above 0 if the top leans to the right."""
        moments = cv2.moments(self.mask.view(np.uint8), binaryImage=True)
        return -float(moments["mu11"]) / max(float(moments["mu02"]), 1.0)

    @cached_property
    def bow(self) -> float:
        """How far the ink's middle lies left of its ends, in heights: above 0 for a "("."""
        counts = self.mask.sum(axis=1)
        middles = (self.mask @ np.arange(self.width)) / np.maximum(counts, 1)
        quarter = self.height // 4
        if not quarter:
            return 0.0
        ends = (middles[:quarter].mean() + middles[-quarter:].mean()) / 2
        return float(ends - middles[quarter:-quarter].mean()) / self.height


def find_shapes(mask: BoolArray) -> list[Shape]:
    """Split an ink mask, (H, W) bool, into its connected components, without specks."""
    labels, stats = label_components(mask)
    min_area = max(6.0, MIN_SHAPE_AREA * mask.size)
    areas = stats[:, cv2.CC_STAT_AREA].copy()
    areas[0] = 0
    order = np.argsort(-areas, kind="stable")[:MAX_SHAPES]
    shapes = []
    for label in order[areas[order] >= min_area]:
        left, top, wide, tall = (int(value) for value in stats[label, :4])
        own = labels[top : top + tall, left : left + wide] == label
        shapes.append(Shape((left, top, left + wide, top + tall), own))
    return shapes


def join_shapes(shapes: Sequence[Shape]) -> Shape:
    """Join shapes into one shape."""
    if len(shapes) == 1:
        return shapes[0]
    left, top, right, bottom = reduce(union_box, (shape.box_xyxy for shape in shapes))
    mask = np.zeros((bottom - top, right - left), bool)
    for shape in shapes:
        x, y = shape.box_xyxy[0] - left, shape.box_xyxy[1] - top
        mask[y : y + shape.height, x : x + shape.width] |= shape.mask
    return Shape((left, top, right, bottom), mask)


def tighten(shape: Shape) -> Shape | None:
    """Shrink the box to the ink; None if there is no ink."""
    left, top, wide, tall = cv2.boundingRect(shape.mask.view(np.uint8))
    if not wide:
        return None
    x, y = shape.box_xyxy[:2]
    own = shape.mask[top : top + tall, left : left + wide]
    return Shape((x + left, y + top, x + left + wide, y + top + tall), own)
