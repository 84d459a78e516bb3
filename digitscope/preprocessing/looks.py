"""The ways to look at a picture: the likeliest first, others where that shows no digit.

A glare, the edge of a table or a printed line may stand out more than a digit in faint pencil.
Which of the shapes is a digit is known best by the network; so the looks are handed out one by
one, each made only when asked for, and the reader judges. An easy picture is looked at once.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

from digitscope.errors import BackgroundUnavailableError
from digitscope.messages import Message
from digitscope.preprocessing.background import weights_on_disk
from digitscope.preprocessing.pipeline import Attempt, preprocess
from digitscope.preprocessing.working import Working, to_working_size
from digitscope.types import Background, Preprocessed, UInt8Array

SALIENCY = Background.U2NETP  # the network that `auto` asks: it finds *where*, and is small
INSTEAD = "The OpenCV route answered instead."  # beside why the other could not


def looks(
    rgb: UInt8Array,
    background: Background = Background.AUTO,
    given_size_wh: tuple[int, int] | None = None,
    *,
    force: bool = False,
) -> Iterator[Preprocessed]:
    """Look at a picture one way after the other, for as long as the caller asks.

    Args:
        rgb: (H, W, 3) uint8.
        background: the way to remove the background. `auto` takes the OpenCV route, which needs no
            download, and u2netp for a later look where its weights are on disk.
        given_size_wh: width and height of the picture as given, if opening it reduced it; boxes
            are told in its pixels.
        force: make a tile of the first look even if step 6 refuses its shape.

    Yields:
        What each look brought, the likeliest first. Where a network that was asked for cannot run,
        the OpenCV route answers and `notice` says so.
    """
    working = to_working_size(rgb, given_size_wh)
    first, *others = plan_attempts(background)
    yield _with_fallback(working, first, force=force)
    for look in others:
        yield _with_fallback(working, look, force=False)


def plan_attempts(background: Background) -> list[Attempt]:
    """The looks to take, in their order."""
    route = Background.OPENCV if background is Background.AUTO else background
    planned = [
        Attempt(route),
        Attempt(route, thorough=True),
        Attempt(route, thorough=True, broad=True),
        Attempt(route, pass_over=1),
        Attempt(route, weaker_ink=True, thorough=True),
    ]
    if background is Background.AUTO and weights_on_disk(SALIENCY):
        planned.append(Attempt(SALIENCY))
    return [*planned, Attempt(route, pass_over=2)]


def _with_fallback(working: Working, look: Attempt, *, force: bool) -> Preprocessed:
    """Look as asked, or, where that route cannot run, by the OpenCV route with a notice."""
    try:
        return preprocess(working, look, force=force)
    except BackgroundUnavailableError as error:
        instead = dataclasses.replace(look, background=Background.OPENCV)
        result = preprocess(working, instead, force=force)
        told = Message(*error.message.templates, INSTEAD, **error.message.facts)
        return dataclasses.replace(result, notice=told)
