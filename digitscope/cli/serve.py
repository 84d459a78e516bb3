"""`digitscope serve`: starts the HTTP API."""

from __future__ import annotations

from pathlib import Path

import click

from digitscope.cli.exit_codes import OK
from digitscope.cli.parser import model_option
from digitscope.errors import DigitscopeError


class ServerUnavailableError(DigitscopeError, RuntimeError):
    """The API cannot be started here."""


@click.command()
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="0.0.0.0 answers other machines, too."
)
@click.option("--port", type=click.IntRange(0, 2**16 - 1), default=8000, show_default=True)
@model_option
def serve(host: str, port: int, model: Path | None) -> int:
    """Start the HTTP API."""
    try:
        from digitscope.api.app import run_server
        from digitscope.api.settings import ApiSettings, SettingsError
    except ImportError as error:
        raise ServerUnavailableError(
            f"The API needs the package {error.name}, which is not installed. "
            '`pip install "digitscope[api]"` brings it.'
        ) from error
    try:
        settings = ApiSettings.from_environment()
    except SettingsError as error:
        raise ServerUnavailableError(str(error)) from error
    if model is not None:
        settings = settings.model_copy(update={"model": model})
    run_server(host, port, settings)
    return OK
