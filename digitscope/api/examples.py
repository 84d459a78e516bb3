"""Examples of request and response bodies for the OpenAPI document."""

from __future__ import annotations

from typing import Any

import numpy as np

from digitscope.types import TILE_PX, Background, Level, Prediction, Reason


def example_tile() -> list[Any]:
    """A tile of a 1, drawn as a stroke 3 px wide: 784 values, 0..1."""
    tile = np.zeros((TILE_PX, TILE_PX))
    tile[4:24, 13:16] = 1  # 20 px tall, in the middle
    values: list[Any] = tile.reshape(-1).tolist()
    return values


TILE_EXAMPLE: dict[str, Any] = {
    "prediction": 1,
    "confidence": 0.9991,
    "probabilities": [0.0001, 0.9991, *[0.0001] * 8],
}
SEVEN = [0.0004, 0.0081, 0.0032, 0.0009, 0.0005, 0.0003, 0.0001, 0.9823, 0.0007, 0.0035]
ANSWER_EXAMPLE: dict[str, Any] = {
    "status": "ok",
    "digit": 7,
    "confidence": 0.9823,
    "top": [list(pair) for pair in Prediction(np.array(SEVEN)).ranked],
    "quality": {
        "score": 0.91,
        "level": str(Level.EXCELLENT),
        "contrast": 0.82,
        "size_px": 214,
        "aspect_ratio": 0.71,
        "evenness": 0.95,
        "clearness": 0.97,
        "wholeness": 1.0,
    },
    "reason": None,
    "background": str(Background.OPENCV),
    "ms": 31.2,
    "notice": "",
    "box_xyxy": [240, 120, 392, 334],
    "probabilities": SEVEN,
    "tile": None,
}
REFUSAL_EXAMPLE: dict[str, Any] = dict.fromkeys(ANSWER_EXAMPLE) | {
    "status": "rejected",
    "top": [],
    "reason": str(Reason.BLANK),
    "background": str(Background.OPENCV),
    "ms": 18.4,
    "notice": "",
}
NUMBERS_EXAMPLE: dict[str, Any] = {
    "status": "uncertain",
    "numbers": [
        {
            "text": "4?",
            "confidence": 0.41,
            "box": [40, 30, 122, 96],
            "digits": [
                {"digit": 4, "confidence": 0.97, "box": [40, 30, 78, 95]},
                {"digit": None, "confidence": 0.41, "box": [84, 32, 122, 96]},
            ],
        }
    ],
    "reason": None,
    "background": str(Background.OPENCV),
    "ms": 34.5,
    "notice": "",
}
