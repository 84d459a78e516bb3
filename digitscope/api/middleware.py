"""Middleware: access log with request ids; limits on the size, time and memory of bodies."""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from digitscope.api.metrics import METHODS, OTHER, Metrics
from digitscope.api.problems import BODY_TOO_LARGE, BODY_TOO_SLOW, BUSY, REQUEST_ID, ProblemError
from digitscope.api.settings import ApiSettings

log = logging.getLogger(__name__)
PROBES = ("/health", "/metrics")  # asked every few seconds: logged at debug level
SERVER_ERROR = 500


class AccessLogMiddleware:
    """Gives each request an id, counts it and logs one line without picture and file name.

    Outermost middleware. Only the 500 handler runs outside it; its response already has a
    request id.
    """

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        """Count requests in `metrics`."""
        self._app, self._metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on with its own id."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        started, status = time.perf_counter(), SERVER_ERROR
        request_id = str(uuid.uuid4())
        scope.setdefault("state", {})["request_id"] = request_id

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[REQUEST_ID] = request_id
            await send(message)

        try:
            await self._app(scope, receive, send_with_id)
        finally:
            self._record(scope, status, time.perf_counter() - started)
        return None

    def _record(self, scope: Scope, status: int, seconds: float) -> None:
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
    return logging.WARNING if status >= SERVER_ERROR else logging.INFO


class RequestLimitMiddleware:
    """Counts the bytes of bodies as they arrive, and refuses bodies that are too large or slow.

    The limit is `max_json_bytes`. A route that accepts more sets
    `request.state.max_body_bytes` before it receives the body.
    """

    def __init__(self, app: ASGIApp, settings: ApiSettings) -> None:
        """Take the limits from `settings`."""
        self._app, self._settings = app, settings
        self._held_bytes = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; its body counts as held in memory until it is answered."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        state = scope["state"]
        state |= {"max_body_bytes": self._settings.max_json_bytes, "body_bytes": 0}
        declared = Headers(scope=scope).get("content-length", "")
        declared_bytes = int(declared) if declared.isdecimal() else 0
        deadline = asyncio.get_running_loop().time() + self._settings.body_timeout_s
        is_complete = False

        async def receive_within_limits() -> Message:
            nonlocal is_complete
            if is_complete:  # the next message reports a disconnect
                return await receive()
            _check_size(declared_bytes, state)  # before the server sends "100 Continue"
            message = await self._receive_until(deadline, receive, state)
            is_complete = not message.get("more_body", False)
            self._hold(len(message.get("body", b"")), state)
            _check_size(state["body_bytes"], state)
            return message

        try:
            await self._app(scope, receive_within_limits, send)
        finally:
            self._held_bytes -= state["body_bytes"]
        return None

    async def _receive_until(
        self, deadline: float, receive: Receive, state: dict[str, Any]
    ) -> Message:
        try:
            async with asyncio.timeout_at(deadline):
                return await receive()
        except TimeoutError as error:
            raise ProblemError(
                BODY_TOO_SLOW,
                f"A body must arrive within {self._settings.body_timeout_s:g} s.",
                f"{state['body_bytes']} bytes by then",
            ) from error

    def _hold(self, size_bytes: int, state: dict[str, Any]) -> None:
        state["body_bytes"] += size_bytes
        self._held_bytes += size_bytes
        if self._held_bytes > self._settings.max_held_bytes:
            raise ProblemError(
                BUSY, "Too many bodies are being received. Ask again in a while.", "one more"
            )


def _check_size(size_bytes: int, state: dict[str, Any]) -> None:
    limit_bytes = state["max_body_bytes"]
    if size_bytes > limit_bytes:
        raise ProblemError(
            BODY_TOO_LARGE,
            f"A body here may have {limit_bytes} bytes. Send less at a time.",
            f"{size_bytes} bytes",
        )
