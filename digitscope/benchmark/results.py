"""The result for a labelled picture: right, wrong or refused; also as a JSON row."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from digitscope.benchmark.dataset import Sample
from digitscope.errors import InvalidImageError
from digitscope.reader import DigitReader
from digitscope.serialization import MS_DECIMALS, quality_from_dict, quality_to_dict
from digitscope.types import Quality, Reading, Reason

DECIMALS = 6  # of a probability: enough for every threshold, and files stay small


class Verdict(StrEnum):
    """Whether a picture was read right."""

    CORRECT = "correct"
    WRONG = "wrong"
    REFUSED = "refused"
    ERROR = "error"


@dataclass(frozen=True)
class Result:
    """The reading of one labelled picture, compared with its label.

    Attributes:
        sample: the picture and its label.
        verdict: whether it was read right.
        digit: the answer, or None for a refusal.
        reason: why it was refused, or None.
        probabilities: the ten of the network, also for a refusal; empty if it did not run.
        quality: quality of the picture; None if no digit was located.
        ms: reading time, milliseconds.
        error: why the file could not be opened, or "".
        notice: message to the user about the background method used, or "".
    """

    sample: Sample
    verdict: Verdict
    digit: int | None = None
    reason: Reason | None = None
    probabilities: tuple[float, ...] = ()
    quality: Quality | None = None
    ms: float = 0.0
    error: str = ""
    notice: str = ""

    @property
    def guess(self) -> int | None:
        """The network's most probable digit, refused or not; None if the network did not run."""
        return int(np.argmax(self.probabilities)) if self.probabilities else None

    @property
    def confidence(self) -> float | None:
        """The probability of the guess, 0..1; None if the network did not run."""
        return max(self.probabilities) if self.probabilities else None

    @property
    def score(self) -> float:
        """The confidence; 0 if the network did not run or the picture shows several digits.

        A picture is answered if this score reaches the threshold in use.
        """
        if self.confidence is None or self.reason is Reason.SEVERAL_DIGITS:
            return 0.0
        return self.confidence

    @property
    def is_guess_right(self) -> bool:
        """Whether the network's most probable digit is the label, refused or not."""
        return self.sample.is_one_digit and str(self.guess) == self.sample.label


def _judge(sample: Sample, digit: int | None) -> Verdict:
    if not sample.is_one_digit:
        return Verdict.CORRECT if digit is None else Verdict.WRONG
    if digit is None:
        return Verdict.REFUSED
    return Verdict.CORRECT if str(digit) == sample.label else Verdict.WRONG


def _probabilities(reading: Reading) -> tuple[float, ...]:
    if reading.prediction is None:
        return ()
    return tuple(round(float(one), DECIMALS) for one in reading.prediction.probabilities)


def read_sample(reader: DigitReader, sample: Sample, *, tta: bool = False) -> Result:
    """Read one labelled picture; a file that cannot be opened gives a result, too."""
    try:
        reading = reader.read(sample.picture(), tta=tta)
    except InvalidImageError as error:
        return Result(sample, Verdict.ERROR, error=str(error))
    return Result(
        sample,
        _judge(sample, reading.digit),
        reading.digit,
        reading.reason,
        _probabilities(reading),
        reading.quality,
        round(reading.ms, MS_DECIMALS),
        notice=reading.preprocessed.notice,
    )


def sample_to_row(sample: Sample) -> dict[str, Any]:
    """The part of a row that is known before the picture is read."""
    return {
        "file": str(sample.path),
        "kind": sample.kind,
        "label": sample.label,
        "headline": sample.headline,
    }


def result_to_row(result: Result) -> dict[str, Any]:
    """Convert a result into a JSON row with the keys of `digitscope.serialization`.

    `confidence` is the probability of `guess`, also for a refusal.
    """
    quality = result.quality
    plain = "verdict", "digit", "reason", "guess", "confidence", "probabilities", "ms", "error"
    return sample_to_row(result.sample) | {
        **{key: getattr(result, key) for key in (*plain, "notice")},
        "quality": None if quality is None else quality_to_dict(quality),
    }


def result_from_row(row: dict[str, Any], sample: Sample) -> Result:
    """Convert a row back into a result; the inverse of `result_to_row`.

    Raises:
        ValueError, KeyError, TypeError: the row has another form.
    """
    return Result(
        sample,
        Verdict(row["verdict"]),
        row["digit"],
        row["reason"] and Reason(row["reason"]),
        tuple(float(one) for one in row["probabilities"]),
        row["quality"] and quality_from_dict(row["quality"]),
        float(row["ms"]),
        row["error"],
        row["notice"],
    )
