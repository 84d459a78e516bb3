"""How good the picture was to read from: a level, its three figures, and what would help."""

from __future__ import annotations

from typing import Literal

import streamlit as st

from digitscope.preprocessing.quality import FULL_CONTRAST, FULL_SIZE_PX, WIDEST_USUAL_ASPECT
from digitscope.types import Level, Quality
from streamlit_app.i18n import _, number, percent

FIGURE_PX = 90  # three abreast on a phone

Colour = Literal["green", "blue", "orange", "red"]


def level_looks(level: Level) -> tuple[str, str, Colour]:
    """A level's name, symbol and colour: never the colour alone."""
    looks: dict[Level, tuple[str, str, Colour]] = {
        Level.EXCELLENT: (_("Excellent"), ":material/verified:", "green"),
        Level.GOOD: (_("Good"), ":material/check_circle:", "blue"),
        Level.FAIR: (_("Fair"), ":material/warning:", "orange"),
        Level.POOR: (_("Poor"), ":material/error:", "red"),
    }
    return looks[level]


def advice(quality: Quality) -> str:
    """The one thing that would help most with the next picture."""
    if quality.level is Level.EXCELLENT:
        return _("Nothing to improve: this is how to take one.")
    reached = {
        _("For the next one: more light, or a darker pen."): quality.contrast / FULL_CONTRAST,
        _("For the next one: go closer, so that the digit is larger."): (
            quality.size_px / FULL_SIZE_PX
        ),
        _("For the next one: write it taller than wide, and alone."): (
            2 - quality.aspect_ratio / WIDEST_USUAL_ASPECT
        ),
    }
    return min(reached, key=lambda text: reached[text])


def show_quality(quality: Quality) -> None:
    """The badge, its figures, and one piece of advice."""
    name, icon, colour = level_looks(quality.level)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(_("Picture quality"), anchor=False, width="content")
        st.badge(f"{name} · {number(quality.score, '.2f')}", icon=icon, color=colour)
    with st.grid(3, min_column_width=FIGURE_PX, gap="xsmall") as grid:
        with grid.cell():
            _show_figure(
                _("Contrast"),
                percent(quality.contrast, 0),
                _("How far the ink stands out from its ground. Half of the score."),
            )
        with grid.cell():
            _show_figure(
                _("Size"),
                _("{px} px").format(px=number(quality.size_px)),
                _("Longest side of the digit in your picture. 30 % of the score."),
            )
        with grid.cell():
            _show_figure(
                _("Shape"),
                number(quality.aspect_ratio, ".2f"),
                _("Width divided by height of the digit. 20 % of the score."),
            )
    st.markdown(f":material/lightbulb: {advice(quality)}")


def _show_figure(label: str, value: str, explanation: str) -> None:
    """One figure, smaller than the answer's."""
    with st.container(gap=None):
        st.caption(label, help=explanation)
        st.markdown(f"**{value}**")
