"""The endpoints: status, tiles, pictures."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Annotated, TypeVar

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4

from digitscope import __version__
from digitscope.api.number_schemas import NumbersAnswer, NumbersOptions
from digitscope.api.problems import (
    BODY_PROBLEMS,
    NOT_A_PICTURE,
    ProblemError,
    problem_responses,
)
from digitscope.api.request_bodies import BATCH_BODY, PICTURE_BODY, receive_form, receive_picture
from digitscope.api.runtime import Runtime, RuntimeDependency
from digitscope.api.schemas import (
    MAX_FILES,
    FileRow,
    Health,
    PictureAnswer,
    PictureOptions,
    ReadingOptions,
    TileAnswer,
    TileQuestion,
    TilesAnswer,
    TilesQuestion,
    Welcome,
    to_tiles,
)
from digitscope.errors import InvalidImageError
from digitscope.image_io import count_decoded_pixels
from digitscope.number_types import NumberReading
from digitscope.preprocessing.background_removers import REMBG_MODELS, weights_on_disk
from digitscope.reader import DigitReader
from digitscope.types import Background, Prediction, Reading

T = TypeVar("T")

status = APIRouter(tags=["status"])
tiles = APIRouter(tags=["tiles"], responses=problem_responses(*BODY_PROBLEMS))
pictures = APIRouter(tags=["pictures"], responses=problem_responses(*BODY_PROBLEMS, 415))
ROUTERS = (status, tiles, pictures)


@status.get("/", summary="What this server is")
async def welcome(request: Request) -> Welcome:
    """Tell the version and the endpoints."""
    endpoints = {
        f"{method.upper()} {path}": operation["summary"]
        for path, methods in request.app.openapi()["paths"].items()
        for method, operation in methods.items()
    }
    return Welcome(
        message=f"Digitscope {__version__} reads handwritten digits.",
        endpoints=endpoints | {"GET /openapi.json": "This API, described"},
    )


@status.get("/health", summary="Whether the network answers", responses=problem_responses(503))
async def health(runtime: RuntimeDependency) -> Health:
    """Healthy once the network is loaded; until then 503 with the cause."""
    runtime.loader.reader()
    return Health()


@status.get(
    "/metrics",
    summary="Metrics for Prometheus",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
def metrics(runtime: RuntimeDependency) -> Response:
    """All metrics in Prometheus' text format."""
    return Response(runtime.metrics.render(), media_type=CONTENT_TYPE_PLAIN_0_0_4)


@tiles.post("/predict", summary="Read one tile: 784 values in 0..1")
async def predict(question: TileQuestion, runtime: RuntimeDependency) -> TileAnswer:
    """Ask the network about one tile as it is: nothing is located, nothing refused."""
    reader = runtime.loader.reader()
    (answer,) = await runtime.pool.run(partial(_classify, reader, [question.image]))
    return answer


@tiles.post("/predict/batch", summary="Read several tiles")
async def predict_batch(question: TilesQuestion, runtime: RuntimeDependency) -> TilesAnswer:
    """Ask the network about several tiles in one pass."""
    reader = runtime.loader.reader()
    answers = await runtime.pool.run(partial(_classify, reader, question.images))
    return TilesAnswer(predictions=answers)


def _classify(reader: DigitReader, images: list[list[float]]) -> list[TileAnswer]:
    rows = reader.classifier.classify(to_tiles(images))
    return [TileAnswer.of(Prediction(row)) for row in rows]


@pictures.post("/api/v1/predict", summary="Read the digit in a picture", openapi_extra=PICTURE_BODY)
async def read_picture(
    request: Request, options: Annotated[PictureOptions, Query()], runtime: RuntimeDependency
) -> PictureAnswer:
    """Take a picture through all eleven steps, and answer or refuse."""
    background, notice = choose_background(options.background)
    read = partial(_read, runtime, tta=options.tta, background=background)
    reading = await _read_sent(request, runtime, read)
    request.state.outcome = reading.reason or "digit"
    return PictureAnswer.of(reading, notice, with_tile=options.tile)


@pictures.post(
    "/api/v1/numbers", summary="Read the numbers in a picture", openapi_extra=PICTURE_BODY
)
async def read_numbers(
    request: Request, options: Annotated[NumbersOptions, Query()], runtime: RuntimeDependency
) -> NumbersAnswer:
    """Read every row of digits; a digit that is not sure is null, and "?" in the text."""
    background, notice = choose_background(options.background)
    read = partial(_read_numbers, runtime, background=background)
    reading = await _read_sent(request, runtime, read)
    request.state.outcome = reading.reason or "numbers"
    return NumbersAnswer.of(reading, notice)


async def _read_sent(request: Request, runtime: Runtime, read: Callable[[bytes], T]) -> T:
    """Receive the picture of a request and read it in the pool.

    Raises:
        ProblemError: the server is busy, or the body is no picture that can be opened.
    """
    runtime.loader.reader()
    runtime.pool.check_room()
    request.state.max_body_bytes = runtime.settings.max_picture_bytes
    data = await receive_picture(request)
    try:
        return await runtime.pool.run(partial(read, data))
    except InvalidImageError as error:
        raise ProblemError(NOT_A_PICTURE, str(error), f"{len(data)} bytes") from error


@pictures.post("/api/v1/batch", summary="Read several pictures", openapi_extra=BATCH_BODY)
async def read_batch(
    request: Request, options: Annotated[ReadingOptions, Query()], runtime: RuntimeDependency
) -> list[FileRow]:
    """Read the files of a form one after the other; a row each, in their order."""
    runtime.loader.reader()
    runtime.pool.check_room()
    request.state.max_body_bytes = runtime.settings.max_batch_bytes
    files = await receive_form(request, MAX_FILES)
    return await runtime.pool.run(
        lambda: [_read_file(runtime, name, data, options) for name, data in files]
    )


def _read_file(runtime: Runtime, name: str, data: bytes, options: ReadingOptions) -> FileRow:
    background, notice = choose_background(options.background)
    try:
        reading = _read(runtime, data, tta=options.tta, background=background)
    except InvalidImageError as error:
        return FileRow.of_error(name, error, options.background)
    return FileRow.of(name, reading, notice)


def choose_background(requested: Background) -> tuple[Background, str]:
    """Choose the requested background method, unless it would download weights.

    Returns:
        The method to use, and a notice if it is another one.
    """
    if requested not in REMBG_MODELS or weights_on_disk(requested):
        return requested, ""
    notice = f"The weights of '{requested}' are not on this server. The OpenCV route was taken."
    return Background.OPENCV, notice


def _read(runtime: Runtime, data: bytes, *, tta: bool, background: Background) -> Reading:
    with runtime.pixels.hold(count_decoded_pixels(data)):
        reading = runtime.loader.reader().read(data, tta=tta, background=background)
    runtime.metrics.count_reading(reading)
    return reading


def _read_numbers(runtime: Runtime, data: bytes, background: Background) -> NumberReading:
    with runtime.pixels.hold(count_decoded_pixels(data)):
        reading = runtime.loader.reader().read_numbers(data, background=background)
    runtime.metrics.count_numbers(reading)
    return reading
