"""What reading whole numbers hands out: numbers, their digits, and what was said of each.

Arrays inside these records are never written to after the record is made.
"""

from __future__ import annotations

from dataclasses import dataclass

from digitscope.messages import NOTHING, Message
from digitscope.types import Background, BoxXYXY, Prediction, Reason, UInt8Array

UNSURE = "?"  # stands in a number's text for a digit that is not sure


@dataclass(frozen=True, eq=False)
class NumberDigit:
    """One digit of a number.

    Attributes:
        digit: 0..9, or None where it is not sure which.
        confidence: 0..1, how surely this shape is one digit, and this one; also of a refused digit.
        box_xyxy: left, top, right, bottom (exclusive) in the given picture, upright, px.
        tile: (28, 28) uint8, light on black, what the network was shown.
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
    """Digits that stand together, left to right.

    Attributes:
        digits: at least one.
        box_xyxy: around them, in the given picture, upright, px.
    """

    digits: tuple[NumberDigit, ...]
    box_xyxy: BoxXYXY

    def __post_init__(self) -> None:
        """Check what everything downstream relies on."""
        if not self.digits:
            raise ValueError("A number has at least one digit. Received: none.")

    @property
    def text(self) -> str:
        """The digits, "?" for each that is not sure."""
        return "".join(digit.text for digit in self.digits)

    @property
    def confidence(self) -> float:
        """The confidence of the least sure digit, 0..1."""
        return min(digit.confidence for digit in self.digits)

    @property
    def sure(self) -> int:
        """How many digits are sure."""
        return sum(digit.digit is not None for digit in self.digits)

    @property
    def is_sure(self) -> bool:
        """Whether every digit is sure."""
        return self.sure == len(self.digits)


@dataclass(frozen=True, eq=False)
class NumberReading:
    """The answer to one picture of numbers.

    Attributes:
        numbers: in reading order: rows top to bottom, left to right.
        reason: why there is no number, or None.
        background: the route that found the ink, never `auto`.
        ms: milliseconds that the reading took, loading the model excluded.
        notice: something the user should know of the route taken, or "".
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
        """`ok`, `uncertain` where a digit is not sure, or `rejected` where there is none."""
        if not self.numbers:
            return "rejected"
        return "ok" if all(number.is_sure for number in self.numbers) else "uncertain"
