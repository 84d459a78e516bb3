"""The app put together: what stands before the routes, the routes, what starts and ends with it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from digitscope import __version__
from digitscope.api import routes, status_routes, tile_routes
from digitscope.api.middleware import BodyGuard
from digitscope.api.observing import Observer
from digitscope.api.openapi_extras import complete
from digitscope.api.problems import add_problem_handlers
from digitscope.api.service import Service
from digitscope.api.settings import ApiSettings
from digitscope.reader import DigitReader

DESCRIPTION = (
    "Reads a handwritten digit from a picture, or says why it does not. "
    "Pictures are neither stored nor logged."
)


def create_app(
    settings: ApiSettings | None = None,
    make_reader: Callable[[], DigitReader] | None = None,
) -> FastAPI:
    """Put the app together; its network is loaded once it is started.

    Args:
        settings: by default from the environment.
        make_reader: by default loads the network that the settings name.

    Raises:
        SettingsError: an environment variable has a value that it cannot have.
    """
    settings = settings or ApiSettings.from_environment()
    service = Service(settings, make_reader or (lambda: DigitReader(settings.model)))
    app = FastAPI(
        title="Digitscope",
        version=__version__,
        description=DESCRIPTION,
        lifespan=_lifespan,
        redoc_url=None,
    )
    app.state.service = service
    app.add_middleware(BodyGuard, settings=settings)
    app.add_middleware(Observer, metrics=service.metrics)  # added last: before the others
    add_problem_handlers(app)
    for module in (status_routes, tile_routes, routes):
        app.include_router(module.router)
    app.openapi = lambda: _describe(app)  # type: ignore[method-assign]
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Load the network while requests are already told so; end what was begun."""
    service: Service = app.state.service
    loading = asyncio.create_task(service.keeper.load())
    yield
    loading.cancel()
    service.pool.close()


def _describe(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document, made once."""
    if app.openapi_schema is None:
        document = get_openapi(
            title=app.title,
            version=app.version,
            description=app.description,
            routes=app.routes,
        )
        app.openapi_schema = complete(document)
    return app.openapi_schema
