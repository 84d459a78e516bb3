"""Frames: a box or a circle around a digit, as on forms and in exercise books, is left out.

A frame is a thin closed line around something clearly smaller, with a round or four-sided outline.
If a 6, 8 or 9 is drawn as an outline, its outer line bends inwards, so it is not a frame. The outer
line of an outlined 0 may be mistaken for a frame, but the line inside it also shows a 0.

Limits: a frame that touches the digit forms one shape with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import cv2
import numpy as np

from digitscope.types import BoolArray, UInt8Array

if TYPE_CHECKING:
    from digitscope.preprocessing.connected_components import Component, Labels

MAX_FRAME_ASPECT = 2.0  # longer side over shorter; a longer ring is a 0
MAX_BOX_ASPECT = 3.5  # of a frame with corners
MIN_EXTENT = 0.7  # convex hull over box; a circle has .785, a diamond .5
MIN_BOX_EXTENT = 0.9  # of a frame with corners
MAX_INK = 0.4  # of the hull: a frame leaves most of it empty
MIN_SECTORS = 0.9  # fraction of the directions from its middle in which a frame has ink
MIN_SECTORS_CUT = 0.6  # ... if the picture's border cuts it
SECTORS = 72
MIN_CONTENT = 0.25  # longest side of the content, as a fraction of the frame's
MAX_CONTENT = 0.95


def without_frames(components: Sequence[Component], labels: Labels) -> list[Component]:
    """Leave out the components that are frames around another component.

    Args:
        components: of a picture.
        labels: (H, W), the label of the component that each pixel belongs to.
    """
    return [one for one in components if not (_holds(one, components) and _is_frame(one, labels))]


def _holds(frame: Component, components: Sequence[Component]) -> bool:
    """Whether another component of a digit's size lies within a component's box."""
    left, top, right, bottom = frame.box_xyxy
    return any(
        MIN_CONTENT * frame.height_px <= one.size_px <= MAX_CONTENT * frame.size_px
        and left < one.box_xyxy[0]
        and top < one.box_xyxy[1]
        and one.box_xyxy[2] < right
        and one.box_xyxy[3] < bottom
        for one in components
        if one is not frame
    )


def _is_frame(one: Component, labels: Labels) -> bool:
    """Whether a component is a thin closed line that does not bend inwards."""
    left, top, right, bottom = one.box_xyxy
    own = np.asarray(labels[top:bottom, left:right] == one.label)
    hull_px = _hull_area_px(own.view(np.uint8))
    extent, aspect = hull_px / own.size, max(own.shape) / min(own.shape)
    least = MIN_SECTORS_CUT if one.touches_border else MIN_SECTORS
    return (
        extent >= MIN_EXTENT
        and aspect <= (MAX_FRAME_ASPECT if extent < MIN_BOX_EXTENT else MAX_BOX_ASPECT)
        and one.area_px <= MAX_INK * hull_px
        and _sectors_with_ink(own) >= least
    )


def _hull_area_px(own: UInt8Array) -> float:
    """Area of the convex hull of (H, W) ink, 0 or 1."""
    return float(cv2.contourArea(cv2.convexHull(cv2.findNonZero(own))))


def _sectors_with_ink(own: BoolArray) -> float:
    """The fraction of directions from the middle in which (H, W) ink lies, 0..1."""
    y, x = np.nonzero(own)
    height, width = own.shape
    angles = np.arctan2((y + 0.5) / height - 0.5, (x + 0.5) / width - 0.5)
    sectors = ((angles + np.pi) / (2 * np.pi) * SECTORS).astype(int) % SECTORS
    return len(np.unique(sectors)) / SECTORS
