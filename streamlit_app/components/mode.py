"""One digit, or all numbers of a picture: the choice between the two."""

from __future__ import annotations

from streamlit_app.components.address_choice import choose_by_address, set_choice
from streamlit_app.i18n import _

PARAMETER, CHOICE_KEY = "read", "reading_mode"
ONE, NUMBERS = "one", "numbers"


def choose_numbers() -> bool:
    """Let the visitor choose; tells whether all numbers are wanted: ``?read=numbers``."""
    texts = {ONE: lambda: _("One digit"), NUMBERS: lambda: _("Numbers")}
    return choose_by_address(PARAMETER, CHOICE_KEY, _("What to read"), texts) == NUMBERS


def ask_for_numbers() -> None:
    """Choose numbers; for a callback."""
    set_choice(PARAMETER, CHOICE_KEY, NUMBERS)
