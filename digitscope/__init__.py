"""Digitscope reads handwritten digits from photos, drawings and tiles.

>>> from digitscope import DigitReader
>>> reading = DigitReader().read("photo.jpg")  # doctest: +SKIP
>>> reading.digit, reading.confidence  # doctest: +SKIP
(7, 0.98)
"""

from typing import TYPE_CHECKING, Any

from digitscope.errors import (
    BackgroundUnavailableError,
    DigitscopeError,
    InvalidImageError,
    ModelUnavailableError,
)
from digitscope.types import (
    Background,
    Detection,
    Explanation,
    Prediction,
    Quality,
    Reading,
    Reason,
    Step,
    Tile,
)

if TYPE_CHECKING:
    from digitscope.reader import DigitReader

__version__ = "1.0.0"

__all__ = [
    "Background",
    "BackgroundUnavailableError",
    "Detection",
    "DigitReader",
    "DigitscopeError",
    "Explanation",
    "InvalidImageError",
    "ModelUnavailableError",
    "Prediction",
    "Quality",
    "Reading",
    "Reason",
    "Step",
    "Tile",
    "__version__",
]


def __getattr__(name: str) -> Any:
    """Import `DigitReader` on first use, so that `digitscope --help` does not load OpenCV."""
    if name != "DigitReader":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from digitscope.reader import DigitReader

    return DigitReader
