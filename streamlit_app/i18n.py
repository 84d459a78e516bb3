"""Texts in the visitor's language.

Every text a visitor sees goes through `_`. English is the source; a catalogue
``locale/LANGUAGE/LC_MESSAGES/digitscope.mo`` translates it, and where there is none the
English text is shown.
"""

from __future__ import annotations

import gettext
from functools import lru_cache
from pathlib import Path

import streamlit as st

DOMAIN = "digitscope"
LOCALE_DIR = Path(__file__).parent / "locale"
SOURCE_LANGUAGE = "en"


def language() -> str:
    """Two-letter code of the language to show: the browser's."""
    return (st.context.locale or SOURCE_LANGUAGE)[:2].lower()


@lru_cache
def catalogue(code: str) -> gettext.NullTranslations:
    """The translations into one language; empty ones where no catalogue is there."""
    return gettext.translation(DOMAIN, str(LOCALE_DIR), [code], fallback=True)


def _(text: str) -> str:
    """`text` in the visitor's language."""
    return catalogue(language()).gettext(text)


def percent(share: float, decimals: int = 1) -> str:
    """A share of 0..1 as a percentage, never rounded to none or all: ``">99.9 %"``."""
    least = 10**-decimals
    shown = round(100 * share, decimals)
    if shown >= 100 > 100 * share:
        return f">{100 - least:.{decimals}f} %"
    if shown <= 0 < share:
        return f"<{least:.{decimals}f} %"
    return f"{shown:.{decimals}f} %"
