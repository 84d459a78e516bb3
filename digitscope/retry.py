"""Attempts at reading a picture: which are made, in which order, and which gives the answer.

Glare, a table edge or a printed line may stand out more than a digit in faint pencil. The network
tells best which shape is a digit. So the likeliest shape is read first. Only if that gives no
confident answer, other attempts follow, one by one. An easy picture is read once.

Thresholds were tuned on the dev photos.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator

from digitscope.errors import BackgroundUnavailableError
from digitscope.messages import NOTHING, Message
from digitscope.model_files import INK_MODEL
from digitscope.preprocessing.background import find_region
from digitscope.preprocessing.pipeline import preprocess
from digitscope.preprocessing.state import Attempt
from digitscope.preprocessing.working_picture import WorkingPicture
from digitscope.recognition.rejection import is_sure
from digitscope.types import Background, Level, Preprocessed, Reading, Reason

LINE = 1  # next to a likelier shape, a single line is never accepted as a 1
INSTEAD = "The OpenCV route answered instead."  # follows the reason why the other route cannot run
FINAL = (Reason.BLANK, Reason.NO_CONTRAST, Reason.SEVERAL_DIGITS)  # true of the whole picture

Answer = Callable[[Preprocessed], Reading]


def read_with_retries(
    picture: WorkingPicture, background: Background, answer: Answer, *, force: bool = False
) -> Reading:
    """Read a picture; make other attempts if the first one is uncertain.

    Args:
        picture: at working size.
        background: the route; `auto` uses the OpenCV route first, and the ink network in a later
            attempt if its file exists.
        answer: classifies what one attempt found.
        force: let the first attempt continue after a refusal.

    Returns:
        The reading of the first attempt, or of a later confident one. If the requested background
        network cannot run, the OpenCV route is used and `notice` says so.
    """
    route, notice = available_route(picture, background)
    reading = _first_or_sure(picture, background, route, answer, force=force)
    picture.shared.clear()  # otherwise each reading keeps the arrays of all attempts
    if not notice:
        return reading
    noted = dataclasses.replace(reading.preprocessed, notice=notice)
    return dataclasses.replace(reading, preprocessed=noted)


def _first_or_sure(
    picture: WorkingPicture,
    background: Background,
    route: Background,
    answer: Answer,
    *,
    force: bool,
) -> Reading:
    first = answer(preprocess(picture, Attempt(route), force=force))
    quality = first.preprocessed.quality
    is_poor = quality is None or quality.level is Level.POOR
    if first.reason in FINAL or (is_sure(first) and not is_poor):
        return first
    for attempt in iter_attempts(first, background, route):
        try:
            later = answer(preprocess(picture, attempt))
        except BackgroundUnavailableError:  # the ink network cannot be opened: skip it
            continue
        if is_sure(later) and not (attempt.is_elsewhere and later.digit == LINE):
            return later
    return first


def iter_attempts(first: Reading, background: Background, route: Background) -> Iterator[Attempt]:
    """The attempts to make after the first one, the most promising first.

    Another shape is tried only if the first attempt found no digit at all.
    """
    yield Attempt(route, thorough=True)
    if background is Background.AUTO and INK_MODEL.is_file():
        yield Attempt(Background.INK)
    yield Attempt(route, thorough=True, broad=True)
    if first.digit is None and first.reason is not Reason.UNCERTAIN:
        yield Attempt(route, skip=1)


def available_route(picture: WorkingPicture, background: Background) -> tuple[Background, Message]:
    """The route to use, and a notice if it is not the requested one."""
    if background is Background.AUTO:
        return Background.OPENCV, NOTHING
    try:
        find_region(picture, background)
    except BackgroundUnavailableError as error:
        notice = Message(*error.message.templates, INSTEAD, **error.message.facts)
        return Background.OPENCV, notice
    return background, NOTHING
