"""What goes in and what comes out, field by field: the source of the OpenAPI document."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from digitscope.api import examples
from digitscope.types import (
    CLASSES,
    TILE_PX,
    Background,
    Level,
    Prediction,
    Reading,
    Reason,
    UInt8Array,
)

PIXELS = TILE_PX * TILE_PX
MAX_BATCH = 64  # tiles: as many as are read while a photo is, so that nobody waits longer for them
DECIMALS = 6  # of a probability: float32 has no more
TILE_DECIMALS = 4  # of a tile's value: enough to get its 256 levels back exactly

Pixel = Annotated[float, Field(ge=0, le=1, strict=True, allow_inf_nan=False)]
Pixels = Annotated[
    list[Pixel],
    Field(
        min_length=PIXELS,
        max_length=PIXELS,
        fail_fast=True,  # one wrong value is told; 784 of them would be the same sentence
        description="row by row, light digit on black, as MNIST has it: 0 is black, 1 is white",
    ),
]
Probability = Annotated[float, Field(ge=0, le=1)]
Probabilities = Annotated[
    list[Probability],
    Field(min_length=CLASSES, max_length=CLASSES, description="of the digits 0 to 9, in order"),
]


class Welcome(BaseModel):
    """Who answers here, and where to ask what."""

    message: str
    status: Literal["running"] = "running"
    endpoints: dict[str, str]


class Health(BaseModel):
    """The network is there and has answered."""

    status: Literal["healthy"] = "healthy"
    model_loaded: Literal[True] = True


class TileQuestion(BaseModel):
    """One tile to be read as it is."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.TILE_QUESTION]})
    image: Pixels


class TileAnswer(BaseModel):
    """What the network says of a tile."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.TILE_ANSWER]})
    prediction: int = Field(ge=0, le=9, description="the most probable digit")
    confidence: Probability = Field(description="its probability")
    probabilities: Probabilities


class TilesQuestion(BaseModel):
    """Several tiles to be read at once."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.TILES_QUESTION]})
    images: Annotated[list[Pixels], Field(min_length=1, max_length=MAX_BATCH, fail_fast=True)]


class TilesAnswer(BaseModel):
    """What the network says of each tile, in the order they were sent."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"predictions": [examples.TILE_ANSWER]}]}
    )
    predictions: list[TileAnswer]


class PictureOptions(BaseModel):
    """How a picture is to be read."""

    tta: bool = Field(default=False, description="mean over five small rotations")
    background: Background = Field(
        Background.AUTO,
        description="how to remove the background; where the server lacks the weights, the OpenCV "
        "route answers and `notice` says so",
    )
    tile: bool = Field(default=False, description="send the tile back that the network saw")


class PictureQuality(BaseModel):
    """How good the picture was to read from."""

    model_config = ConfigDict(from_attributes=True)
    score: float = Field(ge=0, le=1)
    level: Level = Field(description="the score in a word")
    contrast: float = Field(ge=0, le=1, description="ink against ground")
    size_px: int = Field(description="longest side of the digit in the picture that was sent")
    aspect_ratio: float = Field(description="width divided by height of the digit")


class PictureAnswer(BaseModel):
    """A digit, or the reason why there is none."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.ANSWER, examples.REFUSAL]})
    status: Literal["ok", "rejected"]
    digit: int | None = Field(ge=0, le=9, description="null where the picture is refused")
    confidence: Probability | None = Field(
        description="calibrated: of answers with 0.9, nine in ten are right; null for a refusal"
    )
    reason: Reason | None = Field(description="why the picture is refused; null for a digit")
    probabilities: Probabilities | None = Field(
        description="null where nothing was found that the network could be asked about"
    )
    quality: PictureQuality | None = Field(description="null where no digit was located")
    box_xyxy: tuple[int, int, int, int] | None = Field(
        description="where it was seen: left, top, right, bottom (exclusive), pixels of the "
        "upright picture"
    )
    background: Background = Field(description="the route that found the ink")
    notice: str = Field(description="what to know of the route taken, or nothing")
    tile: Pixels | None = Field(
        description="the 28 x 28 tile, if asked for: what `POST /predict` takes"
    )
    ms: float = Field(ge=0, description="milliseconds that the reading took")


def to_tiles(images: list[list[float]]) -> UInt8Array:
    """Turn values 0..1 into tiles: N lists of 784 -> (N, 28, 28) uint8."""
    values = np.asarray(images, np.float64).reshape(-1, TILE_PX, TILE_PX)
    return np.rint(values * 255).astype(np.uint8)


def to_shares(prediction: Prediction) -> list[float]:
    """The ten probabilities as JSON has them, nothing rounded beyond 0..1."""
    return [round(float(share), DECIMALS) for share in np.clip(prediction.probabilities, 0, 1)]


def answer_tile(prediction: Prediction) -> TileAnswer:
    """Put what the network says of a tile into its JSON form."""
    shares = to_shares(prediction)
    return TileAnswer(prediction=prediction.digit, confidence=max(shares), probabilities=shares)


def answer_picture(reading: Reading, *, notice: str = "", with_tile: bool) -> PictureAnswer:
    """Put a reading into its JSON form.

    Args:
        reading: of the picture.
        notice: something to know beside the reading's own.
        with_tile: whether the tile goes along.
    """
    seen = reading.preprocessed
    shares = None if reading.prediction is None else to_shares(reading.prediction)
    sent = seen.tile.pixels.reshape(-1) / 255 if with_tile and seen.tile is not None else None
    return PictureAnswer(
        status="rejected" if reading.digit is None else "ok",
        digit=reading.digit,
        confidence=None if reading.digit is None or shares is None else shares[reading.digit],
        reason=reading.reason,
        probabilities=shares,
        quality=None if reading.quality is None else PictureQuality.model_validate(reading.quality),
        box_xyxy=None if seen.detection is None else seen.detection.box_xyxy,
        background=seen.background,
        notice=" ".join(str(told) for told in (notice, seen.notice) if told),
        tile=None if sent is None else [round(float(value), TILE_DECIMALS) for value in sent],
        ms=round(reading.ms, 3),
    )
