"""The data passed from step to step: one record for each step that makes new data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from digitscope.preprocessing.working_picture import WorkingPicture
from digitscope.types import (
    Background,
    BoolArray,
    BoxXYXY,
    Float32Array,
    Quality,
    Reason,
    UInt8Array,
)

NOT_YET: Any = None  # the value of a field until its step has run


@dataclass(frozen=True)
class Attempt:
    """The options of one attempt at a picture.

    Attributes:
        background: the route that removes the background, never `auto`.
        skip: leave out this many of the likeliest shapes.
        thorough: follow the sharp edges of shadows and remove tilted ruled lines. This is
            slower and may mistake wide brush strokes for a shadow.
        broad: with `thorough`, follow the edges less closely, so that brush strokes stay ink.
    """

    background: Background = Background.OPENCV
    skip: int = 0
    thorough: bool = False
    broad: bool = False

    @property
    def is_elsewhere(self) -> bool:
        """Whether the attempt looks for another shape than the likeliest."""
        return self.skip > 0


@dataclass(frozen=True, eq=False)
class Foreground:
    """Step 1: what differs from the background.

    Attributes:
        difference: (H, W, 3) float32, the picture minus the background estimate, -255..255.
        keep: (H, W) float32, 0..1, how much of each pixel is kept.
        luma: (H, W) float32, the luma of the difference.
        is_ink_dark: whether the ink is darker than the background.
        route: the background route that was used, never `auto`.
    """

    difference: Float32Array
    keep: Float32Array
    luma: Float32Array
    is_ink_dark: bool
    route: Background


@dataclass(frozen=True, eq=False)
class Grey:
    """Steps 3 and 4: one value for each pixel.

    Attributes:
        levels: (H, W) uint8, of the same polarity as the picture.
        colour_weights: (3,) float32, red, green and blue, their sum is 1.
        grain: standard deviation of the page's noise after denoising, in levels of 0..255.
    """

    levels: UInt8Array
    colour_weights: Float32Array
    grain: float = NOT_YET


@dataclass(frozen=True, eq=False)
class InkMap:
    """Step 5: where the ink is.

    Attributes:
        levels: (H, W) uint8, ink light on black, the background removed.
        mask: (H, W) bool, True on ink.
        min_level: 0..255; nothing below this level is ink.
    """

    levels: UInt8Array
    mask: BoolArray
    min_level: float


@dataclass(frozen=True, eq=False)
class Location:
    """Step 6: where the digit is, or why there is none.

    Attributes:
        mask: (H, W) bool, True on the digit's ink only; all False if nothing was found.
        box_xyxy: of the digit in working pixels, or None.
        reason: why the picture is refused, or None.
        digits_seen: how many separate digits the picture seems to show.
        components: how many connected components the digit is made of.
        dropped: how many other components were left out.
        confidence: fraction of the surroundings of the shape that is page, 0..1.
        has_lines: whether ruled lines were removed.
        given_xyxy: the box in the pixels of the given picture, or None.
    """

    mask: BoolArray
    box_xyxy: BoxXYXY | None
    reason: Reason | None
    digits_seen: int = 0
    components: int = 0
    dropped: int = 0
    confidence: float = 0.0
    has_lines: bool = False
    given_xyxy: BoxXYXY | None = None


@dataclass(frozen=True, eq=False)
class CutOut:
    """Step 7: the digit alone, with a small margin.

    Attributes:
        ink: (h, w) float32, 0..1.
        mask: (h, w) bool.
    """

    ink: Float32Array
    mask: BoolArray


@dataclass(frozen=True, eq=False)
class Glyph:
    """Step 8: the digit with strokes as wide as those of MNIST.

    Attributes:
        ink: (h, w) float32, 0..1, the longest side of the digit is about GLYPH_PX.
        mask: (h, w) bool, True on ink, before the stroke width was corrected.
        stroke_px: the width of the stroke before it was corrected, in pixels of the tile.
        is_corrected: whether the width was changed.
    """

    ink: Float32Array
    mask: BoolArray
    stroke_px: float
    is_corrected: bool = False


@dataclass(frozen=True, eq=False)
class State:
    """A picture and the results of the steps so far. Each step fills in its part.

    A step reads only what earlier steps have filled in.

    Attributes:
        picture: the picture at working size.
        foreground: from step 1.
        composed_rgb: (H, W, 3) uint8, from step 2.
        grey: from step 3; step 4 smooths it.
        ink_map: from step 5.
        location: from step 6.
        quality: from step 6; None if nothing was located.
        cut_out: from step 7.
        glyph: from step 8.
        digit: (h, w) uint8, longest side 20, from step 8.
        tile: (28, 28) uint8, from step 9; step 10 closes its gaps.
    """

    picture: WorkingPicture
    foreground: Foreground = NOT_YET
    composed_rgb: UInt8Array = NOT_YET
    grey: Grey = NOT_YET
    ink_map: InkMap = NOT_YET
    location: Location = NOT_YET
    quality: Quality | None = None
    cut_out: CutOut = NOT_YET
    glyph: Glyph = NOT_YET
    digit: UInt8Array = NOT_YET
    tile: UInt8Array = NOT_YET
