"""What stands on every page while the network is loading in the background."""

from __future__ import annotations

import streamlit as st

from streamlit_app.resources import is_network_awake, loading_text

POLL_S = 0.5  # soon enough that nobody waits for it


def show_waking() -> None:
    """Say that the network is loading; the page does not wait, and is run anew afterwards."""
    with st.container():  # there in any case: what follows must not move, it would start anew
        if not is_network_awake():
            _watch()


@st.fragment(run_every=POLL_S)
def _watch() -> None:
    if is_network_awake():
        st.rerun()
    st.caption(f":material/hourglass_top: {loading_text()}")
