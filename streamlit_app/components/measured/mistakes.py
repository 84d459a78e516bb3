"""Every tile of the test set that the network gets wrong, as the card lists them."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import streamlit as st

from digitscope.types import TILE_PX as MNIST_TILE_PX
from streamlit_app.card import ModelCard
from streamlit_app.components.pictures import for_display, inline
from streamlit_app.components.sources.mnist import offer_download
from streamlit_app.i18n import _, number, percent
from streamlit_app.mnist import Tiles
from streamlit_app.resources import mnist_tiles

TILE_PX = 84  # three times MNIST's 28
LINE_PX = 96  # without its tile: label, answer and confidence abreast
AREA_PX = 560  # as high as the matrix beside it; the rest scrolls
TILES_KEPT = 200  # whose pictures are remembered: 1 KB each
FIELDS = ("index", "shown", "answered", "confidence")

Mistake = Mapping[str, Any]


def mistakes(card: ModelCard, pair: tuple[int, int] | None) -> list[Mistake]:
    """The mistakes, the surest of itself first; of one pair (shown, answered) if it is given."""
    rows = card.rows("test.mistakes", *FIELDS)
    chosen = [row for row in rows if pair in (None, (row["shown"], row["answered"]))]
    return sorted(chosen, key=lambda row: -row["confidence"])


def show_mistakes(card: ModelCard, pair: tuple[int, int] | None) -> None:
    """Each with its label, the answer and its confidence; the pictures need the test set."""
    chosen = mistakes(card, pair)
    if not chosen:
        st.caption(_("No mistakes are recorded for this network."))
        return
    tiles = mnist_tiles()
    with (
        st.container(height=AREA_PX if tiles.is_test_set else "content", border=True),
        st.grid("auto", min_column_width=TILE_PX if tiles.is_test_set else LINE_PX) as grid,
    ):
        for mistake in chosen:
            with grid.cell(), st.container(gap="xsmall"):
                _show_mistake(mistake, tiles)
    if not tiles.is_test_set:
        st.info(
            _("The test set is not on this server: its pictures cannot be shown."),
            icon=":material/info:",
        )
        offer_download()
    st.caption(_explanation(chosen))


def _show_mistake(mistake: Mistake, tiles: Tiles) -> None:
    index = int(mistake["index"])
    if tiles.is_test_set and index < len(tiles):
        st.image(
            _address_of(tiles.pixels[index].tobytes()),
            width=TILE_PX,
            alt=_("Tile {number}").format(number=number(index + 1)),
        )
    doubted = " :material/help:" if mistake.get("label_doubted") else ""
    share = percent(float(mistake["confidence"]), 0)
    st.markdown(f"**{mistake['shown']} → {mistake['answered']}**{doubted} :small[{share}]")


@functools.lru_cache(maxsize=TILES_KEPT)
def _address_of(tile: bytes) -> str:
    """One tile, 28 x 28 pixels, enlarged, as an address that holds it."""
    pixels = np.frombuffer(tile, np.uint8).reshape(MNIST_TILE_PX, MNIST_TILE_PX)
    return inline(for_display(pixels, TILE_PX))


def _explanation(chosen: Sequence[Mistake]) -> str:
    text = _(
        "Labelled → answered, with its confidence. Each tile was given to the network as it is."
    )
    if any(mistake.get("label_doubted") for mistake in chosen):
        text += " " + _(":material/help: most people who were asked doubt the label.")
    return text
