"""Join bars to the digit directly above or below them.

Sizes are fractions of the typical height of a digit. Tuned on the dev pictures.
"""

from __future__ import annotations

from collections.abc import Sequence

from digitscope.numbers.shapes import Shape, join_shapes

BAR_HEIGHT, BAR_WIDTH = 0.7, 0.4  # maximum height and minimum width of a bar
BAR_GAP, BAR_OVERLAP, STACKED_HEIGHT = 0.15, 0.6, 1.5
MIN_HOST = 0.45  # minimum height of the shape that a bar belongs to


def join_stacked(shapes: Sequence[Shape], typical: float) -> list[Shape]:
    """Join a bar to the shape directly above or below it: the bar of a 5, the top of a 7.

    Otherwise the bar of a digit that rises above its row would start a row of its own.

    Args:
        shapes: of a picture.
        typical: height of a digit, px.
    """
    bars = [shape for shape in shapes if _is_bar(shape, typical)]
    joined = list(shapes)
    for bar in bars:
        hosts = [one for one in joined if one is not bar and _is_host(one, bar, typical)]
        if hosts:
            host = max(hosts, key=lambda one: one.area)
            joined = [one for one in joined if one is not bar and one is not host]
            joined.append(join_shapes([host, bar]))
    return joined


def _is_bar(shape: Shape, typical: float) -> bool:
    """Whether a shape is lower than a digit but wider than a dot."""
    return shape.height < BAR_HEIGHT * typical and shape.width >= BAR_WIDTH * typical


def _is_host(shape: Shape, bar: Shape, typical: float) -> bool:
    """Whether a shape and a bar together make one digit of usual height."""
    left, top, right, bottom = shape.box_xyxy
    shared = min(right, bar.box_xyxy[2]) - max(left, bar.box_xyxy[0])
    gap = max(top - bar.box_xyxy[3], bar.box_xyxy[1] - bottom)
    height = max(bottom, bar.box_xyxy[3]) - min(top, bar.box_xyxy[1])
    is_near = -BAR_GAP * typical <= gap <= BAR_GAP * typical
    return (
        is_near
        and shared >= BAR_OVERLAP * min(shape.width, bar.width)
        and shape.height >= MIN_HOST * typical
        and shape.height > bar.height
        and height <= STACKED_HEIGHT * typical
    )
