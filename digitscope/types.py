"""What the core hands out: frozen records of what was seen and what was concluded.

Arrays inside these records are never written to after the record is made.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from digitscope.messages import NOTHING, Message

UInt8Array: TypeAlias = NDArray[np.uint8]
Float32Array: TypeAlias = NDArray[np.float32]
BoolArray: TypeAlias = NDArray[np.bool_]
BoxXYXY: TypeAlias = tuple[int, int, int, int]

TILE_PX = 28  # MNIST's tile, pixels a side
DIGIT_PX = 20  # longest side of the digit inside an MNIST tile
CLASSES = 10  # the digits 0 to 9
PIXEL_MEAN, PIXEL_STD = 33.3184, 78.5675  # of MNIST's training tiles, 0..255


class Reason(StrEnum):
    """Why a picture was not answered with a digit. A closed set."""

    BLANK = "blank"
    NO_CONTRAST = "no contrast"
    TOO_SMALL = "too small"
    SEVERAL_DIGITS = "several digits"
    NOT_A_DIGIT = "not a digit"
    UNCERTAIN = "uncertain"


class Background(StrEnum):
    """The ways to tell the digit from what it is written on."""

    AUTO = "auto"
    OPENCV = "opencv"
    INK = "ink"
    U2NETP = "u2netp"
    U2NET = "u2net"
    ISNET = "isnet-general-use"


class Level(StrEnum):
    """The quality score in a word."""

    EXCELLENT = "excellent"
    GOOD = "good"
    FAIR = "fair"
    POOR = "poor"


@dataclass(frozen=True, eq=False)
class Step:
    """One of the eleven preprocessing steps, as it went for one picture.

    Attributes:
        number: 1 to 11.
        key: its name in `digitscope.preprocessing.pipeline.STEPS`.
        image: what the step left, uint8, (height, width) grey or (height, width, 3) RGB.
        sentence: what the step did, in English; it can be translated.
    """

    number: int
    key: str
    image: UInt8Array
    sentence: Message


@dataclass(frozen=True)
class Quality:
    """How good the picture was to read from.

    Attributes:
        score: 0..1, of all that follows, weighed in `preprocessing.quality`.
        level: the score in a word.
        contrast: ink against background, 0..1 of the full range.
        size_px: longest side of the located digit in the given picture.
        aspect_ratio: width divided by height of the located digit.
        evenness: of the stroke's width, 0..1; low where a shadow, a blot or a line touches it.
        clearness: 0..1; low at shadows and edges.
        wholeness: 0..1; low where strokes fade away.
    """

    score: float
    level: Level
    contrast: float
    size_px: int
    aspect_ratio: float
    evenness: float = 1.0
    clearness: float = 1.0
    wholeness: float = 1.0


@dataclass(frozen=True, eq=False)
class Detection:
    """Where in a picture a digit was seen, or what was refused as one.

    Attributes:
        box_xyxy: left, top, right, bottom (exclusive) in the given picture, upright, px.
        mask: (H, W) bool, the pixels taken as ink, at the size that the steps worked at.
        confidence: 0..1, how surely there is a shape: the fraction of its surroundings that is
            page. Which digit it is, and how surely, stands in the prediction.
    """

    box_xyxy: BoxXYXY
    mask: BoolArray
    confidence: float

    def __post_init__(self) -> None:
        """Check what everything downstream relies on."""
        left, top, right, bottom = self.box_xyxy
        if not (0 <= left < right and 0 <= top < bottom):
            raise ValueError(f"A box is left, top, right, bottom. Received: {self.box_xyxy}.")
        if self.mask.ndim != 2 or self.mask.dtype != np.bool_:
            raise ValueError(
                f"A mask is (H, W) bool. Received: {self.mask.shape} {self.mask.dtype}."
            )
        if not 0 <= self.confidence <= 1:
            raise ValueError(f"A confidence lies in 0..1. Received: {self.confidence}.")


@dataclass(frozen=True, eq=False)
class Tile:
    """A digit brought to MNIST's form, and where it came from.

    Attributes:
        pixels: (28, 28) uint8, light digit on black, longest side 20, centre of mass at 14.0.
        detection: where in the picture it was seen.
    """

    pixels: UInt8Array
    detection: Detection

    def __post_init__(self) -> None:
        """Check the shape that everything downstream relies on."""
        if self.pixels.shape != (TILE_PX, TILE_PX) or self.pixels.dtype != np.uint8:
            raise ValueError(
                f"A tile is ({TILE_PX}, {TILE_PX}) uint8. "
                f"Received: {self.pixels.shape} {self.pixels.dtype}."
            )


@dataclass(frozen=True, eq=False)
class Preprocessed:
    """A picture after the eleven steps, or after as many of them as could be taken.

    Attributes:
        tile: the digit, or None where the picture was refused.
        quality: None where no digit was located.
        reason: why the picture was refused, or None.
        background: the route that found the ink (never `auto`).
        working_rgb: (H, W, 3) uint8, the picture at the size that the steps worked at.
        detection: where step 6 saw a digit, or what it refused as one; None where it saw nothing.
        digits_seen: how many separate digits the picture seems to show.
        notice: something the user should know of the route taken, or "".
        draw_steps: makes the pictures and sentences of the steps taken.
    """

    tile: Tile | None
    quality: Quality | None
    reason: Reason | None
    background: Background
    working_rgb: UInt8Array
    detection: Detection | None = None
    digits_seen: int = 0
    notice: Message = NOTHING
    draw_steps: Callable[[], tuple[Step, ...]] = tuple

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """The steps that were taken, in order; drawn when first asked for."""
        return self.draw_steps()


@dataclass(frozen=True, eq=False)
class Prediction:
    """What the network says of one tile.

    Attributes:
        probabilities: (10,) float32, sums to 1; index = digit.
    """

    probabilities: Float32Array

    def __post_init__(self) -> None:
        """Check the shape that everything downstream relies on."""
        if self.probabilities.shape != (CLASSES,):
            raise ValueError(
                f"Ten probabilities are expected, one a digit. "
                f"Received: shape {self.probabilities.shape}."
            )

    @property
    def digit(self) -> int:
        """The most probable digit."""
        return int(self.probabilities.argmax())

    @property
    def confidence(self) -> float:
        """The probability of the most probable digit, 0..1."""
        return float(self.probabilities.max())

    @property
    def digit_probability(self) -> float:
        """How surely there is a digit at all, 0..1, whichever it is.

        The network counts what is no digit a tenth for each digit: the least of the ten, ten
        times, is the probability that it is none of them.
        """
        return max(0.0, 1 - CLASSES * float(self.probabilities.min()))

    @property
    def ranked(self) -> tuple[tuple[int, float], ...]:
        """All ten (digit, probability), most probable first."""
        order = np.argsort(-self.probabilities, kind="stable")
        return tuple((int(digit), float(self.probabilities[digit])) for digit in order)


@dataclass(frozen=True, eq=False)
class Explanation:
    """Which spots of a tile spoke for the answer, and which for the runner-up.

    Attributes:
        answer: the digit answered.
        contrast_class: the digit it is weighed against.
        heat: (28, 28) float32, in nats: how far the odds of answer against contrast fall where this
            spot is turned to its opposite, ink erased or the empty page inked. Above 0 the spot
            speaks for the answer, below 0 for the contrast class. 0 away from the ink.
    """

    answer: int
    contrast_class: int
    heat: Float32Array


@dataclass(frozen=True, eq=False)
class Reading:
    """The answer to one picture: a digit, or the reason why there is none.

    Attributes:
        digit: 0..9, or None where the picture was refused.
        reason: None where there is a digit.
        prediction: what the network said, less surely of a poor picture; also of some refusals.
        preprocessed: the eleven steps, the tile and the quality.
        ms: milliseconds that the reading took, loading the model excluded.
    """

    digit: int | None
    reason: Reason | None
    prediction: Prediction | None
    preprocessed: Preprocessed
    ms: float

    @property
    def confidence(self) -> float | None:
        """Probability of the digit answered, 0..1; None for a refusal."""
        if self.digit is None or self.prediction is None:
            return None
        return self.prediction.confidence

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps taken, in order; drawn when first asked for."""
        return self.preprocessed.steps

    @property
    def quality(self) -> Quality | None:
        """How good the picture was to read from."""
        return self.preprocessed.quality
