"""Example pictures to try, all made for this project."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from digitscope.image_io import load_picture
from digitscope.types import UInt8Array
from streamlit_app.components import mode
from streamlit_app.components.pictures import as_data_url, centre_crop
from streamlit_app.components.sources.choice import CHOICE_KEY, PARAMETER
from streamlit_app.i18n import _
from streamlit_app.state import Picture, app_state

ASSETS = Path(__file__).resolve().parent.parent / "assets"  # docs/example_pictures.py draws them
PREDICT_PAGE = "app_pages/predict.py"
CARD_PX = 96  # three in a row on a phone
COLUMNS = 3
SAMPLE_TILE = "tile_5.png"
EXAMPLE_SOURCE = "upload"  # where an example is shown


@dataclass(frozen=True)
class Example:
    """One picture to try.

    Attributes:
        file: file name in `ASSETS`.
        label: returns its name in the visitor's language.
        numbers: whether it is to be read as numbers.
    """

    file: str
    label: Callable[[], str]
    numbers: bool = False

    def load(self) -> Picture:
        """The picture, as if the visitor had uploaded it."""
        return Picture((ASSETS / self.file).read_bytes(), self.label)


EXAMPLES = (
    Example("photo_7.jpg", lambda: _("Photo")),
    Example("pencil_4.jpg", lambda: _("Pencil")),
    Example("drawing_3.png", lambda: _("Drawing")),
    Example("tile_5.png", lambda: _("Tile")),
    Example("number_42.jpg", lambda: _("Two digits")),
    Example("star.png", lambda: _("A star")),
    Example("phone_number.jpg", lambda: _("Telephone"), numbers=True),
    Example("marks.jpg", lambda: _("Marks"), numbers=True),
    Example("rows.png", lambda: _("Full pad"), numbers=True),
)
SMALL_DRAWING = Example("small_2.png", lambda: _("A small drawing"))
PHOTO = EXAMPLES[0]


def take_example(example: Example) -> None:
    """Store an example as the visitor's upload."""
    state = app_state()
    state.uploads, state.is_example = [example.load()], True


def show_examples(columns: int = COLUMNS) -> None:
    """Show the pictures, each with a button that reads it."""
    with st.grid(columns, min_column_width=CARD_PX, gap="small") as grid:
        for example in EXAMPLES:
            with grid.cell(), st.container(gap="xsmall"):
                st.image(_thumbnail(example.file), width="stretch", alt=example.label())
                taken = st.button(
                    example.label(),
                    key=f"example_{example.file}",
                    width="stretch",
                )
                if taken:
                    take_example(example)
                    st.switch_page(PREDICT_PAGE, query_params=_address(example))


def _address(example: Example) -> dict[str, str]:
    """The query parameters of the page that reads an example."""
    reading = mode.NUMBERS if example.numbers else mode.ONE
    return {PARAMETER: EXAMPLE_SOURCE, mode.PARAMETER: reading}


@functools.cache
def _thumbnail(file: str) -> str:
    return as_data_url(centre_crop(load_picture((ASSETS / file).read_bytes()).rgb))


def sample_tile() -> UInt8Array:
    """The tile that is shown before the visitor has given a digit: (28, 28) uint8."""
    return load_picture((ASSETS / SAMPLE_TILE).read_bytes()).rgb[:, :, 0]


def _forget_example() -> None:
    state = app_state()
    state.uploads, state.is_example = [], False


def show_way_back() -> None:
    """Show a button back to all examples, while one is shown."""
    if app_state().is_example and st.session_state.get(CHOICE_KEY) == EXAMPLE_SOURCE:
        st.button(
            _("Other examples"),
            icon=":material/arrow_back:",
            on_click=_forget_example,
        )
