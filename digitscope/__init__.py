"""Digitscope reads handwritten digits from photos, drawings and tiles.

>>> from digitscope import DigitReader
>>> reading = DigitReader().read("photo.jpg")  # doctest: +SKIP
>>> reading.digit, reading.confidence  # doctest: +SKIP
(7, 0.98)
"""

from digitscope.errors import (
    BackgroundUnavailableError,
    DigitscopeError,
    InvalidImageError,
    ModelUnavailableError,
)
from digitscope.reader import DigitReader
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

__version__ = "0.1.0"

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
