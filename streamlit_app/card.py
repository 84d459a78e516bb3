"""The measured figures that the pages show, from ``models/model_card.json``. Never typed."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from digitscope.settings import MODEL_CARD

log = logging.getLogger(__name__)

TEST_ACCURACY, PHOTO_ACCURACY, PARAMETERS = "test.accuracy", "photos.accuracy", "parameters"


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
    parameters = _number(card, PARAMETERS)
    return Figures(
        test_accuracy=_number(card, TEST_ACCURACY),
        photo_accuracy=_number(card, PHOTO_ACCURACY),
        parameters=None if parameters is None else int(parameters),
    )


def _number(card: Any, path: str) -> float | None:
    """The number at a dotted path, or None."""
    node = card
    for key in path.split("."):
        node = node.get(key) if isinstance(node, Mapping) else None
    is_number = isinstance(node, int | float) and not isinstance(node, bool)
    return float(node) if is_number else None
