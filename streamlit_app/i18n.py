"""Texts and numbers in the visitor's language.

Every text a visitor sees goes through `_`. English is the source; the catalogue
``locale/LANGUAGE/LC_MESSAGES/digitscope.mo`` translates it. Without a translation, the English
text is shown. `make texts` collects the texts and compiles the catalogues.
"""

from __future__ import annotations

import gettext
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import streamlit as st

from digitscope.messages import Message

DOMAIN = "digitscope"
LOCALE_DIR = Path(__file__).parent / "locale"
SOURCE_LANGUAGE = "en"
LANGUAGES = {"en": "English", "fr": "Français"}  # each name in its own language
LANGUAGE_KEY = "language"  # in the session: what the visitor chose
LANGUAGE_PARAMETER = "lang"  # in the URL: ?lang=fr
# Decimal mark, thousands separator, space before a percent sign (narrow no-break space in French).
MARKS = {"en": (".", ",", ""), "fr": (",", "\u202f", "\u202f")}


def language() -> str:
    """Two-letter code of the language: the visitor's choice, else the URL's, else the browser's."""
    wishes = (
        st.session_state.get(LANGUAGE_KEY),
        st.query_params.get(LANGUAGE_PARAMETER),
        (st.context.locale or "")[:2].lower(),
    )
    return next((wish for wish in wishes if wish in LANGUAGES), SOURCE_LANGUAGE)


@lru_cache
def catalogue(code: str) -> gettext.NullTranslations:
    """The translations into one language; without a catalogue, texts stay English."""
    return gettext.translation(DOMAIN, str(LOCALE_DIR), [code], fallback=True)


def _(text: str) -> str:
    """`text` in the visitor's language."""
    return catalogue(language()).gettext(text)


def number(value: float, spec: str = ",") -> str:
    """Format a number with a Python format and the visitor's separators: ``"392,330"``."""
    point, thousands, gap = MARKS[language()]
    written = format(value, spec).translate({ord("."): point, ord(","): thousands})
    return written.replace("%", f"{gap}%")


def percent(share: float, decimals: int = 1) -> str:
    """Format a fraction 0..1 as a percentage, never rounded to 0 or 100: ``">99.9%"``."""
    least = 10.0 ** -(decimals + 2)
    shown = round(share, decimals + 2)
    spec = f".{decimals}%"
    if shown >= 1 > share:
        return f">{number(1 - least, spec)}"
    if shown <= 0 < share:
        return f"<{number(least, spec)}"
    return number(shown, spec)


def axis_labels(spec: str) -> str:
    """A Vega expression for axis labels: a d3 format with the visitor's decimal mark."""
    return f"replace(format(datum.value, '{spec}'), '.', '{MARKS[language()][0]}')"


class _Fact:
    """A value for a template that is formatted with the visitor's separators."""

    def __init__(self, value: object) -> None:
        self._value = value

    def __format__(self, spec: str) -> str:
        value = self._value
        return number(value, spec) if isinstance(value, int | float) else format(value, spec)


def translate_template(template: str, facts: Mapping[str, object]) -> str:
    """Translate a template of the core, and fill in its values."""
    return _(template).format(**{name: _Fact(value) for name, value in facts.items()})


def translate(message: Message) -> str:
    """Translate a message of the core, and fill in its values."""
    return " ".join(translate_template(template, message.facts) for template in message.templates)
