"""Everything that the core raises on purpose.

DigitscopeError
├── InvalidImageError       what was given is no picture that can be opened safely
├── ModelUnavailableError   the network's file is missing, broken or cannot run here
└── BackgroundUnavailableError
                            the background remover asked for cannot run here (package or
                            weights missing); the reader catches it and takes the OpenCV route

A picture without a readable digit is no error: it is a `Reading` with a reason.
"""


class DigitscopeError(Exception):
    """Anything that Digitscope raises on purpose; its text is fit for a person."""


class InvalidImageError(DigitscopeError, ValueError):
    """What was given is no picture that can be opened safely."""


class ModelUnavailableError(DigitscopeError, RuntimeError):
    """The network's file is missing, broken or cannot run here."""


class BackgroundUnavailableError(DigitscopeError, RuntimeError):
    """The background remover asked for cannot run here."""
