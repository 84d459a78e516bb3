"""Sentences that the core says to people: English, and what it takes to say them otherwise."""

from __future__ import annotations

from collections.abc import Mapping


class Message(str):
    """One or more sentences in English, which can be said in another language too.

    Attributes:
        templates: the sentences with named fields; without facts they are taken as they are.
        facts: the values for the fields of all of them.

    >>> Message("Expected {sides} sides.", "Received: {got}.", sides=4, got=3)
    'Expected 4 sides. Received: 3.'
    """

    templates: tuple[str, ...]
    facts: Mapping[str, object]

    def __new__(cls, *templates: str, **facts: object) -> Message:
        """Fill the templates in and keep them."""
        sentences = [text.format(**facts) if facts else text for text in templates]
        message = super().__new__(cls, " ".join(sentences))
        message.templates, message.facts = templates, facts
        return message


NOTHING = Message()
