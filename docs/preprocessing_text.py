"""The generated text of PREPROCESSING.md: the steps, the attempts and the refusals."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import numpy as np

from digitscope import Reading, Reason
from digitscope.preprocessing import locating
from digitscope.preprocessing.pipeline import STEPS, PipelineStep, preprocess
from digitscope.preprocessing.state import Attempt
from digitscope.preprocessing.working_picture import to_working_size
from digitscope.recognition import rejection
from digitscope.retry import iter_attempts
from digitscope.types import Background


def describe_steps(reading: Reading) -> str:
    """Write the section of each step: why it is there, how it works, what it did to the sample."""
    sections = [
        f"### {info.number}. {info.title}\n\n**{info.purpose}**\n\n{_how(info)}\n\n"
        f'<img src="docs/pictures/{info.number:02d}_{info.key}.png" height="240" '
        f'alt="The sample after step {info.number}, {info.title.lower()}">\n\n'
        f"*Here:* {step.sentence}"
        for info, step in zip(STEPS, reading.steps, strict=True)
    ]
    return "\n\n".join(sections)


def _how(step: PipelineStep) -> str:
    """The docstring of a step's file without its first line, and the file's path."""
    module = step.apply.__module__
    _, _, text = (sys.modules[module].__doc__ or "").partition("\n\n")
    return f"{text.strip()}\n\nCode: `{module.replace('.', '/')}.py`"


def describe_attempts() -> str:
    """Write a table of the attempts, in the order in which they are made."""
    rows = [
        f"| {number} | {_words(attempt)} | {when} |"
        for number, (attempt, when) in enumerate(_attempts(), 1)
    ]
    head = ["| | attempt | when |", "| --- | --- | --- |"]
    return "\n".join([*head, *rows])


def _attempts() -> Iterator[tuple[Attempt, str]]:
    """Every attempt of `auto` if the ink network's file is there, and when it is made."""
    seen = preprocess(to_working_size(np.full((200, 200, 3), 255, np.uint8)), Attempt())
    nothing = Reading(None, Reason.NOT_A_DIGIT, None, seen, ms=0.0)
    unsure = Reading(None, Reason.UNCERTAIN, None, seen, ms=0.0)
    with patch("digitscope.retry.INK_MODEL", Path(__file__)):  # any existing file
        asked = [
            list(iter_attempts(first, Background.AUTO, Background.OPENCV))
            for first in (nothing, unsure)
        ]
    yield Attempt(), "always"
    for attempt in asked[0]:
        yield attempt, "any doubt" if attempt in asked[1] else "no digit was seen"


def _words(attempt: Attempt) -> str:
    """Name the options that an attempt uses."""
    words = {
        "the likeliest shape": attempt == Attempt(),
        "the next likeliest shape": attempt.skip == 1,
        "thorough": attempt.thorough,
        "with room for a brush's strokes": attempt.broad,
        "the ink network marks the strokes": attempt.background is Background.INK,
    }
    return ", ".join(text for text, is_so in words.items() if is_so)


def describe_refusals() -> str:
    """Write a table of all reasons, with the thresholds of the code."""
    whens = {
        Reason.BLANK: "nothing stands out from the grain of the paper",
        Reason.NO_CONTRAST: "nothing stands out, and the grain is so strong that it would hide ink "
        f"of {locating.MAX_GRAIN_LEVEL} of 255 levels",
        Reason.TOO_SMALL: "the longest side of what stands out is smaller than "
        f"{locating.MIN_DIGIT:.0%} of the picture",
        Reason.NOT_A_DIGIT: "a block, a band along the border, something far wider than tall, more "
        f"than {locating.MAX_DIGIT_COMPONENTS} connected components, page on less than "
        f"{locating.MIN_CONFIDENCE:.0%} of its surroundings; or the network prefers no digit",
        Reason.SEVERAL_DIGITS: "other shapes as large and as dark stand beside the one found",
        Reason.UNCERTAIN: f"no digit has a probability of {rejection.MIN_CONFIDENCE:.0%}, and two "
        f"digits together have {rejection.MIN_TWO_DIGITS:.0%}",
    }
    rows = [f"| {reason} | {whens[reason]} |" for reason in Reason]
    return "\n".join(["| reason | when |", "| --- | --- |", *rows])
