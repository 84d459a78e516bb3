"""Digitscope reads handwritten digits from photos, drawings and tiles.

>>> from digitscope import DigitReader
>>> reading = DigitReader().read("photo.jpg")  # doctest: +SKIP
>>> reading.digit, reading.confidence  # doctest: +SKIP
(7, 0.98)
"""

import os

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

# From 1.29 on, onnxruntime keeps a device id and tells Microsoft of every model that is loaded,
# unless told not to before it is imported. What is read here is nobody else's business.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

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
