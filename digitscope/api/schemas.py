"""Request and response bodies with examples: the source of the OpenAPI document."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from digitscope.api.examples import TILE_EXAMPLE, example_tile
from digitscope.errors import InvalidImageError
from digitscope.serialization import (
    error_to_dict,
    probabilities_to_list,
    reading_to_dict,
)
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
MAX_TILES = 64  # in one request: they take about as long as one photo
MAX_FILES = 32  # in one request: they can be read before the answer times out
TILE_DECIMALS = 4  # of a tile's value: enough to get its 256 levels back exactly

Pixel = Annotated[float, Field(ge=0, le=1, strict=True, allow_inf_nan=False)]
Pixels = Annotated[
    list[Pixel],
    Field(
        min_length=PIXELS,
        max_length=PIXELS,
        fail_fast=True,  # 784 errors would all say the same
        description="row by row, light digit on black, as in MNIST: 0 is black, 1 is white",
    ),
]
Probability = Annotated[
    float,
    BeforeValidator(lambda value: min(value, 1.0)),  # float32 may round to 1.0000001
    Field(ge=0, le=1),
]
Probabilities = Annotated[
    list[Probability],
    Field(min_length=CLASSES, max_length=CLASSES, description="of the digits 0 to 9, in order"),
]


BACKGROUND_FIELD: Any = Field(
    Background.AUTO,
    description="how to remove the background; where the server lacks the weights, the OpenCV "
    "route answers and `notice` says so",
)


class Welcome(BaseModel):
    """What this server is, and its endpoints."""

    message: str
    status: Literal["running"] = "running"
    endpoints: dict[str, str]


class Health(BaseModel):
    """The network is loaded."""

    status: Literal["healthy"] = "healthy"
    model_loaded: Literal[True] = True


class TileQuestion(BaseModel):
    """One tile, to be read as it is."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"image": example_tile()}]})
    image: Pixels


class TileAnswer(BaseModel):
    """The network's answer for one tile."""

    model_config = ConfigDict(json_schema_extra={"examples": [TILE_EXAMPLE]})
    prediction: int = Field(ge=0, le=9, description="the most probable digit")
    confidence: Probability = Field(description="its probability")
    probabilities: Probabilities

    @classmethod
    def of(cls, prediction: Prediction) -> TileAnswer:
        """Convert a prediction to an answer."""
        return cls(
            prediction=prediction.digit,
            confidence=prediction.confidence,
            probabilities=probabilities_to_list(prediction),
        )


class TilesQuestion(BaseModel):
    """Several tiles, to be read in one request."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"images": [example_tile()]}]})
    images: Annotated[list[Pixels], Field(min_length=1, max_length=MAX_TILES, fail_fast=True)]


class TilesAnswer(BaseModel):
    """The network's answer for each tile, in the order they were sent."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"predictions": [TILE_EXAMPLE]}]})
    predictions: list[TileAnswer]


class ReadingOptions(BaseModel):
    """How a picture is to be read."""

    tta: bool = Field(default=False, description="mean over five small rotations")
    background: Background = BACKGROUND_FIELD


class PictureOptions(ReadingOptions):
    """How a picture is to be read, and what to send back."""

    tile: bool = Field(default=False, description="send the tile back that the network saw")


class PictureQuality(BaseModel):
    """How good the picture was to read from."""

    score: float = Field(ge=0, le=1)
    level: Level = Field(description="the score in a word")
    contrast: float = Field(ge=0, le=1, description="ink against its background")
    size_px: int = Field(description="longest side of the digit in the picture that was sent")
    aspect_ratio: float = Field(description="width divided by height of the digit")
    evenness: float = Field(ge=0, le=1, description="of the stroke's width")
    clearness: float = Field(ge=0, le=1, description="low at shadows and edges")
    wholeness: float = Field(ge=0, le=1, description="low where strokes fade away")


class PictureRow(BaseModel):
    """A reading as `digitscope.serialization` writes it, the same for every interface."""

    status: Literal["ok", "rejected", "error"]
    digit: int | None = Field(ge=0, le=9, description="null where the picture is refused")
    confidence: Probability | None = Field(
        description="calibrated: of answers with 0.9, nine in ten are right; null for a refusal"
    )
    top: list[tuple[int, Probability]] = Field(
        description="each digit with its probability, most probable first"
    )
    quality: PictureQuality | None = Field(description="null where no digit was located")
    reason: str | None = Field(description="why there is no digit; null for a digit")
    background: Background = Field(description="the route that found the ink")
    ms: float = Field(ge=0, description="milliseconds that the reading took")
    notice: str = Field(description='what to know of the route taken, or ""')
    box_xyxy: tuple[int, int, int, int] | None = Field(
        description="where the digit was found: left, top, right, bottom (exclusive), pixels of "
        "the upright picture"
    )
    probabilities: Probabilities | None = Field(
        description="null where nothing was found that the network could be asked about"
    )


class PictureAnswer(PictureRow):
    """A digit, or the reason why there is none."""

    status: Literal["ok", "rejected"]
    reason: Reason | None = Field(description="why the picture is refused; null for a digit")
    tile: Pixels | None = Field(
        description="the 28 x 28 tile, if asked for: what `POST /predict` takes"
    )

    @classmethod
    def of(cls, reading: Reading, notice: str, *, with_tile: bool) -> PictureAnswer:
        """Convert a reading to an answer; `notice` goes before the reading's own."""
        tile = reading.preprocessed.tile
        sent = None if tile is None or not with_tile else tile.pixels.reshape(-1) / 255
        values = None if sent is None else sent.round(TILE_DECIMALS).tolist()
        return cls(**join_notices(notice, reading_to_dict(reading)), tile=values)


class FileRow(PictureRow):
    """One file of a batch: a digit, or the reason why there is none."""

    file: str = Field(description="the file's name in the form")

    @classmethod
    def of(cls, file: str, reading: Reading, notice: str) -> FileRow:
        """Convert a reading to a row; `notice` goes before the reading's own."""
        return cls(file=file, **join_notices(notice, reading_to_dict(reading)))

    @classmethod
    def of_error(cls, file: str, error: InvalidImageError, background: Background) -> FileRow:
        """Make the row of a file that cannot be opened."""
        return cls(file=file, **error_to_dict(error, background))


def join_notices(notice: str, row: dict[str, Any]) -> dict[str, Any]:
    """Put the server's `notice` before the notice of the reading."""
    return row | {"notice": " ".join(filter(None, (notice, row["notice"])))}


def to_tiles(images: list[list[float]]) -> UInt8Array:
    """Convert values 0..1 to tiles: N lists of 784 -> (N, 28, 28) uint8."""
    values = np.asarray(images, np.float64).reshape(-1, TILE_PX, TILE_PX)
    return np.rint(values * 255).astype(np.uint8)
