"""Schemas of whole numbers: options and answers, with an example."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from digitscope.api.examples import NUMBERS_EXAMPLE
from digitscope.api.schemas import BACKGROUND_FIELD, Probability, join_notices
from digitscope.number_types import NumberReading
from digitscope.serialization import number_reading_to_dict
from digitscope.types import Background, Reason

Box = Annotated[
    tuple[int, int, int, int],
    Field(description="left, top, right, bottom (exclusive), pixels of the upright picture"),
]


class NumberDigitAnswer(BaseModel):
    """One digit of a number."""

    digit: int | None = Field(ge=0, le=9, description="null where it is not sure")
    confidence: Probability
    box: Box


class NumberAnswer(BaseModel):
    """Digits that stand together."""

    text: str = Field(pattern="^[0-9?]+$", description='"?" for a digit that is not sure')
    confidence: Probability = Field(description="of its least sure digit")
    box: Box
    digits: Annotated[list[NumberDigitAnswer], Field(min_length=1)]


class NumbersOptions(BaseModel):
    """How the numbers in a picture are to be read."""

    background: Background = BACKGROUND_FIELD


class NumbersAnswer(BaseModel):
    """The numbers in a picture, rows top to bottom, left to right."""

    model_config = ConfigDict(json_schema_extra={"examples": [NUMBERS_EXAMPLE]})
    status: Literal["ok", "uncertain", "rejected"]
    numbers: list[NumberAnswer]
    reason: Reason | None = Field(description="why there is no number, or null")
    background: Background = Field(description="the route that found the ink")
    ms: float = Field(ge=0, description="milliseconds that the reading took")
    notice: str = Field(description='what to know of the route taken, or ""')

    @classmethod
    def of(cls, reading: NumberReading, notice: str) -> NumbersAnswer:
        """Convert a reading to an answer; `notice` goes before the reading's own."""
        return cls(**join_notices(notice, number_reading_to_dict(reading)))
