"""Loads the measured figures that the pages show; no other module reads these files."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from digitscope.model_files import MODELS_DIR, load_card_of
from streamlit_app.resources import network_fingerprint

log = logging.getLogger(__name__)

PREDECESSOR = MODELS_DIR / "predecessor.json"
REPORTS = MODELS_DIR.parent / "training" / "reports"
EXPERIMENTS = ("ablation", "architectures", "permuted", "optimizers", "augmentation", "sweep")


class ModelCard:
    """A JSON object with access by dotted paths; a missing or malformed value is None or empty."""

    def __init__(self, content: Any) -> None:
        """Wrap parsed JSON of any type."""
        self._content = content

    def get(self, path: str) -> Any:
        """The value at a path such as ``"test.accuracy"``."""
        node = self._content
        for key in path.split("."):
            node = node.get(key) if isinstance(node, Mapping) else None
        return node

    def number(self, path: str) -> float | None:
        """The number at a path."""
        node = self.get(path)
        is_number = isinstance(node, int | float) and not isinstance(node, bool)
        return float(node) if is_number else None

    def table(self, path: str) -> dict[str, Any]:
        """The object at a path, empty if there is none."""
        node = self.get(path)
        return dict(node) if isinstance(node, Mapping) else {}

    def rows(self, path: str, *fields: str) -> list[dict[str, Any]]:
        """The objects at a path that have all of these fields."""
        node = self.get(path)
        rows = node if isinstance(node, list) else []
        return [
            dict(row) for row in rows if isinstance(row, Mapping) and all(f in row for f in fields)
        ]

    def interval(self, path: str) -> tuple[float, float] | None:
        """The two ends, low and high, at a path."""
        node = self.get(path)
        is_pair = isinstance(node, list) and len(node) == 2
        return (float(node[0]), float(node[1])) if is_pair else None

    def matrix(self, path: str, side: int) -> list[list[int]] | None:
        """The square matrix of integers at a path."""
        node = self.get(path)
        is_square = (
            isinstance(node, list)
            and len(node) == side
            and all(isinstance(row, list) and len(row) == side for row in node)
        )
        return node if is_square else None


def load_card() -> ModelCard:
    """The card of the network in use; empty if there is none or it is for another file."""
    fingerprint = network_fingerprint()
    return ModelCard(load_card_of(fingerprint) if fingerprint else {})


def load_reports() -> list[ModelCard]:
    """The reports of `training.experiments` in display order; empty for one that was not run."""
    return [_read(REPORTS / f"{name}.json") for name in EXPERIMENTS]


def load_predecessor() -> ModelCard:
    """The results of the previous app on the same pictures."""
    return _read(PREDECESSOR)


def _read(path: Path) -> ModelCard:
    try:
        return ModelCard(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        log.info("No figures: %s is missing or no JSON", path.name)
        return ModelCard({})
