"""Shows the filters of each block, and its feature maps of a digit."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st

from digitscope.types import Float32Array, Prediction, UInt8Array
from streamlit_app.components.montage import as_grey, as_heat, lay_out, with_fields
from streamlit_app.components.pictures import as_data_url, for_display
from streamlit_app.components.probabilities import show_bars
from streamlit_app.i18n import _, number

SHOWN = 32  # at most, feature maps and filters of each block
COLUMNS = 8
MAP_PX, KERNEL_PX = 56, 30
KERNEL_GAP_PX = 8  # wider, because filters have no dark border
TILE_PX = 168
FIELDS_PX = 336  # twelve times MNIST's 28


def show_feature_maps(
    pixels: UInt8Array,
    maps: Sequence[Float32Array],
    kernels: Sequence[Float32Array],
    prediction: Prediction,
) -> None:
    """Show the input, each block and the answer.

    Args:
        pixels: the tile, (28, 28) uint8.
        maps: feature maps of each block, strongest first: (maps, height, width).
        kernels: filters of each block, (filters, 3, 3), -1..1.
        prediction: the network's answer for the tile.
    """
    with st.container(border=True, horizontal=True, vertical_alignment="center", gap="medium"):
        st.image(as_data_url(for_display(pixels, TILE_PX)), width=TILE_PX, alt=_("The tile"))
        with st.container(width="stretch"):
            st.subheader(_("Input"), anchor=False)
            st.caption(
                _(
                    "In the pictures below each small square is one map. Bright means: here is "
                    "what I look for."
                )
            )
    for block, (found, filters) in enumerate(zip(maps, kernels, strict=True), start=1):
        with st.container(border=True):
            _show_block(block, found, filters)
    with st.container(border=True):
        st.subheader(_("Average and digits"), anchor=False)
        st.caption(
            _(
                "The average of each map, weighed eleven times: once for each digit, and once for "
                "none of them. What speaks for none is shared out among the ten."
            )
        )
        show_bars(prediction)


def _show_block(block: int, found: Float32Array, filters: Float32Array) -> None:
    shown = min(SHOWN, len(found))
    st.subheader(_("Block {number}").format(number=block), anchor=False)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        st.image(
            as_data_url(lay_out(as_heat(found[:shown]), COLUMNS, MAP_PX)),
            width="stretch",
            alt=_("What block {number} finds in the digit").format(number=block),
        )
        st.caption(
            _("What it finds: the {shown} strongest of {count} maps, each {side} × {side}.").format(
                shown=shown, count=number(len(found)), side=found.shape[1]
            )
        )
    with right:
        st.image(
            as_data_url(lay_out(as_grey(filters[:shown]), COLUMNS, KERNEL_PX, KERNEL_GAP_PX)),
            width="stretch",
            alt=_("Filters of block {number}").format(number=block),
        )
        st.caption(_what_filters(block, len(filters)))


def _what_filters(block: int, count: int) -> str:
    if block == 1:
        return _(
            "What it looks for: {count} filters of 3 × 3. White adds, black takes away."
        ).format(count=number(count))
    return _(
        "What it looks for: of {count} filters the first {shown}, each for the map that it weighs "
        "most."
    ).format(count=number(count), shown=min(SHOWN, count))


def show_receptive_fields(pixels: UInt8Array, fields_px: list[int]) -> None:
    """Show the receptive field of each block on the tile."""
    picture, text = st.columns([2, 3], gap="medium", vertical_alignment="center")
    with picture:
        st.image(
            as_data_url(with_fields(pixels, fields_px, FIELDS_PX)),
            width="stretch",
            alt=_("The tile with a square for each block: {fields} pixels wide").format(
                fields=", ".join(map(str, fields_px))
            ),
        )
    with text:
        for block, sees in enumerate(fields_px, start=1):
            st.markdown(
                _("**Block {number}** sees {px} × {px} pixels: {what}.").format(
                    number=block, px=sees, what=_what_it_sees(sees, pixels)
                )
            )


def _what_it_sees(receptive_field_px: int, pixels: UInt8Array) -> str:
    """The part of a digit that fits into a receptive field, by the height of this tile's digit."""
    rows = np.flatnonzero(pixels.any(1))
    longest = int(rows[-1] - rows[0] + 1) if len(rows) else len(pixels)
    if receptive_field_px >= longest:
        return _("the whole digit")
    if 2 * receptive_field_px >= longest:
        return _("a loop, a crossing, half of the digit")
    if receptive_field_px > 4:
        return _("a bend, the end of a stroke")
    return _("the edge of a stroke")
