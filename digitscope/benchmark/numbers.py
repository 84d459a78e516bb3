"""Benchmark on pictures of several digits: scores for whole strings and for single digits.

A string is unsure if a digit is "?" or no digit was found. Otherwise it is exact if all digits are
right, in reading order, and wrong if not.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from digitscope.benchmark.dataset import Sample
from digitscope.errors import InvalidImageError
from digitscope.number_types import UNSURE
from digitscope.reader import DigitReader

NUMBERS_KIND = "multi"


class StringVerdict(StrEnum):
    """Whether all digits of a picture were read right."""

    EXACT = "exact"
    WRONG = "wrong"
    UNSURE = "unsure"
    ERROR = "error"


@dataclass(frozen=True)
class NumbersResult:
    """The reading of one picture of several digits, compared with its label.

    Attributes:
        file: path of the picture.
        label: the right digits in reading order.
        text: the digits read, "?" for an unsure one, a space between numbers.
        verdict: whether the text is right.
        kept: number of right digits in the best alignment with the label.
        distance: edit distance from the label to the text.
        ms: reading time, milliseconds.
    """

    file: str
    label: str
    text: str
    verdict: StringVerdict
    kept: int
    distance: int
    ms: float


@dataclass(frozen=True)
class NumbersSummary:
    """Counts and rates of a run over pictures of several digits.

    Attributes:
        n: number of pictures.
        exact: pictures read right, without an unsure digit.
        wrong: pictures read wrong, without an unsure digit.
        unsure: pictures with an unsure digit, or in which no digit was found.
        errors: pictures that could not be opened.
        digits: number of digits in all labels.
        precision: fraction of the sure digits that are right, 0..1.
        recall: fraction of the labels' digits that were read right, 0..1.
        edit_distance: sum of all edit distances, divided by `digits`.
        median_ms: median reading time, milliseconds.
    """

    n: int
    exact: int
    wrong: int
    unsure: int
    errors: int
    digits: int
    precision: float
    recall: float
    edit_distance: float
    median_ms: float


def digits_of(label: str) -> str:
    """Remove the white space between a label's numbers and rows."""
    return "".join(label.split())


def read_numbers_sample(reader: DigitReader, sample: Sample) -> NumbersResult:
    """Read one labelled picture; a file that cannot be opened gives a result, too."""
    label = digits_of(sample.label)
    try:
        reading = reader.read_numbers(sample.picture())
    except InvalidImageError:
        return NumbersResult(str(sample.path), label, "", StringVerdict.ERROR, 0, len(label), 0.0)
    said = digits_of(reading.text)
    kept, distance = align(label, said)
    return NumbersResult(
        str(sample.path), label, reading.text, judge(label, said), kept, distance, reading.ms
    )


def judge(label: str, said: str) -> StringVerdict:
    """Compare the digits read with the label.

    >>> [str(judge("12", said)) for said in ("12", "1?", "17")]
    ['exact', 'unsure', 'wrong']
    """
    if not said or UNSURE in said:
        return StringVerdict.UNSURE if label else StringVerdict.EXACT
    return StringVerdict.EXACT if said == label else StringVerdict.WRONG


def align(label: str, said: str) -> tuple[int, int]:
    """Align two strings; an unsure digit counts as a replacement.

    Returns:
        The number of equal digits in the best alignment, and the edit distance.

    Source: Levenshtein (1966).

    >>> align("1000", "10?0"), align("123", "1123")
    ((3, 1), (3, 1))
    """
    row = [(column, 0) for column in range(len(said) + 1)]  # (distance, -equal digits)
    for count, digit in enumerate(label, 1):
        before, row = row, [(count, 0)]
        for column, one in enumerate(said):
            same = digit == one
            distance, kept = before[column]
            row.append(
                min(
                    (distance + (not same), kept - same),
                    (before[column + 1][0] + 1, before[column + 1][1]),
                    (row[column][0] + 1, row[column][1]),
                )
            )
    return -row[-1][1], row[-1][0]


def summarize_numbers(results: Sequence[NumbersResult]) -> NumbersSummary:
    """Count the results of a run."""
    count = {one: sum(result.verdict is one for result in results) for one in StringVerdict}
    digits = sum(len(result.label) for result in results)
    sure = sum(len(digits_of(result.text).replace(UNSURE, "")) for result in results)
    kept = sum(result.kept for result in results)
    return NumbersSummary(
        len(results),
        count[StringVerdict.EXACT],
        count[StringVerdict.WRONG],
        count[StringVerdict.UNSURE],
        count[StringVerdict.ERROR],
        digits,
        kept / sure if sure else 0.0,
        kept / digits if digits else 0.0,
        sum(result.distance for result in results) / max(digits, 1),
        statistics.median(result.ms for result in results) if results else 0.0,
    )


def run_numbers(
    reader: DigitReader,
    samples: Sequence[Sample],
    on_result: Callable[[NumbersResult], None] = lambda _: None,
) -> list[NumbersResult]:
    """Read labelled pictures of several digits."""
    results = []
    for sample in samples:
        results.append(read_numbers_sample(reader, sample))
        on_result(results[-1])
    return results


def numbers_to_dict(results: Sequence[NumbersResult]) -> dict[str, Any]:
    """Convert a run into one JSON-serialisable object."""
    return {
        "summary": asdict(summarize_numbers(results)),
        "results": [asdict(result) | {"verdict": str(result.verdict)} for result in results],
    }


def format_numbers_report(results: Sequence[NumbersResult]) -> str:
    """Format the metrics, and every string that is not exact, as text for people."""
    one = summarize_numbers(results)
    lines = [
        f"{one.n} pictures: {one.exact} exact, {one.wrong} wrong though sure, "
        f"{one.unsure} unsure, {one.errors} not opened; {one.median_ms:.0f} ms",
        f"{one.digits} digits: precision {one.precision:.1%}, recall {one.recall:.1%}, "
        f"edit distance {one.edit_distance:.3f} a digit",
    ]
    missed = [result for result in results if result.verdict is not StringVerdict.EXACT]
    return "\n".join(
        [*lines, *(f"{one.verdict}: {one.file}: {one.label} read as {one.text}" for one in missed)]
    )
