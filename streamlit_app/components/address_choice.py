"""A choice that the page's address leads and follows: ``?source=draw``.

Not `bind="query-params"`: that puts the label into the address, which changes with the language.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st


def choose_by_address(
    parameter: str, key: str, label: str, texts: Mapping[str, Callable[[], str]]
) -> str:
    """Let the visitor choose; the choice lasts for the whole visit.

    Args:
        parameter: its name in the address.
        key: of the choice in the session.
        label: what is chosen, for those who do not see it.
        texts: names of the choices, for address and session, and for people; the first is the
            default.
    """
    asked = st.query_params.get(parameter)
    if asked in texts:
        st.session_state[key] = asked
    elif key not in st.session_state:
        st.session_state[key] = next(iter(texts))
    chosen = st.segmented_control(
        label,
        list(texts),
        required=True,
        format_func=lambda name: texts[name](),
        key=key,
        on_change=_follow_choice,
        args=(parameter, key),
        persist_state="session",
        label_visibility="collapsed",
        width="content",
    )
    return str(chosen)


def set_choice(parameter: str, key: str, name: str) -> None:
    """Choose without the visitor's hand; for a callback."""
    st.session_state[key] = st.query_params[parameter] = name


def _follow_choice(parameter: str, key: str) -> None:
    """Let the address say what was chosen."""
    st.query_params[parameter] = st.session_state[key]
