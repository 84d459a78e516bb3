"""The layout of the Predict page, and the visitor's input; its functions share both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from streamlit_app.components.sources.choice import Source
from streamlit_app.state import Options, Picture

# Fixed heights of a live answer, since a rerun first shows the new heading above the old text.
LIVE_DIGIT_PX = 160  # a heading of two lines and a badge, on a phone
LIVE_NUMBERS_PX = 176  # two lines of numbers; more lines scroll, so that the pad does not move


@dataclass(frozen=True)
class Slots:
    """The page's containers; the answer is above the input, so that phones need no scrolling."""

    headline: DeltaGenerator
    place: DeltaGenerator
    input: DeltaGenerator
    details: DeltaGenerator


@dataclass(frozen=True)
class Choice:
    """The visitor's input.

    Attributes:
        pictures: none, one, or several files.
        index: index of the picture to show large.
        options: how to read them.
    """

    pictures: Sequence[Picture] = ()
    index: int = 0
    options: Options = field(default_factory=Options)

    @property
    def picture(self) -> Picture | None:
        """The picture to show large, or None."""
        return self.pictures[self.index] if self.pictures else None


def lay_out(source: Source, *, numbers: bool) -> Slots:
    """Create the page's containers, from top to bottom."""
    # Each run clears `st.empty` at once: a pad below it would jump under a moving pen.
    headline = _live_headline(numbers) if source.is_live else st.empty()
    place = st.container()
    left, right = st.columns(2, gap="medium", border=True)
    return Slots(headline, place, left, right)


def _live_headline(numbers: bool) -> DeltaGenerator:
    return st.container(height=LIVE_NUMBERS_PX if numbers else LIVE_DIGIT_PX, border=False)
