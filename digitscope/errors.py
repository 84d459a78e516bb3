"""All exceptions that the core raises on purpose.

DigitscopeError
├── InvalidImageError       the input is not a picture that can be opened safely
├── ModelUnavailableError   the network's file is missing, broken or cannot run here
└── BackgroundUnavailableError
                            the chosen background remover cannot run here (package or
                            weights missing); the reader catches it and uses the OpenCV route

A picture without a readable digit is not an error: it gives a `Reading` with a reason.
"""

from __future__ import annotations

from digitscope.messages import Message


class DigitscopeError(Exception):
    """Base class of all errors that Digitscope raises on purpose. Its text is for users.

    Attributes:
        message: the text, which can be translated; `str(error)` is the English text.
    """

    def __init__(self, *templates: str, **facts: object) -> None:
        """Build the text: what was expected, what was received, what to do; see `Message`."""
        self.message = Message(*templates, **facts)
        super().__init__(self.message)


class InvalidImageError(DigitscopeError, ValueError):
    """The input is not a picture that can be opened safely."""


class ModelUnavailableError(DigitscopeError, RuntimeError):
    """The network's file is missing, broken or cannot run here."""


class BackgroundUnavailableError(DigitscopeError, RuntimeError):
    """The chosen background remover cannot run here."""
