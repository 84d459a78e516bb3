"""Tiles: 784 values in, what the network says of them out."""

from __future__ import annotations

from functools import partial

from fastapi import APIRouter

from digitscope.api.openapi_extras import LIMITS, problems
from digitscope.api.schemas import (
    TileAnswer,
    TileQuestion,
    TilesAnswer,
    TilesQuestion,
    answer_tile,
    to_tiles,
)
from digitscope.api.service import ServiceDependency
from digitscope.reader import DigitReader
from digitscope.types import Prediction

router = APIRouter(tags=["tiles"], responses=problems(*LIMITS))


@router.post("/predict", summary="Read one tile")
async def predict(question: TileQuestion, service: ServiceDependency) -> TileAnswer:
    """Ask the network about one tile as it is: nothing is located, nothing refused."""
    reader = service.keeper.reader()
    (answer,) = await service.pool.run(partial(_classify, reader, [question.image]))
    return answer


@router.post("/predict/batch", summary="Read several tiles")
async def predict_batch(question: TilesQuestion, service: ServiceDependency) -> TilesAnswer:
    """Ask the network about several tiles in one pass."""
    reader = service.keeper.reader()
    answers = await service.pool.run(partial(_classify, reader, question.images))
    return TilesAnswer(predictions=answers)


def _classify(reader: DigitReader, images: list[list[float]]) -> list[TileAnswer]:
    rows = reader.classifier.classify(to_tiles(images))
    return [answer_tile(Prediction(row)) for row in rows]
