"""What the reader made of labelled pictures: right, wrong or refused, and how long it took."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from digitscope.benchmark.dataset import Sample
from digitscope.errors import InvalidImageError
from digitscope.reader import DigitReader
from digitscope.types import Background, Quality, Reading, Reason

DECIMALS = 6  # of a probability: enough for every threshold, and files stay small


class Verdict(StrEnum):
    """What came of one picture."""

    CORRECT = "correct"
    WRONG = "wrong"
    REFUSED = "refused"
    ERROR = "error"


@dataclass(frozen=True)
class Result:
    """What the reader made of one labelled picture.

    Attributes:
        sample: the picture and what it shows.
        verdict: what came of it.
        digit: the answer, or None for a refusal.
        reason: why it was refused, or None.
        probabilities: the ten of the network, also where it was refused; empty where it was not
            asked.
        quality: of the picture; None where nothing was located.
        ms: milliseconds that the reading took.
        error: why the file could not be opened, or "".
        notice: something the user should know of the route taken, or "".
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
        """The network's most probable digit, refused or not; None where it was not asked."""
        return int(np.argmax(self.probabilities)) if self.probabilities else None

    @property
    def confidence(self) -> float | None:
        """The probability of the guess, 0..1; None where the network was not asked."""
        return max(self.probabilities) if self.probabilities else None

    @property
    def strength(self) -> float:
        """The confidence where it decides whether there is an answer; 0 where others refused.

        A picture is answered wherever this reaches the threshold in use.
        """
        if self.confidence is None or self.reason is Reason.SEVERAL_DIGITS:
            return 0.0
        return self.confidence

    @property
    def is_guess_right(self) -> bool:
        """Whether the network's most probable digit is the one shown, refused or not."""
        return self.sample.is_one_digit and str(self.guess) == self.sample.label


@dataclass(frozen=True)
class Summary:
    """The results of one kind of picture, counted."""

    kind: str
    n: int
    correct: int
    wrong: int
    refused: int
    errors: int
    median_ms: float
    p95_ms: float


def _judge(sample: Sample, digit: int | None) -> Verdict:
    if not sample.is_one_digit:
        return Verdict.CORRECT if digit is None else Verdict.WRONG
    if digit is None:
        return Verdict.REFUSED
    return Verdict.CORRECT if str(digit) == sample.label else Verdict.WRONG


def _probabilities(reading: Reading) -> tuple[float, ...]:
    if reading.prediction is None:
        return ()
    return tuple(round(float(share), DECIMALS) for share in reading.prediction.probabilities)


def read_sample(
    reader: DigitReader,
    sample: Sample,
    *,
    tta: bool = False,
    background: Background | None = None,
) -> Result:
    """Read one labelled picture; a file that is no picture is an result too."""
    try:
        reading = reader.read(sample.picture(), tta=tta, background=background)
    except InvalidImageError as error:
        return Result(sample, Verdict.ERROR, error=str(error))
    return Result(
        sample,
        _judge(sample, reading.digit),
        reading.digit,
        reading.reason,
        _probabilities(reading),
        reading.quality,
        reading.ms,
        notice=reading.preprocessed.notice,
    )


def read_all(
    reader: DigitReader,
    items: Iterable[Sample],
    *,
    tta: bool = False,
    background: Background | None = None,
) -> Iterator[Result]:
    """Read labelled pictures one after the other, handing out each result as it comes."""
    for item in items:
        yield read_sample(reader, item, tta=tta, background=background)


def run_benchmark(
    reader: DigitReader,
    items: Iterable[Sample],
    *,
    tta: bool = False,
    background: Background | None = None,
    progress: Callable[[Result], None] | None = None,
) -> list[Result]:
    """Read every labelled picture, telling `progress` of each."""
    results = []
    for result in read_all(reader, items, tta=tta, background=background):
        results.append(result)
        if progress is not None:
            progress(result)
    return results


def summarise(results: Sequence[Result]) -> list[Summary]:
    """Count the results by kind, in the order in which the kinds first appear."""
    kinds = dict.fromkeys(result.sample.kind for result in results)
    return [
        summarise_kind(kind, [one for one in results if one.sample.kind == kind]) for kind in kinds
    ]


def summarise_kind(kind: str, results: Sequence[Result]) -> Summary:
    """Count results under one name; times are those of the pictures that could be opened."""
    verdicts = [result.verdict for result in results]
    times_ms = np.array([one.ms for one in results if one.verdict is not Verdict.ERROR] or [0.0])
    return Summary(
        kind,
        len(results),
        verdicts.count(Verdict.CORRECT),
        verdicts.count(Verdict.WRONG),
        verdicts.count(Verdict.REFUSED),
        verdicts.count(Verdict.ERROR),
        float(np.median(times_ms)),
        float(np.percentile(times_ms, 95)),
    )
