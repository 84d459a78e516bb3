"""How the network was trained: everything needed to train it again."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from streamlit_app.card import ModelCard
from streamlit_app.i18n import _


def show_recipe(card: ModelCard) -> None:
    """Show settings, commands and versions in a collapsed section."""
    blocks = {
        _("Hyper-parameters"): card.table("hyper_parameters"),
        _("Augmentation"): card.table("augmentation"),
        _("Data"): card.table("data"),
        _("Versions"): card.table("versions"),
    }
    known = {title: block for title, block in blocks.items() if block}
    commands = card.get("commands")
    if not known and not commands:
        st.caption(_("How this network was trained is not recorded."))
        return
    with st.expander(_("Settings, commands and versions"), icon=":material/receipt_long:"):
        if isinstance(commands, list):
            st.code("\n".join(map(str, commands)), language="sh", wrap_lines=True)
        with st.grid("auto", min_column_width=220) as grid:
            for title, block in known.items():
                with grid.cell():
                    st.markdown(f"**{title}**")
                    st.table(_as_text(block), border="horizontal", hide_header=True)


def _as_text(block: Mapping[str, object]) -> dict[str, str]:
    """The names and values of a block of the card, as text."""
    return {name.replace("_", " "): str(value) for name, value in block.items()}
