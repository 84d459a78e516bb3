"""The eleven steps in order: a picture in, a tile or the reason why there is none out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from digitscope.preprocessing import tile as tiles
from digitscope.preprocessing.background import make_remover
from digitscope.preprocessing.ink_map import InkMap, map_ink
from digitscope.preprocessing.locating import Location, locate
from digitscope.preprocessing.quality import measure_contrast, measure_quality
from digitscope.preprocessing.ruled_lines import remove_ruled_lines
from digitscope.preprocessing.trace import Trace, show_location
from digitscope.preprocessing.working import Working
from digitscope.types import (
    PIXEL_MEAN,
    PIXEL_STD,
    Background,
    BoxXYXY,
    Detection,
    Preprocessed,
    Reason,
    Tile,
    UInt8Array,
)

DROWNED = 20  # grain that hides ink of a twelfth of the range: faint pencil would not be seen


@dataclass(frozen=True)
class Attempt:
    """One way to look at a picture.

    Attributes:
        background: the way to remove the background, never `auto`.
        weaker_ink: whether the ink that stands out less is taken, light or dark.
        pass_over: so many of the likeliest shapes are passed over.
        thorough: follow sharp edges of shadows, and take lines away that run askew. It takes
            longer, and may take the wide strokes of a brush for a shadow.
        broad: with `thorough`, follow the edges less closely, so that a brush's strokes are ink.
    """

    background: Background = Background.OPENCV
    weaker_ink: bool = False
    pass_over: int = 0
    thorough: bool = False
    broad: bool = False

    @property
    def is_elsewhere(self) -> bool:
        """Whether it is for another shape than the likeliest."""
        return self.weaker_ink or self.pass_over > 0


def _trace_location(ink_map: InkMap, location: Location, lines: bool, trace: Trace) -> None:
    if location.box_xyxy is None:
        trace.add(
            show_location(ink_map.levels, location),
            "No stroke that could be a digit was found.",
        )
        return
    left, top, right, bottom = location.box_xyxy
    template = (
        "Ruled lines were taken away; a shape of {width} x {height} px was found. Pieces of ink in "
        "it: {parts}, left out: {dropped}."
        if lines
        else "A shape of {width} x {height} px was found. Pieces of ink in it: {parts}, "
        "left out: {dropped}."
    )
    trace.add(
        show_location(ink_map.levels, location),
        template,
        width=right - left,
        height=bottom - top,
        parts=location.parts,
        dropped=location.dropped,
    )


def make_tile(ink_map: InkMap, location: Location, box: BoxXYXY, trace: Trace) -> UInt8Array:
    """Take steps 7 to 11: contrast, resize, centring, closing, normalisation.

    Returns:
        (28, 28) uint8.
    """
    stretched, own = tiles.stretch_contrast(ink_map.levels, location.mask, box)
    trace.add(
        (stretched * 255).astype(np.uint8),
        "Ink of about {contrast:.0%} of the range was stretched to all of it.",
        contrast=measure_contrast(ink_map.levels, location.mask),
    )
    longest = max(box[2] - box[0], box[3] - box[1])
    glyph = tiles.bring_stroke_to_width(stretched, own, longest)
    digit = tiles.shrink_to_digit(glyph.ink)
    trace.add(
        digit,
        (
            "Shrunk from {longest} px to 20 px; strokes {stroke:.1f} px wide were brought to "
            "MNIST's width."
            if glyph.corrected
            else "Shrunk from {longest} px to 20 px; strokes {stroke:.1f} px wide suit MNIST."
        ),
        longest=longest,
        stroke=glyph.stroke_px,
    )
    centred = tiles.centre_by_mass(digit)
    trace.add(centred, "Laid into 28 x 28 px with the centre of mass at the centre.")
    closed, was_closed = tiles.close_gaps(centred)
    trace.add(
        closed,
        "A break in a stroke was closed." if was_closed else "No break in a stroke needed closing.",
    )
    trace.add(
        closed,
        "Inside the network: minus {mean:.1f}, divided by {std:.1f}; black becomes {low:.2f}, "
        "white {high:.2f}.",
        mean=PIXEL_MEAN,
        std=PIXEL_STD,
        low=-PIXEL_MEAN / PIXEL_STD,
        high=(255 - PIXEL_MEAN) / PIXEL_STD,
    )
    return closed


def preprocess(working: Working, look: Attempt, *, force: bool = False) -> Preprocessed:
    """Take a picture at working size through the steps, looking at it one way.

    Args:
        working: the picture.
        look: how the background is removed, which ink is taken, which shapes are passed over.
        force: make a tile even of a shape that step 6 refuses; the reason stands all the same.

    Raises:
        BackgroundUnavailableError: the way to remove the background cannot run here.
    """
    trace = Trace()
    ink_map = map_ink(
        working,
        make_remover(look.background),
        trace,
        weaker_ink=look.weaker_ink,
        thorough=look.thorough,
        broad=look.broad,
    )
    mask, lines = remove_ruled_lines(ink_map.mask, tilted=look.thorough)
    location = locate(mask, ink_map.levels, ink_map.raw, pass_over=look.pass_over)
    _trace_location(ink_map, location, lines, trace)
    tile, quality, detection, reason = None, None, None, location.reason
    if reason is Reason.BLANK and ink_map.least > DROWNED:
        reason = Reason.NO_CONTRAST
    if location.box_xyxy is not None:
        given = working.to_given(location.box_xyxy)
        detection = Detection(given, location.mask, working.rgb)
        quality = measure_quality(
            ink_map.levels, location.mask, ink_map.least, location.clear, given
        )
        if reason is None or force:
            pixels = make_tile(ink_map, location, location.box_xyxy, trace)
            tile = Tile(given, location.mask, working.rgb, pixels)
    return Preprocessed(
        tuple(trace.steps),
        tile,
        quality,
        reason,
        look.background,
        digits_seen=location.digits_seen,
        detection=detection,
        elsewhere=look.is_elsewhere,
    )
