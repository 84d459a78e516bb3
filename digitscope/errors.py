"""Everything that the core raises on purpose.

DigitscopeError
├── InvalidImageError       what was given is no picture that can be opened safely
├── ModelUnavailableError   the network's file is missing, broken or cannot run here
└── BackgroundUnavailableError
                            the background remover asked for cannot run here (package or
                            weights missing); the reader catches it and takes the OpenCV route

A picture without a readable digit is no error: it is a `Reading` with a reason.
"""

from __future__ import annotations

from digitscope.messages import Message


class DigitscopeError(Exception):
    """Anything that Digitscope raises on purpose; its text is fit for a person.

    Attributes:
        message: the text, which can be translated; `str(error)` is its English.
    """

    def __init__(self, *templates: str, **facts: object) -> None:
        """Say what was expected, what was received, what to do; see `Message`."""
        self.message = Message(*templates, **facts)
        super().__init__(self.message)


class InvalidImageError(DigitscopeError, ValueError):
    """What was given is no picture that can be opened safely."""


class ModelUnavailableError(DigitscopeError, RuntimeError):
    """The network's file is missing, broken or cannot run here."""


class BackgroundUnavailableError(DigitscopeError, RuntimeError):
    """The background remover asked for cannot run here."""
