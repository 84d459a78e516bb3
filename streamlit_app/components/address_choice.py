"""A choice that is kept in sync with the page's URL: ``?source=draw``.

`bind="query-params"` would put the label into the URL, and the label changes with the language.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st


def choose_by_address(
    parameter: str, key: str, label: str, texts: Mapping[str, Callable[[], str]]
) -> str:
    """Let the visitor choose; the choice lasts for the whole visit.

    Args:
        parameter: name of the query parameter.
        key: key of the choice in the session state.
        label: label for screen readers.
        texts: the choices: name in URL and session -> text for people; the first is the default.
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
    """Set the choice from a callback."""
    st.session_state[key] = st.query_params[parameter] = name


def _follow_choice(parameter: str, key: str) -> None:
    """Write the choice into the URL."""
    st.query_params[parameter] = st.session_state[key]
