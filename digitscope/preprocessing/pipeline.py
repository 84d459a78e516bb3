"""The eleven steps in order: a picture in, a tile or the reason why there is none out."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from digitscope.errors import BackgroundUnavailableError
from digitscope.preprocessing import ink as inks
from digitscope.preprocessing import tile as tiles
from digitscope.preprocessing.background import (
    BackgroundRemover,
    make_remover,
    weights_on_disk,
)
from digitscope.preprocessing.ground import estimate_ground
from digitscope.preprocessing.locating import Location, locate
from digitscope.preprocessing.quality import measure_contrast, measure_quality
from digitscope.preprocessing.trace import Trace, show_location, show_on_chequers
from digitscope.preprocessing.working import Working, to_working_size
from digitscope.types import (
    PIXEL_MEAN,
    PIXEL_STD,
    Background,
    BoolArray,
    BoxXYXY,
    Preprocessed,
    Reason,
    Sighting,
    Tile,
    UInt8Array,
)

DROWNED = 60  # grain that hides ink of a quarter of the range: such a page may not be blank


@dataclass(frozen=True, eq=False)
class InkMap:
    """Steps 1 to 5 of one picture.

    Attributes:
        levels: (H, W) uint8, ink light on black, the ground taken away.
        raw: (H, W) uint8, the same with the ground left in.
        mask: (H, W) bool.
        least: the level, of 255, below which nothing is ink.
    """

    levels: UInt8Array
    raw: UInt8Array
    mask: BoolArray
    least: float


def map_ink(working: Working, remover: BackgroundRemover, trace: Trace) -> InkMap:
    """Take steps 1 to 5: background, composition, greyscale, denoising, polarity and mask.

    Raises:
        BackgroundUnavailableError: the remover cannot run here.
    """
    difference = working.rgb.astype(np.float32) - estimate_ground(working.rgb)
    sigma = inks.page_sigma(difference)
    keep = remover.keep(working.rgb, difference, sigma)
    trace.add(
        show_on_chequers(working.rgb, keep),
        "{share:.1%} of the picture differs from the page and is kept (route: {route}).",
        share=float(keep.mean()),
        route=str(remover.name),
    )
    dark = inks.is_ink_dark(difference, keep)
    composed = inks.compose(difference, keep, dark)
    trace.add(
        composed,
        "The ink is dark on a light ground: it was put on even white."
        if dark
        else "The ink is light on a dark ground: it was put on even black.",
    )
    colour = inks.ink_colour(composed, dark)
    grey = inks.to_grey(composed, dark, colour)
    trace.add(
        grey,
        "Colours were weighed {red:.0%} red, {green:.0%} green, {blue:.0%} blue, as this ink asks.",
        **dict(zip(("red", "green", "blue"), (colour / colour.sum()).tolist(), strict=True)),
    )
    calm = inks.denoise(grey)
    trace.add(
        calm,
        "Smoothed with a Gaussian of {sigma:.1f} px, for a picture of {width} x {height} px.",
        sigma=inks.denoise_sigma_px(grey.shape[:2]),
        width=grey.shape[1],
        height=grey.shape[0],
    )
    levels, raw = calm, inks.to_grey(working.rgb, dark, colour)
    if dark:
        levels, raw = 255 - levels, 255 - raw
    least = inks.ink_threshold(sigma)
    mask = inks.mark_ink(levels, least)
    trace.add(
        (mask * 255).astype(np.uint8),
        (
            "Turned light on dark; Otsu's threshold marks {share:.1%} as ink, "
            "nothing fainter than {least:.0f} of 255."
            if dark
            else "Light on dark already; Otsu's threshold marks {share:.1%} as ink, "
            "nothing fainter than {least:.0f} of 255."
        ),
        share=float(mask.mean()),
        least=least,
    )
    return InkMap(levels, raw, mask, least)


def _trace_location(ink_map: InkMap, location: Location, trace: Trace) -> None:
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
        if location.lines_removed
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


def preprocess_with(
    working: Working, remover: BackgroundRemover, *, anyway: bool = False
) -> Preprocessed:
    """Take a picture at working size through the steps with one way of removing the background.

    Args:
        working: the picture.
        remover: the way to remove the background.
        anyway: make a tile even of a shape that step 6 refuses; the reason stands all the same.

    Raises:
        BackgroundUnavailableError: the remover cannot run here.
    """
    trace = Trace()
    ink_map = map_ink(working, remover, trace)
    location = locate(ink_map.mask, ink_map.levels, ink_map.raw)
    _trace_location(ink_map, location, trace)
    tile, quality, sighting, reason = None, None, None, location.reason
    if reason is Reason.BLANK and ink_map.least > DROWNED:
        reason = Reason.NO_CONTRAST
    if location.box_xyxy is not None:
        given = working.to_given(location.box_xyxy)
        sighting = Sighting(given, location.mask, working.rgb)
        quality = measure_quality(
            ink_map.levels, location.mask, ink_map.least, location.clear, given
        )
        if reason is None or anyway:
            pixels = make_tile(ink_map, location, location.box_xyxy, trace)
            tile = Tile(given, location.mask, working.rgb, pixels)
    return Preprocessed(
        tuple(trace.steps),
        tile,
        quality,
        reason,
        remover.name,
        digits_seen=location.digits_seen,
        sighting=sighting,
    )


def preprocess(
    rgb: UInt8Array,
    background: Background = Background.AUTO,
    given_size_wh: tuple[int, int] | None = None,
    *,
    anyway: bool = False,
) -> Preprocessed:
    """Take a picture through the eleven steps.

    `auto` takes the OpenCV route, which needs no download, and asks u2netp for a second look where
    that route finds no digit on a page that is not blank and the weights are on disk. Where a
    network that was asked for cannot run, the OpenCV route answers and `notice` says so.

    Args:
        rgb: (H, W, 3) uint8.
        background: the way to remove the background.
        given_size_wh: width and height of the picture as given, if opening it reduced it; boxes
            are told in its pixels.
        anyway: make a tile even of a shape that step 6 refuses; the reason stands all the same.
    """
    working = to_working_size(rgb, given_size_wh)
    if background is not Background.AUTO:
        return _with_fallback(working, background, anyway=anyway)
    first = preprocess_with(working, make_remover(Background.OPENCV), anyway=anyway)
    if not _wants_second_look(first):
        return first
    second = _with_fallback(working, Background.U2NETP, anyway=anyway)
    return second if second.reason is None else first


def _with_fallback(working: Working, background: Background, *, anyway: bool) -> Preprocessed:
    """Take the route asked for, or, where it cannot run, the OpenCV route with a notice."""
    try:
        return preprocess_with(working, make_remover(background), anyway=anyway)
    except BackgroundUnavailableError as error:
        result = preprocess_with(working, make_remover(Background.OPENCV), anyway=anyway)
        return dataclasses.replace(result, notice=f"{error} The OpenCV route answered instead.")


def _wants_second_look(result: Preprocessed) -> bool:
    """Whether u2netp may find what the OpenCV route did not."""
    unsure = result.reason in (Reason.NOT_A_DIGIT, Reason.TOO_SMALL)
    return unsure and weights_on_disk(Background.U2NETP)
