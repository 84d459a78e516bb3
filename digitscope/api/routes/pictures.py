"""Pictures: a file in, a digit or the reason why there is none out."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request

from digitscope.api.bodies import PICTURE_PATH
from digitscope.api.problems import NOT_A_PICTURE, ProblemError
from digitscope.api.routes.documentation import LIMITS, PICTURE_BODY, problems
from digitscope.api.schemas import PictureAnswer, PictureOptions, answer_picture
from digitscope.api.service import ServiceDependency
from digitscope.api.uploads import receive_picture
from digitscope.errors import InvalidImageError
from digitscope.preprocessing.background_removers import REMBG_MODELS, weights_on_disk
from digitscope.reader import DigitReader
from digitscope.types import Background, Reading

router = APIRouter(tags=["pictures"], responses=problems(*LIMITS, 415))


@router.post(PICTURE_PATH, summary="Read the digit in a picture", openapi_extra=PICTURE_BODY)
async def read_picture(
    request: Request, options: Annotated[PictureOptions, Query()], service: ServiceDependency
) -> PictureAnswer:
    """Take a picture through all eleven steps, and answer or refuse."""
    reader = service.keeper.reader()
    service.pool.check_room()
    data = await receive_picture(request)
    background, notice = choose_background(options.background)
    reading = await service.pool.run(
        partial(_read, reader, data, tta=options.tta, background=background)
    )
    service.metrics.count_reading(reading)
    request.state.outcome = "digit" if reading.reason is None else str(reading.reason)
    return answer_picture(reading, notice=notice, with_tile=options.tile)


def choose_background(wanted: Background) -> tuple[Background, str]:
    """Take the background asked for, unless a request would start a download of its weights.

    Returns:
        The route to take, and a notice where it is another.
    """
    if wanted not in REMBG_MODELS or weights_on_disk(wanted):
        return wanted, ""
    notice = f"The weights of '{wanted}' are not on this server. The OpenCV route answered instead."
    return Background.OPENCV, notice


def _read(reader: DigitReader, data: bytes, *, tta: bool, background: Background) -> Reading:
    try:
        return reader.read(data, tta=tta, background=background)
    except InvalidImageError as error:
        raise ProblemError(NOT_A_PICTURE, str(error), f"{len(data)} bytes") from error
