"""The quality of a picture: its level, its factors, and advice."""

from __future__ import annotations

from typing import Literal

import streamlit as st

from digitscope.preprocessing.quality import WEIGHTS, rate_factors
from digitscope.types import Level, Quality, Reading, Reason
from streamlit_app.i18n import _, number, percent
from streamlit_app.state import Picture

FIGURE_PX = 90  # three in a row on a phone

Colour = Literal["green", "blue", "orange", "red"]


def level_style(level: Level) -> tuple[str, str, Colour]:
    """A level's name, icon and colour; the colour is never the only sign."""
    styles: dict[Level, tuple[str, str, Colour]] = {
        Level.EXCELLENT: (_("Excellent"), ":material/verified:", "green"),
        Level.GOOD: (_("Good"), ":material/check_circle:", "blue"),
        Level.FAIR: (_("Fair"), ":material/warning:", "orange"),
        Level.POOR: (_("Poor"), ":material/error:", "red"),
    }
    return styles[level]


def factor_texts() -> dict[str, tuple[str, str, str]]:
    """Each factor's name, meaning, and advice if it is low."""
    return {
        "contrast": (
            _("Contrast"),
            _("How far the ink stands out from its ground."),
            _("For the next one: more light, or a darker pen."),
        ),
        "size": (
            _("Size"),
            _("Longest side of the digit in your picture."),
            _("For the next one: go closer, so that the digit is larger."),
        ),
        "shape": (
            _("Shape"),
            _("Width divided by height of the digit."),
            _("For the next one: write it taller than wide, and alone."),
        ),
        "evenness": (
            _("Evenness"),
            _("How even the stroke's width is: shadows, blots and lines that hang on are wider."),
            _("For the next one: nothing that touches the digit, no blot, no shadow on it."),
        ),
        "clearness": (
            _("Clearness"),
            _("How much of what surrounds the digit is plain paper."),
            _("For the next one: plain paper all round, without the edge of a shadow."),
        ),
        "wholeness": (
            _("Wholeness"),
            _("How little of the stroke fades away into the paper."),
            _("For the next one: even light, and a pen that does not fade."),
        ),
    }


def advice(quality: Quality) -> str:
    """The advice that would raise the score most."""
    if quality.level is Level.EXCELLENT:
        return _("Nothing to improve: just as it should be.")
    rated = rate_factors(quality)
    costliest = max(WEIGHTS, key=lambda name: WEIGHTS[name] * (1 - rated[name]))
    return factor_texts()[costliest][2]


def may_be_improved(reading: Reading, picture: Picture) -> bool:
    """Whether a better picture would help; not for MNIST tiles, no digit or several digits."""
    is_no_digit = reading.reason in (Reason.NOT_A_DIGIT, Reason.SEVERAL_DIGITS)
    return picture.label is None and not is_no_digit


def show_quality(quality: Quality) -> None:
    """Show the level, the factors, and one piece of advice."""
    name, icon, colour = level_style(quality.level)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(_("Picture quality"), anchor=False, width="content")
        st.badge(f"{name} · {number(quality.score, '.2f')}", icon=icon, color=colour)
    figures = {
        "contrast": percent(quality.contrast, 0),
        "size": _("{px} px").format(px=number(quality.size_px)),
        "shape": number(quality.aspect_ratio, ".2f"),
    }
    rated = rate_factors(quality)
    with st.grid(3, min_column_width=FIGURE_PX, gap="xsmall") as grid:
        for key, (label, meaning, _advice) in factor_texts().items():
            weight = _("{share} of the score.").format(share=number(WEIGHTS[key], ".0%"))
            with grid.cell(), st.container(gap=None):
                st.caption(label, help=f"{meaning} {weight}")
                st.markdown(f"**{figures.get(key) or percent(rated[key], 0)}**")
    st.markdown(f":material/lightbulb: {advice(quality)}")
