"""`digitscope info`: the version, the model, its card and the background networks."""

from __future__ import annotations

import json
from pathlib import Path

import click

from digitscope import __version__
from digitscope.cli.exit_codes import OK
from digitscope.cli.parser import json_option, model_option
from digitscope.errors import ModelUnavailableError


@click.command()
@json_option
@model_option
def info(as_json: bool, model: Path | None) -> int:
    """Tell the version, the model and the backgrounds."""
    from digitscope.model_files import fingerprint_of, load_card_of, resolve_model_path
    from digitscope.preprocessing.background_removers import REMBG_MODELS, weights_on_disk

    path = resolve_model_path(model)
    try:
        card, size = load_card_of(fingerprint_of(path)), path.stat().st_size
    except OSError as error:
        raise ModelUnavailableError(
            "The model file cannot be read. Received: {model} ({error}).",
            model=path,
            error=error.strerror,
        ) from error
    facts = {
        "version": __version__,
        "model": str(path),
        "model_bytes": size,
        "test_accuracy": card.get("test", {}).get("accuracy"),
        "parameters": card.get("parameters"),
        "weights_on_disk": [str(name) for name in REMBG_MODELS if weights_on_disk(name)],
    }
    lines = "\n".join(f"{name}: {value}" for name, value in facts.items())
    click.echo(json.dumps(facts) if as_json else lines)
    return OK
