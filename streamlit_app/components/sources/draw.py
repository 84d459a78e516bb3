"""A picture drawn by mouse or finger. Every stroke is answered at once."""

from __future__ import annotations

from typing import Any

import streamlit as st
from streamlit_drawable_canvas import CanvasResult, st_canvas

from streamlit_app.i18n import _
from streamlit_app.state import Drawing, Picture, app_state

CANVAS_KEY = "drawing_pad"
PEN_KEY = "pen_px"
CANVAS_PX = 300  # fits a phone's width of 390 px
INK, PAPER = "#16181d", "#ffffff"  # dark on white: a sheet of paper in either theme
PEN_WIDTHS_PX = (6, 30)
PEN_WIDTH_PX = 16  # a stroke of MNIST's proportions in a digit that fills the pad


def _undo() -> None:
    drawing = app_state().drawing
    drawing.restart_from(drawing.strokes[:-1])


def _clear() -> None:
    app_state().drawing.restart_from([])


def _canvas(drawing: Drawing, pen_px: int) -> CanvasResult:
    """Mount the canvas; it starts anew only where `drawing.seed` or its revision changes."""
    if CANVAS_KEY not in st.session_state:  # first time, or back from elsewhere
        drawing.seed = drawing.strokes
    return st_canvas(
        initial_drawing={"objects": drawing.seed, "revision": drawing.revision},
        stroke_width=pen_px,
        stroke_color=INK,
        background_color=PAPER,
        width=CANVAS_PX,
        height=CANVAS_PX,
        return_image_data=True,
        key=CANVAS_KEY,
    )


def _strokes(result: CanvasResult) -> list[dict[str, Any]]:
    """What is on the canvas; an emptied one still has a picture, but no strokes."""
    return list((result.json_data or {}).get("objects", []))


def draw_pad() -> Picture | None:
    """Draw the pad with its tools; returns the drawing, or None while it is empty."""
    drawing = app_state().drawing
    with st.container(horizontal_alignment="center"), st.container(width=CANVAS_PX):
        st.space("small")  # the canvas' own tools appear here under a mouse
        result = _canvas(drawing, st.session_state.get(PEN_KEY, PEN_WIDTH_PX))
        if result.image_bytes is not None:  # None until the first stroke after mounting
            drawing.take(_strokes(result), result.image_bytes)
        _show_tools(drawing)
    if not drawing.strokes or drawing.png is None:
        return None
    return Picture(drawing.png, _("Your drawing"))


def _show_tools(drawing: Drawing) -> None:
    """Undo, clear and the pen's width."""
    empty = not drawing.strokes
    with st.container(horizontal=True):
        st.button(
            _("Undo"),
            icon=":material/undo:",
            on_click=_undo,
            disabled=empty,
            width="stretch",
        )
        st.button(
            _("Clear"),
            icon=":material/delete:",
            on_click=_clear,
            disabled=empty,
            width="stretch",
        )
    st.slider(
        _("Pen width"),
        *PEN_WIDTHS_PX,
        value=PEN_WIDTH_PX,
        key=PEN_KEY,
        persist_state="session",
    )
