"""Read the numbers of a picture: make attempts, accept digits, split rows into numbers."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from functools import reduce
from itertools import pairwise

import numpy as np

from digitscope.number_types import Number, NumberDigit, NumberReading
from digitscope.numbers.ink import map_ink
from digitscope.numbers.row_search import Classify, RowSearch, search_rows
from digitscope.numbers.solution import Choice, choose_digits
from digitscope.preprocessing.connected_components import union_box
from digitscope.preprocessing.locating import MAX_GRAIN_LEVEL
from digitscope.preprocessing.state import Attempt
from digitscope.preprocessing.working_picture import WorkingPicture
from digitscope.recognition.rejection import is_sure
from digitscope.retry import available_route
from digitscope.types import Background, BoolArray, BoxXYXY, Prediction, Reading, Reason

# Tuned on the dev pictures and on synthetic numbers.
MIN_CONFIDENCE = 0.5  # a digit with less is uncertain
SURE_CONFIDENCE = 0.8  # if every digit has at least this, no other attempt is made
MAX_UNSURE = 0.05  # ... or all but this fraction: on a full page, another attempt is expensive
LONG_NUMBER, LONE_CONFIDENCE = 3, 0.75  # beside numbers this long, a lone digit needs this
MIN_SURE = 0.5  # fraction of sure digits in a row: with less it is a word or a drawing
FEW_DIGITS = 2  # so few are refused if the single-digit reading finds none
SPECK = 0.35  # of a digit's height: a lower shape is a speck
NUMBER_GAP = 1.0  # in row heights; a gap this wide may separate two numbers
GAP_FACTOR = 2.2  # ... if it is this many times as wide as the usual gap in the row


def read_picture(
    picture: WorkingPicture, background: Background, classify: Classify
) -> NumberReading:
    """Read all numbers in a picture; make other attempts if the first one is uncertain.

    Args:
        picture: from `ink.to_numbers_size`.
        background: the route, as for one digit; `auto` uses the OpenCV route.
        classify: (N, 28, 28) uint8 tiles to (N, 10) float32 probabilities.

    Returns:
        The reading of the first attempt in which nearly every digit is confident; else of the one
        with the most sure digits minus uncertain digits.
    """
    route, notice = available_route(picture, background)
    best: tuple[int, tuple[Number, ...], Reason | None] | None = None
    for attempt in _attempts(route):
        levels, mask, min_level = map_ink(picture, attempt)
        numbers = find_numbers(search_rows(levels, mask, classify), picture)
        merit = _merit(numbers)
        if best is None or merit > best[0]:
            best = (merit, numbers, None if numbers else _reason(mask, min_level))
        if _is_sure(numbers):
            break
    picture.shared.clear()  # otherwise each reading keeps the arrays of all attempts
    _, numbers, reason = best or (0, (), Reason.BLANK)
    return NumberReading(numbers, reason, route, 0.0, notice)


def needs_another_look(numbers: Sequence[Number]) -> bool:
    """Whether the picture may show one digit or none, and should also be read as one digit."""
    return max((len(one.digits) for one in numbers), default=0) <= 1 or not _is_sure(numbers)


def prefer_one_digit(one: Reading, numbers: NumberReading) -> NumberReading:
    """Return the single-digit reading as a number if it is better; else the numbers.

    One or two digits are refused if the single-digit reading finds none.

    Args:
        one: the same picture, read as one digit; it refuses a picture of several.
        numbers: the same picture, read as numbers.
    """
    tile, prediction, seen = one.preprocessed.tile, one.prediction, one.preprocessed
    boxes = [digit.box_xyxy for number in numbers.numbers for digit in number.digits]
    if one.digit is None or tile is None or prediction is None:
        is_refused = 0 < len(boxes) <= FEW_DIGITS and one.reason is not Reason.SEVERAL_DIGITS
        return (
            dataclasses.replace(numbers, numbers=(), reason=one.reason) if is_refused else numbers
        )
    box = tile.detection.box_xyxy
    if len(boxes) > 1 and not (is_sure(one) and _holds(box, boxes)):
        return numbers
    digit = NumberDigit(one.digit, prediction.confidence, box, tile.pixels, prediction)
    return NumberReading((Number((digit,), box),), None, seen.background, 0.0, seen.notice)


def _holds(box: BoxXYXY, others: Sequence[BoxXYXY]) -> bool:
    """Whether each of the other boxes is a speck, or has its middle in `box`."""
    left, top, right, bottom = box
    return all(
        other[3] - other[1] < SPECK * (bottom - top)
        or (
            left <= (other[0] + other[2]) / 2 <= right
            and top <= (other[1] + other[3]) / 2 <= bottom
        )
        for other in others
    )


def _attempts(route: Background) -> Iterator[Attempt]:
    """The attempts, the most promising first."""
    yield Attempt(route)
    yield Attempt(route, thorough=True)
    yield Attempt(route, thorough=True, broad=True)


def _merit(numbers: Sequence[Number]) -> int:
    return sum(2 * number.sure - len(number.digits) for number in numbers)


def _is_sure(numbers: Sequence[Number]) -> bool:
    """Whether nearly every digit is confident, so that no other attempt is needed."""
    sure = [digit.confidence >= SURE_CONFIDENCE for number in numbers for digit in number.digits]
    return bool(sure) and sure.count(False) <= MAX_UNSURE * len(sure)


def _reason(mask: BoolArray, min_level: float) -> Reason:
    """Why there is no number."""
    if mask.any():
        return Reason.NOT_A_DIGIT
    return Reason.NO_CONTRAST if min_level > MAX_GRAIN_LEVEL else Reason.BLANK


def find_numbers(searches: Sequence[RowSearch], picture: WorkingPicture) -> tuple[Number, ...]:
    """The numbers on the best paths through all rows.

    Rows with few sure digits are left out. So is a single, uncertain digit beside longer numbers,
    because dirt and the edges of the page look like a 1.
    """
    rows = [_numbers_of(search, picture) for search in searches]
    found = [number for row in rows if _is_legible(row) for number in row]
    longest = max((len(number.digits) for number in found), default=0)
    return tuple(number for number in found if is_kept(number, longest))


def _is_legible(row: Sequence[Number]) -> bool:
    """Whether enough digits of a row are sure; otherwise it is a word or a drawing."""
    return sum(one.sure for one in row) >= MIN_SURE * sum(len(one.digits) for one in row)


def is_kept(number: Number, longest: int) -> bool:
    """Whether to keep a number; `longest` is the number of digits of the longest one."""
    if longest >= LONG_NUMBER and len(number.digits) == 1:
        return number.confidence >= LONE_CONFIDENCE
    return number.sure > 0


def _numbers_of(search: RowSearch, picture: WorkingPicture) -> list[Number]:
    choices = choose_digits(search)
    digits = [_to_digit(choice, search, picture) for choice in choices]
    starts = [
        0,
        *_gap_indices(
            [search.candidates[c.candidate].shape.box_xyxy for c in choices], search.row.height
        ),
        len(digits),
    ]
    runs = [digits[start:end] for start, end in pairwise(starts)]
    return [
        Number(tuple(run), reduce(union_box, (digit.box_xyxy for digit in run)))
        for run in runs
        if run
    ]


def _to_digit(choice: Choice, search: RowSearch, picture: WorkingPicture) -> NumberDigit:
    """Turn a chosen candidate into a digit, or into an uncertain one."""
    prediction = Prediction(search.probabilities[choice.candidate])
    confidence = min(1.0, choice.probability * prediction.confidence)
    is_sure = confidence >= MIN_CONFIDENCE and not choice.is_left_out
    return NumberDigit(
        prediction.digit if is_sure else None,
        confidence,
        picture.to_given(search.candidates[choice.candidate].shape.box_xyxy),
        search.tiles[choice.candidate],
        prediction,
        None if is_sure else Reason.UNCERTAIN,
    )


def _gap_indices(boxes: Sequence[tuple[int, int, int, int]], height: float) -> list[int]:
    """The indices of the boxes of a row at which another number begins.

    >>> _gap_indices([(0, 0, 10, 20), (14, 0, 24, 20), (80, 0, 90, 20)], 20.0)
    [2]
    """
    gaps = np.array([right[0] - left[2] for left, right in pairwise(boxes)])
    if not gaps.size:
        return []
    usual = max(float(np.sort(gaps)[(len(gaps) - 1) // 2]), 0.0) if gaps.size > 1 else 0.0
    limit = max(NUMBER_GAP * height, GAP_FACTOR * usual)
    return [int(index) + 1 for index in np.flatnonzero(gaps > limit)]
