"""What all requests share: the reader, the pool of threads, the figures, the settings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import Depends, Request

from digitscope.api.loading import ReaderKeeper
from digitscope.api.metrics import Metrics
from digitscope.api.runtime import WorkPool
from digitscope.api.settings import ApiSettings
from digitscope.reader import DigitReader


class Service:
    """Everything that lives as long as the server."""

    def __init__(self, settings: ApiSettings, make_reader: Callable[[], DigitReader]) -> None:
        """Put it together; nothing is loaded yet."""
        self.settings = settings
        self.keeper = ReaderKeeper(make_reader, settings.retry_s)
        self.pool = WorkPool(settings.workers, settings.max_in_flight, settings.answer_timeout_s)
        self.metrics = Metrics(lambda: self.pool.in_flight, lambda: self.keeper.is_loaded)


def service_of(request: Request) -> Service:
    """The service that a request came to."""
    service: Service = request.app.state.service
    return service


ServiceDependency = Annotated[Service, Depends(service_of)]
