"""Results of reading numbers: the numbers, and each digit with its confidence.

Arrays in these records are never changed after the record is made.
"""

from __future__ import annotations

from dataclasses import dataclass

from digitscope.messages import NOTHING, Message
from digitscope.types import Background, BoxXYXY, Prediction, Reason, UInt8Array

UNSURE = "?"  # replaces an uncertain digit in a number's text


@dataclass(frozen=True, eq=False)
class NumberDigit:
    """One digit of a number.

    Attributes:
        digit: 0..9, or None if it is uncertain.
        confidence: 0..1, that the shape is one digit and this digit; also set if it is refused.
        box_xyxy: left, top, right, bottom (exclusive) in the given picture, upright, px.
        tile: (28, 28) uint8, light on black, the network's input.
        prediction: the ten probabilities; its digit is the best guess.
        reason: why there is no digit, or None.
    """

    digit: int | None
    confidence: float
    box_xyxy: BoxXYXY
    tile: UInt8Array
    prediction: Prediction
    reason: Reason | None = None

    @property
    def text(self) -> str:
        """The digit, or a question mark."""
        return UNSURE if self.digit is None else str(self.digit)


@dataclass(frozen=True, eq=False)
class Number:
    """Digits that belong together, left to right.

    Attributes:
        digits: at least one.
        box_xyxy: around all digits, in the given picture, upright, px.
    """

    digits: tuple[NumberDigit, ...]
    box_xyxy: BoxXYXY

    def __post_init__(self) -> None:
        """Check that there is at least one digit."""
        if not self.digits:
            raise ValueError("A number has at least one digit. Received: none.")

    @property
    def text(self) -> str:
        """The digits, "?" for each uncertain one."""
        return "".join(digit.text for digit in self.digits)

    @property
    def confidence(self) -> float:
        """The confidence of the least sure digit, 0..1."""
        return min(digit.confidence for digit in self.digits)

    @property
    def sure(self) -> int:
        """How many digits are not None."""
        return sum(digit.digit is not None for digit in self.digits)

    @property
    def is_sure(self) -> bool:
        """Whether no digit is None."""
        return self.sure == len(self.digits)


@dataclass(frozen=True, eq=False)
class NumberReading:
    """The result of reading the numbers in one picture.

    Attributes:
        numbers: in reading order: rows from top to bottom, each from left to right.
        reason: why there is no number, or None.
        background: the background route that found the ink, never `auto`.
        ms: milliseconds that the reading took, loading the model excluded.
        notice: what the user should know about the background route, or "".
    """

    numbers: tuple[Number, ...]
    reason: Reason | None
    background: Background
    ms: float
    notice: Message = NOTHING

    @property
    def text(self) -> str:
        """The numbers with a space between them."""
        return " ".join(number.text for number in self.numbers)

    @property
    def status(self) -> str:
        """`ok`, `uncertain` if a digit is uncertain, or `rejected` if there is no number."""
        if not self.numbers:
            return "rejected"
        return "ok" if all(number.is_sure for number in self.numbers) else "uncertain"
