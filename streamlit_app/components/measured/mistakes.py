"""Every tile of the test set that the network reads wrong, from the model card."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import streamlit as st

from digitscope.types import TILE_PX as MNIST_TILE_PX
from streamlit_app.card import ModelCard
from streamlit_app.components.pictures import as_data_url, for_display
from streamlit_app.components.sources.mnist import offer_download
from streamlit_app.i18n import _, number, percent
from streamlit_app.mnist import Tiles
from streamlit_app.resources import mnist_tiles

TILE_PX = 84  # three times MNIST's 28
LINE_PX = 96  # without its tile: label, answer and confidence in one line
AREA_PX = 560  # as high as the matrix beside it; more mistakes scroll
TILES_KEPT = 200  # whose pictures are cached: 1 KB each
FIELDS = ("index", "shown", "answered", "confidence")

Mistake = Mapping[str, Any]


def mistakes(card: ModelCard, pair: tuple[int, int] | None) -> list[Mistake]:
    """The mistakes, the most confident first; only those of `pair` (shown, answered) if given."""
    rows = card.rows("test.mistakes", *FIELDS)
    chosen = [row for row in rows if pair in (None, (row["shown"], row["answered"]))]
    return sorted(chosen, key=lambda row: -row["confidence"])


def show_mistakes(card: ModelCard, pair: tuple[int, int] | None) -> None:
    """Show each mistake's label, answer and confidence; its picture needs the test set."""
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
    """A tile of 28 x 28 pixels, enlarged, as a ``data:`` URL."""
    pixels = np.frombuffer(tile, np.uint8).reshape(MNIST_TILE_PX, MNIST_TILE_PX)
    return as_data_url(for_display(pixels, TILE_PX))


def _explanation(chosen: Sequence[Mistake]) -> str:
    text = _(
        "Labelled → answered, with its confidence. Each tile was given to the network as it is."
    )
    if any(mistake.get("label_doubted") for mistake in chosen):
        text += " " + _(":material/help: most people who were asked doubt the label.")
    return text
