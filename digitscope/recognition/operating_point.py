"""The operating point: calibration temperatures and the minimum confidence of an answer.

The numbers are fitted by ``python -m training.operating_point FOLDER...`` on labelled pictures and
are stored in the model card. If a card has none, the defaults apply.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

from digitscope.model_files import MODEL_CARD

ENTRY = "operating_point"  # in the model card


@dataclass(frozen=True)
class OperatingPoint:
    """The numbers that turn the network's probabilities into an answer or a refusal.

    Attributes:
        temperature: for a picture of quality 1; above 1 lowers the network's confidence.
        quality_weight: how much is added to the temperature at quality 0.
        min_confidence: 0..1, the minimum probability of an answer.
    """

    temperature: float = 1.0
    quality_weight: float = 0.5
    min_confidence: float = 0.77

    def __post_init__(self) -> None:
        """Check the ranges.

        Raises:
            ValueError: a temperature that is not above 0, or a probability outside 0..1.
        """
        if not (self.temperature > 0 and self.quality_weight >= 0 and 0 < self.min_confidence < 1):
            raise ValueError(
                "A temperature above 0, a weight of at least 0 and a probability between 0 and 1 "
                f"are expected. Received: {self}. `python -m training.operating_point` fits them."
            )


@cache
def load_operating_point(card: Path = MODEL_CARD) -> OperatingPoint:
    """Read the operating point from a model card; the defaults if it has none.

    Raises:
        ValueError: the card's numbers are out of range.
    """
    try:
        entry: dict[str, Any] = json.loads(card.read_text(encoding="utf-8")).get(ENTRY, {})
    except (OSError, ValueError, AttributeError):
        return OperatingPoint()
    known = {one.name for one in fields(OperatingPoint)}
    return OperatingPoint(**{name: float(entry[name]) for name in known & set(entry)})
