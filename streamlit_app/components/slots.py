"""The parts of the Predict page, and what a visitor gave: what its functions hand to each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from streamlit_app.components.sources.choice import Source
from streamlit_app.state import Options, Picture

# Heights of a live answer: fixed, since a run shows the new heading above the old text at first.
LIVE_DIGIT_PX = 160  # a heading of two lines and a badge, on a phone
LIVE_NUMBERS_PX = 176  # two lines of numbers; longer ones are scrolled, and the pad stays


@dataclass(frozen=True)
class Slots:
    """Where things stand: the answer above the input, since on a phone nobody scrolls for it."""

    headline: DeltaGenerator
    place: DeltaGenerator
    input: DeltaGenerator
    details: DeltaGenerator


@dataclass(frozen=True)
class Choice:
    """What the visitor gave.

    Attributes:
        pictures: none, one, or several files.
        index: which of them is to be shown large.
        options: how to read them.
    """

    pictures: Sequence[Picture] = ()
    index: int = 0
    options: Options = field(default_factory=Options)

    @property
    def picture(self) -> Picture | None:
        """The one to be shown large, or None."""
        return self.pictures[self.index] if self.pictures else None


def lay_out(source: Source, *, numbers: bool) -> Slots:
    """Make the page's parts, in their order from top to bottom."""
    # `st.empty` is emptied at once in each run: a pad below it would jump under a moving pen.
    headline = _live_headline(numbers) if source.is_live else st.empty()
    place = st.container()
    left, right = st.columns(2, gap="medium", border=True)
    return Slots(headline, place, left, right)


def _live_headline(numbers: bool) -> DeltaGenerator:
    return st.container(height=LIVE_NUMBERS_PX if numbers else LIVE_DIGIT_PX, border=False)
