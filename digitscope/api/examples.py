"""Examples for the OpenAPI document, in the form that requests and answers really have."""

from __future__ import annotations

from typing import Any

import numpy as np

from digitscope.types import TILE_PX, Background, Level, Reason


def draw_one() -> list[float]:
    """A 1 as the simplest tile there is: a stroke of three pixels, 784 values in 0..1."""
    tile = np.zeros((TILE_PX, TILE_PX))
    tile[4:24, 13:16] = 1  # 20 px tall, in the middle
    values: list[float] = tile.reshape(-1).tolist()
    return values


SHARES_OF_THE_ONE = [0.0001, 0.999, 0.0001, 0.0002, 0.0001, 0.0001, 0.0001, 0.0001, 0.0001, 0.0001]
SHARES_OF_A_SEVEN = [0.0004, 0.0081, 0.0032, 0.0009, 0.0005, 0.0003, 0.0001, 0.9823, 0.0007, 0.0035]

TILE_QUESTION: dict[str, Any] = {"image": draw_one()}
TILES_QUESTION: dict[str, Any] = {"images": [draw_one()]}
TILE_ANSWER: dict[str, Any] = {
    "prediction": 1,
    "confidence": 0.999,
    "probabilities": SHARES_OF_THE_ONE,
}
ANSWER: dict[str, Any] = {
    "status": "ok",
    "digit": 7,
    "confidence": 0.9823,
    "reason": None,
    "probabilities": SHARES_OF_A_SEVEN,
    "quality": {
        "score": 0.91,
        "level": str(Level.EXCELLENT),
        "contrast": 0.82,
        "size_px": 214,
        "aspect_ratio": 0.71,
    },
    "box_xyxy": [240, 120, 392, 334],
    "background": str(Background.OPENCV),
    "notice": "",
    "tile": None,
    "ms": 31.2,
}
REFUSAL: dict[str, Any] = {
    "status": "rejected",
    "digit": None,
    "confidence": None,
    "reason": str(Reason.BLANK),
    "probabilities": None,
    "quality": None,
    "box_xyxy": None,
    "background": str(Background.OPENCV),
    "notice": "",
    "tile": None,
    "ms": 18.4,
}
