"""Each request gets a number, is counted and leaves one line in the log: no picture, no names."""

from __future__ import annotations

import logging
import time
import uuid

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from digitscope.api.metrics import METHODS, OTHER, Metrics
from digitscope.api.problems import REQUEST_ID

log = logging.getLogger(__name__)
PROBES = ("/health", "/metrics")  # asked every few seconds: their lines are for debugging
LEAST_FAULT = 500


class Observer:
    """Stands before all but the answer to a fault of ours, which has its number already."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        """Count into `metrics`."""
        self._app, self._metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through under a number of its own."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        started, status = time.perf_counter(), LEAST_FAULT
        request_id = str(uuid.uuid4())
        scope.setdefault("state", {})["request_id"] = request_id

        async def send_numbered(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[REQUEST_ID] = request_id
            await send(message)

        try:
            await self._app(scope, receive, send_numbered)
        finally:
            self._note(scope, status, time.perf_counter() - started)
        return None

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        path = getattr(scope.get("route"), "path", OTHER)
        method = scope["method"] if scope["method"] in METHODS else OTHER
        self._metrics.count_request(method, path, status, seconds)
        facts = {
            "request_id": scope["state"]["request_id"],
            "method": method,
            "path": path,
            "status": status,
            "ms": round(seconds * 1000, 3),
            "body_bytes": scope["state"].get("body_bytes", 0),
            "outcome": scope["state"].get("outcome"),
        }
        log.log(_level(path, status), "request", extra=facts)


def _level(path: str, status: int) -> int:
    if path in PROBES:
        return logging.DEBUG
    return logging.WARNING if status >= LEAST_FAULT else logging.INFO
