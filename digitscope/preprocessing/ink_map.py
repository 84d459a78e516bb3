"""Steps 1 to 5 of one picture: from its colours to a map of ink."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from digitscope.preprocessing import ink as inks
from digitscope.preprocessing.background import BackgroundRemover
from digitscope.preprocessing.background_estimation import (
    BRUSH_STROKE,
    PEN_STROKE,
    estimate_background,
    ground_between_strokes,
)
from digitscope.preprocessing.trace import Trace, show_on_chequers
from digitscope.preprocessing.working import Working
from digitscope.types import BoolArray, Float32Array, UInt8Array


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


@dataclass(frozen=True, eq=False)
class _Foreground:
    """What differs from the page.

    Attributes:
        difference: (H, W, 3) float32, picture minus ground.
        keep: (H, W) float32, 0..1, how much of each pixel is kept.
        dark: whether the ink is darker than its ground.
    """

    difference: Float32Array
    keep: Float32Array
    dark: bool


def _minus(rgb: UInt8Array, ground: Float32Array) -> Float32Array:
    """The picture minus its ground, (H, W, 3) float32."""
    return np.asarray(cv2.subtract(rgb, ground, dtype=cv2.CV_32F), np.float32)


def _part_from_page(
    rgb: UInt8Array, ground: Float32Array, remover: BackgroundRemover, weaker_ink: bool
) -> _Foreground:
    difference = _minus(rgb, ground)
    keep = remover.keep(rgb, difference, inks.page_sigma(difference))
    return _Foreground(difference, keep, inks.is_ink_dark(difference, keep) != weaker_ink)


def _part_thoroughly(
    rgb: UInt8Array, easy: _Foreground, remover: BackgroundRemover, widest: float
) -> _Foreground:
    """The same, once it is known whether the ink is dark, with a ground that has sharp edges."""
    calm = inks.denoise(rgb)
    difference = _minus(calm, ground_between_strokes(calm, easy.dark, widest))
    keep = remover.keep(rgb, difference, inks.page_sigma(difference))
    return _Foreground(difference, keep, easy.dark)


def map_ink(
    working: Working,
    remover: BackgroundRemover,
    trace: Trace,
    *,
    weaker_ink: bool = False,
    thorough: bool = False,
    broad: bool = False,
) -> InkMap:
    """Take steps 1 to 5: background, composition, greyscale, denoising, polarity and mask.

    Args:
        working: the picture.
        remover: the way to remove the background.
        trace: where the steps go.
        weaker_ink: whether the ink that stands out less is taken, light or dark.
        thorough: whether sharp edges of shadows are followed.
        broad: whether that is done so that even a brush's strokes are ink.

    Raises:
        BackgroundUnavailableError: the remover cannot run here.
    """
    found = _part_from_page(working.rgb, estimate_background(working.rgb), remover, weaker_ink)
    if thorough:
        widest = BRUSH_STROKE if broad else PEN_STROKE
        found = _part_thoroughly(working.rgb, found, remover, widest)
    difference, keep, dark = found.difference, found.keep, found.dark
    trace.add(
        show_on_chequers(working.rgb, keep),
        "{share:.1%} of the picture differs from the page and is kept (route: {route}).",
        share=float(keep.mean()),
        route=str(remover.name),
    )
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
    least = inks.ink_threshold(inks.denoised_sigma(difference))
    mask = inks.mark_ink(levels, least)
    trace.add(
        mask.astype(np.uint8) * 255,
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
