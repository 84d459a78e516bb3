"""The choice between one digit and all numbers of a picture."""

from __future__ import annotations

from streamlit_app.components.address_choice import choose_by_address, set_choice
from streamlit_app.i18n import _

PARAMETER, CHOICE_KEY = "read", "reading_mode"
ONE, NUMBERS = "one", "numbers"


def choose_numbers() -> bool:
    """Let the visitor choose; returns whether to read all numbers (``?read=numbers``)."""
    texts = {ONE: lambda: _("One digit"), NUMBERS: lambda: _("Numbers")}
    return choose_by_address(PARAMETER, CHOICE_KEY, _("What to read"), texts) == NUMBERS


def ask_for_numbers() -> None:
    """Choose numbers from a callback."""
    set_choice(PARAMETER, CHOICE_KEY, NUMBERS)
