"""A copy button, as a component of `st.components.v2`, because Streamlit has none."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from streamlit_app.i18n import _

FOLDER = Path(__file__).parent

_mount = st.components.v2.component(
    "digitscope_copy_button",
    html=(FOLDER / "copy.html").read_text(encoding="utf-8"),
    css=(FOLDER / "copy.css").read_text(encoding="utf-8"),
    js=(FOLDER / "copy.js").read_text(encoding="utf-8"),
)


def show_copy_button(text: str, key: str) -> None:
    """Show a button that copies `text` to the visitor's clipboard."""
    data = {"text": text, "label": _("Copy"), "done": _("Copied")}
    _mount(key=key, data=data, width="content", height="content")
