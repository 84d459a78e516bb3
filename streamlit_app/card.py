"""The measured figures that the pages show, from ``models/model_card.json``. Never typed."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from digitscope.settings import MODEL_CARD

log = logging.getLogger(__name__)

ACCURACY_PATHS = ("test.accuracy", "test_accuracy", "mnist.test_accuracy", "accuracy")
PARAMETER_PATHS = ("parameters", "parameter_count", "model.parameters", "params")
PHOTO_PATHS = ("photos.accuracy", "benchmark.photo.accuracy", "photo_accuracy")


@dataclass(frozen=True)
class Figures:
    """What the card says; None for what it does not.

    Attributes:
        test_accuracy: share of MNIST's test set answered rightly, 0..1.
        photo_accuracy: the same of the photo benchmark.
        parameters: numbers that the network learned.
    """

    test_accuracy: float | None = None
    photo_accuracy: float | None = None
    parameters: int | None = None


def load_figures() -> Figures:
    """Read the card; no figures where there is none or it cannot be read."""
    try:
        card = json.loads(MODEL_CARD.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        log.info("No figures: %s is missing or no JSON", MODEL_CARD.name)
        return Figures()
    parameters = _first_number(card, PARAMETER_PATHS)
    return Figures(
        test_accuracy=_first_number(card, ACCURACY_PATHS),
        photo_accuracy=_first_number(card, PHOTO_PATHS),
        parameters=None if parameters is None else int(parameters),
    )


def _first_number(card: Any, paths: tuple[str, ...]) -> float | None:
    """The first of these dotted paths that leads to a number."""
    return next(_numbers(card, paths), None)


def _numbers(card: Any, paths: tuple[str, ...]) -> Iterator[float]:
    for path in paths:
        node = card
        for key in path.split("."):
            node = node.get(key) if isinstance(node, Mapping) else None
        if isinstance(node, int | float) and not isinstance(node, bool):
            yield float(node)
