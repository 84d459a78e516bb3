"""Notes about the network: that it is loading, or that its file has changed."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from streamlit_app.i18n import _
from streamlit_app.resources import is_model_loaded, is_network_replaced, loading_text

POLL_S = 0.5  # between two checks


def show_model_loading(is_loaded: Callable[[], bool] = is_model_loaded) -> None:
    """Say that the network is loading; the page does not wait, and reruns afterwards."""
    with st.container():  # always there: if later elements moved, they would be reset
        if not is_loaded():
            _watch(is_loaded)


@st.fragment(run_every=POLL_S)
def _watch(is_loaded: Callable[[], bool]) -> None:
    if is_loaded():
        st.rerun()
    st.caption(f":material/hourglass_top: {loading_text()}")


def tell_if_replaced() -> None:
    """Say so if the network's file has changed since the network was loaded."""
    if is_network_replaced():
        st.info(
            _(
                "The network's file has changed since this app was started. The network that was "
                "loaded goes on answering; start the app anew to use the new file."
            ),
            icon=":material/sync_problem:",
        )
