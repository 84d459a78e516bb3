"""The theme's colours, for the few pictures and charts that Streamlit does not colour itself."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st


@dataclass(frozen=True)
class Theme:
    """Colours as CSS hex.

    Attributes:
        accent: the theme's primary colour.
        text: text colour, readable on the theme's background.
        wrong: colour of mistakes; the colour is never the only sign.
    """

    accent: str
    text: str
    wrong: str


DEFAULTS = {
    "light": Theme("#4f46e5", "#31333f", "#e07b39"),
    "dark": Theme("#6d70f1", "#fafafa", "#b45a1e"),
}


def theme() -> Theme:
    """The colours of the theme that the visitor sees, read from ``config.toml``."""
    kind = st.context.theme.type or "light"
    default = DEFAULTS[kind]
    return Theme(
        accent=_option(kind, "primaryColor") or default.accent,
        text=_option(kind, "textColor") or default.text,
        wrong=default.wrong,
    )


def _option(kind: str, name: str) -> str | None:
    value = st.get_option(f"theme.{kind}.{name}") or st.get_option(f"theme.{name}")
    return str(value) if value else None
