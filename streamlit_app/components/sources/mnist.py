"""A tile of MNIST, with its label."""

from __future__ import annotations

from functools import partial
from io import BytesIO
from secrets import randbelow

import numpy as np
import streamlit as st
from PIL import Image

from digitscope.types import CLASSES
from streamlit_app.boundary import error_boundary
from streamlit_app.components.pictures import as_data_url, for_display
from streamlit_app.i18n import _, number, percent
from streamlit_app.mnist import Tiles, fetch_mnist
from streamlit_app.resources import hardest_first, mnist_answers, mnist_tiles
from streamlit_app.settings import load_settings
from streamlit_app.state import Picture, app_state

DIGIT_KEY, HARD_KEY = "mnist_digit", "mnist_hard"
ANY = "any"
TILE_PX, THUMBNAIL_PX = 140, 56  # five and two times MNIST's 28
NAVIGATION_PX = 95  # three in a row on a phone
SHUFFLE_SEED = 28  # the bundled tiles are sorted by label, so they are shuffled
HARD_ONES = 200  # of 10,000; the others are not hard
GALLERY = 12


def _digit() -> int | None:
    """The digit asked for, or None for any."""
    asked = st.session_state.get(DIGIT_KEY, ANY)
    return None if asked == ANY else int(asked)


def _candidates() -> np.ndarray:
    """The indices of the tiles to browse, (N,) ints: the hardest first, or shuffled."""
    tiles = mnist_tiles()
    wanted = tiles.showing(_digit())
    if st.session_state.get(HARD_KEY, False):
        hardest = hardest_first()
        return hardest[np.isin(hardest, wanted)][:HARD_ONES]
    return np.random.default_rng(SHUFFLE_SEED).permutation(wanted)


def _start_anew() -> None:
    app_state().rank = 0


def _go(rank: int) -> None:
    app_state().rank = rank


def mnist_picker() -> list[Picture]:
    """Show the choice of a tile; returns the tile with its label."""
    _show_choices()
    candidates = _candidates()
    rank = app_state().rank % len(candidates)
    chosen = int(candidates[rank])
    tiles = mnist_tiles()
    _show_tile(tiles, chosen, rank)
    _show_navigation(rank, len(candidates))
    if st.session_state.get(HARD_KEY, False):
        _show_gallery(tiles, candidates[:GALLERY])
    _show_origin(tiles)
    label = int(tiles.labels[chosen])
    return [Picture(_as_png(tiles.pixels[chosen]), partial(_tile_name, chosen), label)]


def _show_choices() -> None:
    """Show the choice of the digit, and the switch for hard tiles."""
    st.pills(
        _("Which digit"),
        [ANY, *map(str, range(CLASSES))],
        default=ANY,
        required=True,
        format_func=lambda key: _("Any") if key == ANY else key,
        key=DIGIT_KEY,
        wrap=True,
        on_change=_start_anew,
        persist_state="session",
    )
    st.toggle(
        _("Show me the hard ones"),
        key=HARD_KEY,
        on_change=_start_anew,
        persist_state="session",
        help=_("The tiles that the network gets wrong or is least sure of come first."),
    )


def _tile_name(chosen: int) -> str:
    return _("Tile {number}").format(number=number(chosen + 1))


def _show_tile(tiles: Tiles, chosen: int, rank: int) -> None:
    """Show the tile, enlarged, with its label."""
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        st.image(
            as_data_url(for_display(tiles.pixels[chosen], TILE_PX)),
            width=TILE_PX,
            alt=_("The tile, enlarged"),
        )
        with st.container(width="stretch", gap="xsmall"):
            st.metric(_("Labelled"), str(tiles.labels[chosen]))
            st.caption(_tile_name(chosen))
            if st.session_state.get(HARD_KEY, False):
                _show_direct_answer(chosen, rank)


def _show_direct_answer(chosen: int, rank: int) -> None:
    """Show the network's answer for the unprocessed tile, which decides how hard the tile is."""
    shares = mnist_answers()[chosen]
    st.caption(
        _("Hard one no. {rank}. Given to the network as it is: {digit}, {share}.").format(
            rank=rank + 1, digit=int(shares.argmax()), share=percent(float(shares.max()))
        )
    )


def _show_navigation(rank: int, count: int) -> None:
    """Show the buttons Previous, Random and Next."""
    with st.grid(3, min_column_width=NAVIGATION_PX, gap="xsmall"):
        st.button(
            _("Previous"),
            icon=":material/chevron_left:",
            on_click=_go,
            args=((rank - 1) % count,),
            width="stretch",
        )
        st.button(
            _("Random"),
            icon=":material/casino:",
            on_click=lambda: _go(randbelow(count)),
            width="stretch",
        )
        st.button(
            _("Next"),
            icon=":material/chevron_right:",
            icon_position="right",
            on_click=_go,
            args=((rank + 1) % count,),
            width="stretch",
        )


def _show_gallery(tiles: Tiles, numbers: np.ndarray) -> None:
    """Show the hardest tiles to choose from, each with its label and the network's answer."""
    answers = mnist_answers()
    with st.grid(6, min_column_width=THUMBNAIL_PX, gap="xsmall") as grid:
        for rank, chosen in enumerate(numbers):
            with grid.cell():
                st.image(
                    as_data_url(for_display(tiles.pixels[chosen], THUMBNAIL_PX)),
                    width="stretch",
                    alt=_tile_name(int(chosen)),
                )
                st.button(
                    f"{tiles.labels[chosen]} → {int(answers[chosen].argmax())}",
                    key=f"hard_{rank}",
                    on_click=_go,
                    args=(rank,),
                    type="tertiary",
                    width="stretch",
                    help=_("Labelled → what the network takes it for"),
                )


def _show_origin(tiles: Tiles) -> None:
    """Say where the tiles are from, and how to get them all."""
    if tiles.is_test_set:
        st.caption(
            _("MNIST's test set: {count} tiles that the network never learned from.").format(
                count=number(len(tiles))
            )
        )
        return
    st.caption(
        _("{count} of MNIST's training tiles, which come with the app.").format(
            count=number(len(tiles))
        )
    )
    offer_download()


def offer_download() -> None:
    """Show a button that downloads the test set to this server, if the operator allows it."""
    if not load_settings().mnist_download:
        return
    asked = st.button(
        _("Download the test set (11 MB)"),
        icon=":material/download:",
        help=_("From Keras' store to this server's cache. Once is enough for everybody."),
    )
    if asked:
        _download()


@error_boundary()
def _download() -> None:
    with st.spinner(_("Downloading MNIST…")):
        done = fetch_mnist()
    if done:
        st.rerun()
    st.error(
        _("The download did not work. The tiles that come with the app still do."),
        icon=":material/cloud_off:",
    )


def _as_png(pixels: np.ndarray) -> bytes:
    buffer = BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()
