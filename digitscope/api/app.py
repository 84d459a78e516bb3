"""The app: middleware, problem handlers, routes, startup and shutdown; and its server."""

from __future__ import annotations

import asyncio
import ctypes
import logging
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from fastapi import FastAPI
from pythonjsonlogger.core import RESERVED_ATTRS

from digitscope import __version__
from digitscope.api.examples import ANSWER_EXAMPLE, REFUSAL_EXAMPLE
from digitscope.api.middleware import AccessLogMiddleware, RequestLimitMiddleware
from digitscope.api.problems import PROBLEM_TYPE, add_problem_handlers
from digitscope.api.routes import ROUTERS
from digitscope.api.runtime import Runtime
from digitscope.api.schemas import PictureAnswer
from digitscope.api.settings import ApiSettings
from digitscope.reader import DigitReader

DESCRIPTION = (
    "Reads a handwritten digit from a picture, or says why it does not. "
    "Pictures are neither stored nor logged."
)
M_MMAP_THRESHOLD = -3  # the parameter's number in glibc's malloc.h
LARGE_BLOCK_BYTES = 4 * 2**20
LOG_CONFIG: dict[str, Any] = {  # one JSON object for each line on stderr, also for uvicorn
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": "pythonjsonlogger.json.JsonFormatter",
            "fmt": "{levelname}{name}{message}",
            "style": "{",
            "timestamp": "time",
            "rename_fields": {"levelname": "level", "name": "logger"},
            "reserved_attrs": [*RESERVED_ATTRS, "color_message"],  # uvicorn's, for terminals
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"digitscope": {"level": "INFO"}, "uvicorn": {"level": "INFO"}},
}


def create_app(
    settings: ApiSettings | None = None,
    make_reader: Callable[[], DigitReader] | None = None,
) -> FastAPI:
    """Create the app; the network is loaded after the app has started.

    Args:
        settings: by default read from the environment.
        make_reader: by default loads the network named in the settings.

    Raises:
        SettingsError: an environment variable has an invalid value.
    """
    settings = settings or ApiSettings.from_environment()
    app = FastAPI(
        title="Digitscope",
        version=__version__,
        description=DESCRIPTION,
        lifespan=_lifespan,
        redoc_url=None,
    )
    runtime = Runtime(settings, make_reader or (lambda: DigitReader(settings.model)))
    app.state.runtime = runtime
    app.add_middleware(RequestLimitMiddleware, settings=settings)
    app.add_middleware(AccessLogMiddleware, metrics=runtime.metrics)  # added last: outermost
    add_problem_handlers(app)
    for router in ROUTERS:
        app.include_router(router)
    app.openapi = lambda: _complete_openapi(FastAPI.openapi(app))  # type: ignore[method-assign]
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Load the network in the background (until then answer 503); finish work at the end."""
    runtime: Runtime = app.state.runtime
    loading = asyncio.create_task(runtime.loader.load())
    yield
    loading.cancel()
    runtime.pool.close()


def _complete_openapi(document: dict[str, Any]) -> dict[str, Any]:
    """Add in place what FastAPI leaves out of an OpenAPI document.

    Problems get their media type. Examples with null are added here, because FastAPI drops nulls
    from them.
    """
    for methods in document["paths"].values():
        for operation in methods.values():
            for status, response in operation["responses"].items():
                if int(status) >= 400 and "application/json" in response["content"]:
                    response["content"] = {PROBLEM_TYPE: response["content"]["application/json"]}
    answer = document["components"]["schemas"][PictureAnswer.__name__]
    answer["examples"] = [ANSWER_EXAMPLE, REFUSAL_EXAMPLE]
    return document


def run_server(host: str, port: int, settings: ApiSettings) -> None:
    """Serve until SIGTERM or Ctrl-C, then finish the accepted requests."""
    _return_freed_blocks()
    logging.captureWarnings(capture=True)  # Pillow's warnings of broken files go to the log
    uvicorn.run(
        create_app(settings),
        host=host,
        port=port,
        log_config=LOG_CONFIG,
        access_log=False,  # our middleware logs more, without client addresses
        server_header=False,
        limit_concurrency=settings.max_connections,
        timeout_graceful_shutdown=settings.shutdown_timeout_s,
    )


def _return_freed_blocks() -> None:
    """Make glibc return large blocks to the system as soon as they are freed.

    By default every thread keeps some: 400 MB after four 20-megapixel pictures, read one after the
    other.
    """
    if sys.platform == "linux":
        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # other C libraries have none
        if mallopt is not None:
            mallopt(M_MMAP_THRESHOLD, LARGE_BLOCK_BYTES)
