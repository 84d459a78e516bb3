"""Bodies kept within their limits of size, time and memory, whatever their headers promise."""

from __future__ import annotations

import asyncio
from collections.abc import MutableMapping
from typing import Any

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from digitscope.api.problems import BODY_TOO_LARGE, BODY_TOO_SLOW, BUSY, ProblemError
from digitscope.api.settings import ApiSettings

PICTURE_PATH = "/api/v1/predict"


class BodyGuard:
    """Stands before the routes: counts what arrives, and refuses what is declared too large."""

    def __init__(self, app: ASGIApp, settings: ApiSettings) -> None:
        """Hold no bytes yet."""
        self._app, self._settings = app, settings
        self._held_bytes = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, its body counted as it arrives."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        body = _Body(self, receive, self._limit_bytes(scope["path"]), _declared_bytes(scope))
        try:
            await self._app(scope, body.receive, send)
        finally:
            scope["state"]["body_bytes"] = body.size_bytes
            self._held_bytes -= body.size_bytes
        return None

    def _limit_bytes(self, path: str) -> int:
        settings = self._settings
        return settings.max_picture_bytes if path == PICTURE_PATH else settings.max_json_bytes

    def hold(self, size_bytes: int) -> None:
        """Count bytes that are in memory until their request is answered.

        Raises:
            ProblemError: BUSY.
        """
        self._held_bytes += size_bytes
        if self._held_bytes > self._settings.max_held_bytes:
            raise ProblemError(
                BUSY, "Too many bodies are being received. Ask again in a while.", "one more"
            )

    def seconds_for_body(self) -> float:
        """How long a body may take."""
        return self._settings.body_timeout_s


class _Body:
    """One request's body on its way in."""

    def __init__(
        self, guard: BodyGuard, receive: Receive, limit_bytes: int, declared_bytes: int
    ) -> None:
        self._guard, self._receive = guard, receive
        self._limit_bytes, self._declared_bytes = limit_bytes, declared_bytes
        self._deadline = asyncio.get_running_loop().time() + guard.seconds_for_body()
        self._is_complete = False
        self.size_bytes = 0

    def _check_size(self, size_bytes: int) -> None:
        if size_bytes > self._limit_bytes:
            raise ProblemError(
                BODY_TOO_LARGE,
                f"At most {self._limit_bytes} bytes are taken here. Send less at a time.",
                f"{size_bytes} bytes",
            )

    async def receive(self) -> Message:
        """Pass the next message on; raises `ProblemError` where a limit is passed."""
        if self._is_complete:
            return await self._receive()
        self._check_size(self._declared_bytes)  # before a client that waits is told to go on
        try:
            async with asyncio.timeout_at(self._deadline):
                message = await self._receive()
        except TimeoutError as error:
            raise ProblemError(
                BODY_TOO_SLOW,
                f"A body has {self._guard.seconds_for_body():g} s to arrive.",
                f"{self.size_bytes} bytes by then",
            ) from error
        self._count(message)
        return message

    def _count(self, message: MutableMapping[str, Any]) -> None:
        chunk_bytes = len(message.get("body", b""))
        self._is_complete = not message.get("more_body", False)
        self.size_bytes += chunk_bytes
        self._guard.hold(chunk_bytes)
        self._check_size(self.size_bytes)


def _declared_bytes(scope: Scope) -> int:
    """What the header promises; 0 where it promises nothing."""
    declared = Headers(scope=scope).get("content-length", "0")
    return int(declared) if declared.isdecimal() else 0
