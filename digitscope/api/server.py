"""The server: uvicorn with the limits of the settings and one JSON object a line in its log."""

from __future__ import annotations

import logging

import uvicorn

from digitscope.api.app import create_app
from digitscope.api.logs import LOG_CONFIG
from digitscope.api.settings import ApiSettings


def run_server(host: str, port: int, settings: ApiSettings) -> None:
    """Serve until told to stop (SIGTERM, Ctrl-C), then answer what was accepted."""
    logging.captureWarnings(capture=True)  # Pillow warns of broken files: into the log with them
    uvicorn.run(
        create_app(settings),
        host=host,
        port=port,
        log_config=LOG_CONFIG,
        access_log=False,  # the observer's lines say more and hold no addresses
        server_header=False,
        limit_concurrency=settings.max_connections,
        timeout_graceful_shutdown=settings.shutdown_timeout_s,
    )
