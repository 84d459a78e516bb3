"""The core's results: frozen records of what was detected and what was predicted.

Arrays in these records are never changed after the record is made.
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
    """Why a picture gets no digit as its answer. A closed set."""

    BLANK = "blank"
    NO_CONTRAST = "no contrast"
    TOO_SMALL = "too small"
    SEVERAL_DIGITS = "several digits"
    NOT_A_DIGIT = "not a digit"
    UNCERTAIN = "uncertain"


class Background(StrEnum):
    """The methods of background removal, called routes."""

    AUTO = "auto"
    OPENCV = "opencv"
    INK = "ink"
    U2NETP = "u2netp"
    U2NET = "u2net"
    ISNET = "isnet-general-use"


class Level(StrEnum):
    """The quality score as one word."""

    EXCELLENT = "excellent"
    GOOD = "good"
    FAIR = "fair"
    POOR = "poor"


@dataclass(frozen=True, eq=False)
class Step:
    """What one of the eleven preprocessing steps did to one picture.

    Attributes:
        number: 1 to 11.
        key: its name in `digitscope.preprocessing.pipeline.STEPS`.
        image: the step's result, uint8, (height, width) grey or (height, width, 3) RGB.
        sentence: what the step did, in English; it can be translated.
    """

    number: int
    key: str
    image: UInt8Array
    sentence: Message


@dataclass(frozen=True)
class Quality:
    """How well the picture can be read, measured before it is read.

    Attributes:
        score: 0..1, weighted from the factors below in `preprocessing.quality`.
        level: the score as one word.
        contrast: ink against background, 0..1 of the full range.
        size_px: longest side of the located digit in the given picture.
        aspect_ratio: width divided by height of the located digit.
        evenness: of the stroke's width, 0..1; low if a shadow, a blot or a line touches it.
        clearness: 0..1; low if there is little page around the shape: at shadows and edges.
        wholeness: 0..1; low if strokes fade away.
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
    """Where in a picture a digit, or a refused shape, was found.

    Attributes:
        box_xyxy: left, top, right, bottom (exclusive) in the given picture, upright, px.
        mask: (H, W) bool, True on the shape's ink, at working size.
        confidence: 0..1, of the location: the fraction of the shape's surroundings that is page.
            The digit and its confidence are in the prediction.
    """

    box_xyxy: BoxXYXY
    mask: BoolArray
    confidence: float

    def __post_init__(self) -> None:
        """Check the box, the mask and the confidence."""
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
    """A digit in MNIST's form, and where it was found.

    Attributes:
        pixels: (28, 28) uint8, light digit on black, longest side 20, centre of mass at 14.0.
        detection: where in the picture it was found.
    """

    pixels: UInt8Array
    detection: Detection

    def __post_init__(self) -> None:
        """Check the shape and the dtype of the pixels."""
        if self.pixels.shape != (TILE_PX, TILE_PX) or self.pixels.dtype != np.uint8:
            raise ValueError(
                f"A tile is ({TILE_PX}, {TILE_PX}) uint8. "
                f"Received: {self.pixels.shape} {self.pixels.dtype}."
            )


@dataclass(frozen=True, eq=False)
class Preprocessed:
    """A picture after the eleven steps, or after fewer steps if it was refused.

    Attributes:
        tile: the digit, or None if the picture was refused.
        quality: None if nothing was located.
        reason: why the picture was refused, or None.
        background: the route that found the ink (never `auto`).
        working_rgb: (H, W, 3) uint8, the picture at working size, the size that the steps use.
        detection: what step 6 located, even if it was refused; None if it located nothing.
        digits_seen: how many separate digits the picture seems to show.
        notice: what the user should know about the background route, or "".
        draw_steps: makes the pictures and sentences of the steps that were run.
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
        """The steps that were run, in order; drawn on first access."""
        return self.draw_steps()


@dataclass(frozen=True, eq=False)
class Prediction:
    """The network's output for one tile.

    Attributes:
        probabilities: (10,) float32, sums to 1; index = digit.
    """

    probabilities: Float32Array

    def __post_init__(self) -> None:
        """Check the shape of the probabilities."""
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
        """The probability that there is a digit at all, 0..1, whichever digit it is.

        The network splits the probability of "no digit" evenly among the ten digits. So that
        probability is ten times the smallest of the ten.
        """
        return max(0.0, 1 - CLASSES * float(self.probabilities.min()))

    @property
    def ranked(self) -> tuple[tuple[int, float], ...]:
        """All ten pairs (digit, probability), most probable first."""
        order = np.argsort(-self.probabilities, kind="stable")
        return tuple((int(digit), float(self.probabilities[digit])) for digit in order)


@dataclass(frozen=True, eq=False)
class Explanation:
    """Which spots of a tile support the answer, and which support the contrast class.

    Attributes:
        answer: the most probable digit.
        contrast_class: the digit that the answer is compared with.
        heat: (28, 28) float32, nats: how far the log odds of the answer against the contrast class
            fall when this spot is inverted (ink erased, or empty page inked). Above 0 it supports
            the answer, below 0 the contrast class. 0 away from the ink.
    """

    answer: int
    contrast_class: int
    heat: Float32Array


@dataclass(frozen=True, eq=False)
class Reading:
    """The result of reading one picture: a digit, or the reason why there is none.

    Attributes:
        digit: 0..9, or None if the picture was refused.
        reason: why it was refused; None if there is a digit.
        prediction: the calibrated probabilities; also set for some refusals.
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
        """The steps that were run, in order; drawn on first access."""
        return self.preprocessed.steps

    @property
    def quality(self) -> Quality | None:
        """How well the picture can be read; None if nothing was located."""
        return self.preprocessed.quality
