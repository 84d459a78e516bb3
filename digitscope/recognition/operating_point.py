"""The operating point: how far the network is believed, and from where on it answers.

The numbers are fitted by ``python -m training.operating_point FOLDER...`` on labelled pictures and
stand in the model card. A card without them leaves the defaults.
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
    """The numbers between the network's probabilities and an answer.

    Attributes:
        temperature: of a perfect picture; above 1 the network is believed less than it says.
        quality_weight: how much of it is added at quality 0.
        min_confidence: 0..1, a picture is answered from this probability on.
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
    """Read the operating point from a model card; the defaults where it has none.

    Raises:
        ValueError: the card's numbers are out of range.
    """
    try:
        entry: dict[str, Any] = json.loads(card.read_text(encoding="utf-8")).get(ENTRY, {})
    except (OSError, ValueError, AttributeError):
        return OperatingPoint()
    known = {one.name for one in fields(OperatingPoint)}
    return OperatingPoint(**{name: float(entry[name]) for name in known & set(entry)})
