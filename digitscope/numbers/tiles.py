"""Tiles of candidates: steps 7 to 10, as for one digit."""

from __future__ import annotations

from digitscope.numbers.shapes import Shape
from digitscope.preprocessing.centring import centre_by_mass
from digitscope.preprocessing.closing import close_gaps
from digitscope.preprocessing.contrast import stretch_contrast
from digitscope.preprocessing.resizing import correct_stroke_width, shrink_to_digit
from digitscope.types import UInt8Array


def make_tile(levels: UInt8Array, shape: Shape) -> UInt8Array:
    """Turn a shape into a tile in MNIST's form.

    Args:
        levels: (H, W) uint8, ink levels of the picture, light on black.
        shape: of that picture.

    Returns:
        (28, 28) uint8.
    """
    left, top, right, bottom = shape.box_xyxy
    own = levels[top:bottom, left:right]
    ink, mask = stretch_contrast(own, shape.mask, (0, 0, shape.width, shape.height))
    glyph = correct_stroke_width(ink, mask, max(shape.width, shape.height))
    return close_gaps(centre_by_mass(shrink_to_digit(glyph.ink)))
