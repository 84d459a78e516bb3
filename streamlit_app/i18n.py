"""Texts and numbers in the visitor's language.

Every text a visitor sees goes through `_`. English is the source; a catalogue
``locale/LANGUAGE/LC_MESSAGES/digitscope.mo`` translates it, and where there is none the
English text is shown. `make texts` collects the texts and compiles the catalogues.
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
LANGUAGES = {"en": "English", "fr": "Français"}  # each in its own words
LANGUAGE_KEY = "language"  # in the session: what the visitor chose
LANGUAGE_PARAMETER = "lang"  # in the address: ?lang=fr
# Decimal point, between thousands, before a percent sign. French: the narrow no-break space.
MARKS = {"en": (".", ",", ""), "fr": (",", "\u202f", "\u202f")}


def language() -> str:
    """Two-letter code of the language to show: chosen, else linked to, else the browser's."""
    wishes = (
        st.session_state.get(LANGUAGE_KEY),
        st.query_params.get(LANGUAGE_PARAMETER),
        (st.context.locale or "")[:2].lower(),
    )
    return next((wish for wish in wishes if wish in LANGUAGES), SOURCE_LANGUAGE)


@lru_cache
def catalogue(code: str) -> gettext.NullTranslations:
    """The translations into one language; empty ones where no catalogue is there."""
    return gettext.translation(DOMAIN, str(LOCALE_DIR), [code], fallback=True)


def _(text: str) -> str:
    """`text` in the visitor's language."""
    return catalogue(language()).gettext(text)


def number(value: float, spec: str = ",") -> str:
    """A number by a format of Python's, with the visitor's marks: ``"392,330"``."""
    point, thousands, gap = MARKS[language()]
    written = format(value, spec).translate({ord("."): point, ord(","): thousands})
    return written.replace("%", f"{gap}%")


def percent(share: float, decimals: int = 1) -> str:
    """A share of 0..1 as a percentage, never rounded to none or all: ``">99.9%"``."""
    least = 10.0 ** -(decimals + 2)
    shown = round(share, decimals + 2)
    spec = f".{decimals}%"
    if shown >= 1 > share:
        return f">{number(1 - least, spec)}"
    if shown <= 0 < share:
        return f"<{number(least, spec)}"
    return number(shown, spec)


def axis_labels(spec: str) -> str:
    """A Vega expression for the labels of a chart's axis: a d3 format, the visitor's point."""
    return f"replace(format(datum.value, '{spec}'), '.', '{MARKS[language()][0]}')"


class _Fact:
    """A value that formats itself with the visitor's marks, whatever the template asks for."""

    def __init__(self, value: object) -> None:
        self._value = value

    def __format__(self, spec: str) -> str:
        value = self._value
        return number(value, spec) if isinstance(value, int | float) else format(value, spec)


def translate_template(template: str, facts: Mapping[str, object]) -> str:
    """A template of the core, translated and filled in."""
    return _(template).format(**{name: _Fact(value) for name, value in facts.items()})


def translate(message: Message) -> str:
    """A message of the core, translated and filled in."""
    return " ".join(translate_template(template, message.facts) for template in message.templates)
