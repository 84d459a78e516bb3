"""Paths of the model files, and the environment variable that selects one.

| variable | meaning | default |
| --- | --- | --- |
| ``DIGITSCOPE_MODEL`` | the network's file, ``.keras`` or ``.onnx`` | the ONNX one |

An installed package contains the ONNX network and its model card. A checkout has them in
``models/``, with the same network in Keras format.
"""

from __future__ import annotations

import hashlib
import json
import os
from importlib import resources
from pathlib import Path
from typing import Any

from digitscope.errors import ModelUnavailableError


def _find_models() -> Path:
    """Find the models: inside the package in a wheel, in `models/` beside it in a checkout."""
    package = Path(str(resources.files("digitscope"))).resolve()
    packed = package / "_models"
    return packed if packed.is_dir() else package.parent / "models"


MODELS_DIR = _find_models()
KERAS_MODEL = MODELS_DIR / "mnist_cnn.keras"  # for the app, loaded in-process
ONNX_MODEL = MODELS_DIR / "mnist_cnn.onnx"  # the same network, starts faster
INK_MODEL = MODELS_DIR / "ink.onnx"  # marks the ink of a picture; reading also works without it
MODEL_CARD = MODELS_DIR / "model_card.json"


def resolve_model_path(path: str | os.PathLike[str] | None = None) -> Path:
    """Find the model file: `path`, else ``$DIGITSCOPE_MODEL``, else the ONNX one.

    Raises:
        ModelUnavailableError: the file does not exist.
    """
    given = Path(path or os.environ.get("DIGITSCOPE_MODEL") or ONNX_MODEL)
    try:
        chosen = given.expanduser()
    except RuntimeError:  # `~name` of an unknown user: no such file
        chosen = given
    if not chosen.is_file():
        raise ModelUnavailableError(
            "No model file is there. Received: {model}. `make train` makes one; DIGITSCOPE_MODEL "
            "names another.",
            model=chosen,
        )
    return chosen


def fingerprint_of(file: Path) -> str:
    """SHA-256 of a file's content, in hexadecimal.

    Raises:
        OSError: the file cannot be read.
    """
    return hashlib.sha256(file.read_bytes()).hexdigest()


def load_card_of(fingerprint: str) -> dict[str, Any]:
    """Read the card with a model file's measured values; empty if it is for another file.

    Args:
        fingerprint: SHA-256 of the model file, in hexadecimal.

    Returns:
        The content of ``model_card.json``, or an empty dict.
    """
    try:
        card: dict[str, Any] = json.loads(MODEL_CARD.read_text(encoding="utf-8"))
        known = {facts["sha256"] for facts in card["files"].values()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}
    return card if fingerprint in known else {}
