"""`digitscope serve`: starts the HTTP API."""

from __future__ import annotations

import argparse

from digitscope.errors import DigitscopeError


class ServerUnavailableError(DigitscopeError, RuntimeError):
    """The API cannot be started here."""


def run_serve(options: argparse.Namespace) -> int:
    """Serve until told to stop.

    Raises:
        ServerUnavailableError: the API's packages are missing, or its settings cannot be.
    """
    try:
        from digitscope.api.app import run_server
        from digitscope.api.settings import ApiSettings, SettingsError
    except ImportError as error:
        raise ServerUnavailableError(
            f"The API needs the package {error.name}, which is not installed. "
            "`pip install -e .[api]` brings it."
        ) from error
    try:
        settings = ApiSettings.from_environment()
    except SettingsError as error:
        raise ServerUnavailableError(str(error)) from error
    if options.model is not None:
        settings = settings.model_copy(update={"model": options.model})
    run_server(options.host, options.port, settings)
    return 0
