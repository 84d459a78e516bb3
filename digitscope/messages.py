"""Messages to users: English text that keeps its templates and values for translation."""

from __future__ import annotations

from collections.abc import Mapping


class Message(str):
    """One or more English sentences that can be translated.

    Attributes:
        templates: the sentences with named fields; without facts they are used unchanged.
        facts: the values for the fields of all templates.

    >>> Message("Expected {sides} sides.", "Received: {got}.", sides=4, got=3)
    'Expected 4 sides. Received: 3.'
    """

    templates: tuple[str, ...]
    facts: Mapping[str, object]

    def __new__(cls, *templates: str, **facts: object) -> Message:
        """Fill in the templates; store templates and facts."""
        sentences = [text.format(**facts) if facts else text for text in templates]
        message = super().__new__(cls, " ".join(sentences))
        message.templates, message.facts = templates, facts
        return message


NOTHING = Message()
