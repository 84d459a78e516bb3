"""Errors of the API as problem details (RFC 9457), with the value that was received."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

PROBLEM_TYPE = "application/problem+json"
REQUEST_ID = "X-Request-ID"  # the header with the request's id
MAX_ERRORS = 10  # reported for one request; more rarely help
MAX_VALUE_CHARS = 60  # of what was received, in a message


@dataclass(frozen=True)
class Kind:
    """A kind of problem: the name for programs, the status code, the title for people."""

    name: str
    status: int
    title: str


UNREADABLE_BODY = Kind("unreadable-body", 400, "The body cannot be decoded")
NOT_FOUND = Kind("not-found", 404, "There is nothing at this address")
METHOD_NOT_ALLOWED = Kind("method-not-allowed", 405, "This address takes another method")
BODY_TOO_SLOW = Kind("body-too-slow", 408, "The body did not arrive in time")
BODY_TOO_LARGE = Kind("body-too-large", 413, "The body is too large")
UNSUPPORTED_MEDIA_TYPE = Kind("unsupported-media-type", 415, "A picture file is expected")
INVALID_REQUEST = Kind("invalid-request", 422, "The request has another form than expected")
NOT_A_PICTURE = Kind("not-a-picture", 422, "The file cannot be opened as a picture")
BUSY = Kind("busy", 429, "Too many requests are waiting already")
FAULT = Kind("fault", 500, "The server has a fault")
MODEL_UNAVAILABLE = Kind("model-unavailable", 503, "The network cannot answer yet")
TOO_SLOW = Kind("too-slow", 503, "The answer took too long")

FRAMEWORK_KINDS = {kind.status: kind for kind in (UNREADABLE_BODY, NOT_FOUND, METHOD_NOT_ALLOWED)}
RETRY_AFTER_S = {BUSY: 1, MODEL_UNAVAILABLE: 5, TOO_SLOW: 5}  # kinds where a retry can succeed
BODY_PROBLEMS = (400, 408, 413, 422, 429, 503)  # status codes that any request with a body may get
DESCRIPTIONS = {
    400: "The body cannot be decoded",
    408: "The body did not arrive in time",
    413: "The body is too large",
    415: "No picture file",
    422: "Not as expected; says what was received",
    429: "Too many requests are waiting already: ask again in a while",
    503: "The network cannot answer, or took too long: ask again in a while",
}


class FieldError(BaseModel):
    """One value that is not as expected."""

    where: str = Field(description="the path to the value", examples=["body.image.3"])
    expected: str = Field(examples=["Input should be less than or equal to 1"])
    received: str = Field(examples=["1.5"])


class Problem(BaseModel):
    """What went wrong (RFC 9457)."""

    type: str = Field(examples=["urn:digitscope:problem:body-too-large"])
    title: str = Field(examples=[BODY_TOO_LARGE.title])
    status: int = Field(examples=[BODY_TOO_LARGE.status])
    detail: str = Field(examples=["A body here may have 20000000 bytes. Send less at a time."])
    instance: str = Field(
        description="the request's id, as in the log", examples=["urn:uuid:0b7b21c4-..."]
    )
    received: str | None = Field(None, examples=["24000000 bytes"])
    errors: list[FieldError] | None = Field(None, description="value by value, at most ten")


class ProblemError(HTTPException):
    """Ends a request with a problem; as an `HTTPException` it may be raised anywhere."""

    def __init__(
        self,
        kind: Kind,
        detail: str,
        received: str | None = None,
        errors: list[FieldError] | None = None,
    ) -> None:
        """Say what is wrong and what was received."""
        super().__init__(kind.status, detail)
        self.kind, self.received, self.errors = kind, received, errors


class ProblemResponse(JSONResponse):
    """A problem as ASCII JSON, because text from clients may not be valid Unicode."""

    media_type = PROBLEM_TYPE

    def render(self, content: Any) -> bytes:
        """Encode the content as JSON."""
        return json.dumps(content, allow_nan=False, separators=(",", ":")).encode("ascii")


def respond(instance: str, error: ProblemError) -> ProblemResponse:
    """Make the response to a problem.

    Args:
        instance: the request's id.
        error: what is wrong.
    """
    problem = Problem(
        type=f"urn:digitscope:problem:{error.kind.name}",
        title=error.kind.title,
        status=error.kind.status,
        detail=str(error.detail),
        instance=f"urn:uuid:{instance}",
        received=error.received,
        errors=error.errors,
    )
    headers = dict(error.headers or {}) | {REQUEST_ID: instance}
    if error.kind in RETRY_AFTER_S:
        headers["Retry-After"] = str(RETRY_AFTER_S[error.kind])
    return ProblemResponse(problem.model_dump(exclude_none=True), error.kind.status, headers)


def describe_value(value: object) -> str:
    """Describe in a few ASCII characters what was received.

    >>> describe_value([0.5] * 783), describe_value("7"), describe_value({"image": 1})
    ('a list of 783', "'7'", 'an object with 1 keys')
    """
    if isinstance(value, (list, tuple)):
        return f"a list of {len(value)}"
    if isinstance(value, dict):
        return f"an object with {len(value)} keys"
    if isinstance(value, (bytes, bytearray)):
        return f"{len(value)} bytes, not sent as application/json"
    return "nothing" if value is None else ascii(value)[:MAX_VALUE_CHARS]


async def answer_problem(request: Request, error: Exception) -> ProblemResponse:
    """Make the response to any exception."""
    return respond(request.state.request_id, _to_problem(request, error))


def _to_problem(request: Request, error: Exception) -> ProblemError:
    if isinstance(error, ProblemError):
        return error
    if isinstance(error, RequestValidationError):
        return _of_validation(error)
    if isinstance(error, HTTPException):
        return _of_framework(request, error)
    if isinstance(error, ClientDisconnect):  # the log must not report a server error
        return ProblemError(UNREADABLE_BODY, "The client left.")
    return ProblemError(FAULT, "The server has a fault. Its log has the details under this id.")


def _of_framework(request: Request, error: HTTPException) -> ProblemError:
    kind = FRAMEWORK_KINDS.get(error.status_code, UNREADABLE_BODY)
    received = f"{request.method} {ascii(request.url.path)[1:-1]}"[:MAX_VALUE_CHARS]
    problem = ProblemError(kind, f"{kind.title}.", received)
    problem.headers = error.headers  # for 405: the allowed methods
    return problem


def _of_validation(error: RequestValidationError) -> ProblemError:
    faults = [_of_fault(fault) for fault in error.errors()[:MAX_ERRORS]]
    first = faults[0]
    detail = f"{first.where}: {first.expected}."
    return ProblemError(INVALID_REQUEST, detail, first.received, faults)


def _of_fault(fault: dict[str, Any]) -> FieldError:
    where = ".".join(str(part) for part in fault["loc"])
    if fault["type"] == "json_invalid":  # `loc` is a character's position, `input` is empty
        received = f"invalid JSON: {fault['ctx']['error']}"[:MAX_VALUE_CHARS]
        return FieldError(where=where, expected="The body should be JSON", received=received)
    received = describe_value(fault.get("input"))
    return FieldError(where=where, expected=fault["msg"], received=received)


def add_problem_handlers(app: FastAPI) -> None:
    """Make an app answer every error as a problem."""
    for raised in (HTTPException, RequestValidationError, ClientDisconnect, Exception):
        app.add_exception_handler(raised, answer_problem)


def problem_responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Describe in OpenAPI the problems that a route may answer with."""
    return {status: {"model": Problem, "description": DESCRIPTIONS[status]} for status in statuses}
