"""A picture drawn by mouse, finger or pen, answered while it is being drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from streamlit_app.components.sources.pad import latest_report, show_pad
from streamlit_app.i18n import _
from streamlit_app.state import Drawing, Picture, app_state

if TYPE_CHECKING:
    from streamlit_drawable_canvas import CanvasResult

PAD_KEY, CANVAS_KEY = "drawing_pad", "drawing_canvas"
PEN_KEY, LIVE_KEY = "pen_px", "draw_live"
SIDE_PX = 300  # fits a phone's width of 390 px
INK, PAPER = "#16181d", "#ffffff"  # dark on white, like paper, in either theme
PEN_WIDTHS_PX = (6, 30)
PEN_WIDTH_PX = 16  # gives MNIST's stroke width if a digit fills the pad
NUMBERS_PEN_PX = 8  # the same if a digit fills one of three rows


def draw_pad(numbers: bool) -> list[Picture]:
    """Show the pad with its tools; returns the drawing, or an empty list while it is empty."""
    drawing = app_state().drawing
    pen_key, usual_px = (
        (f"numbers_{PEN_KEY}", NUMBERS_PEN_PX) if numbers else (PEN_KEY, PEN_WIDTH_PX)
    )
    pen_px = int(st.session_state.get(pen_key, usual_px))
    with st.container(horizontal_alignment="center"), st.container(width=SIDE_PX):
        if st.session_state.get(LIVE_KEY, True):
            _use_own_pad(drawing, pen_px)
        else:
            _use_library_canvas(drawing, pen_px)
        _show_tools(pen_key, usual_px)
    if not drawing.strokes or drawing.png is None:
        return []
    return [Picture(drawing.png, lambda: _("Your drawing"))]


def _use_own_pad(drawing: Drawing, pen_px: int) -> None:
    """Show our pad: it has its own undo and clear, and reports while the pen moves."""
    if PAD_KEY not in st.session_state:  # first visit, or back from another page
        drawing.restart_from(drawing.strokes)
    report = latest_report(PAD_KEY)
    if report is not None:
        drawing.strokes, drawing.png = report.strokes, report.png
        drawing.reports_taken, drawing.is_pen_down = report.number, report.is_pen_down
    show_pad(
        PAD_KEY,
        drawing.seed,
        received=drawing.reports_taken,
        revision=drawing.revision,
        size_px=SIDE_PX,
        pen_px=pen_px,
        ink=INK,
        paper=PAPER,
    )


def _use_library_canvas(drawing: Drawing, pen_px: int) -> None:
    """Show streamlit-drawable-canvas: it reports after each stroke; its tools need a mouse."""
    st.space("small")  # the canvas' own tools appear here if a mouse is over it
    if CANVAS_KEY not in st.session_state:
        drawing.restart_from(drawing.strokes)
    result = _canvas(drawing, pen_px)
    if result.image_bytes is not None:  # None until the first stroke after mounting
        drawing.take(_strokes(result), result.image_bytes)
    drawing.is_pen_down = False
    with st.container(horizontal=True):
        for label, icon, strokes in (
            (_("Undo"), ":material/undo:", drawing.strokes[:-1]),
            (_("Clear"), ":material/delete:", []),
        ):
            st.button(
                label,
                icon=icon,
                on_click=drawing.restart_from,
                args=(strokes,),
                disabled=not drawing.strokes,
                width="stretch",
            )


def _canvas(drawing: Drawing, pen_px: int) -> CanvasResult:
    """Mount the canvas; it resets only if `drawing.seed` or its revision changes."""
    from streamlit_drawable_canvas import st_canvas  # raises outside of a running app

    return st_canvas(
        initial_drawing={"objects": drawing.seed, "revision": drawing.revision},
        stroke_width=pen_px,
        stroke_color=INK,
        background_color=PAPER,
        width=SIDE_PX,
        height=SIDE_PX,
        return_image_data=True,
        key=CANVAS_KEY,
    )


def _strokes(result: CanvasResult) -> list[dict[str, Any]]:
    """The strokes on the canvas; a cleared canvas still has a picture, but no strokes."""
    return list((result.json_data or {}).get("objects", []))


def _show_tools(pen_key: str, usual_px: int) -> None:
    """Show the pen's width, and the switch between the two pads."""
    st.slider(
        _("Pen width"),
        *PEN_WIDTHS_PX,
        value=usual_px,
        key=pen_key,
        persist_state="session",
    )
    st.toggle(
        _("Answer while I draw"),
        value=True,
        key=LIVE_KEY,
        persist_state="session",
        help=_("Switched off, another drawing pad is shown; it answers after each stroke."),
    )
