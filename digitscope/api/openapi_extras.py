"""What the OpenAPI document says beside the models: problems, and pictures as bodies."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from digitscope.api.examples import ANSWER, REFUSAL
from digitscope.api.problems import PROBLEM_TYPE, Problem
from digitscope.api.schemas import PictureAnswer
from digitscope.api.uploads import FORM_FIELD, FORM_TYPE, PICTURE_TYPES

WHAT_HAPPENED = {
    400: "The body cannot be decoded",
    408: "The body did not arrive in time",
    413: "The body is too large",
    415: "No picture file",
    422: "Not as expected; says what was received",
    429: "Too much is waiting already: ask again in a while",
    503: "The network cannot answer, or took too long: ask again in a while",
}
LIMITS = (400, 408, 413, 422, 429, 503)  # what any request with a body may meet

FORM_SCHEMA = {
    "type": "object",
    "properties": {FORM_FIELD: {"type": "string", "format": "binary"}},
    "required": [FORM_FIELD],
}
PICTURE_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "A picture file: PNG, JPEG, WebP, GIF, BMP or TIFF.",
        "content": {
            FORM_TYPE: {
                "schema": FORM_SCHEMA,
                "encoding": {FORM_FIELD: {"contentType": ", ".join(PICTURE_TYPES)}},
            },
            **{name: {"schema": {"type": "string", "format": "binary"}} for name in PICTURE_TYPES},
        },
    }
}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Describe the problems that a route may answer with."""
    return {status: {"model": Problem, "description": WHAT_HAPPENED[status]} for status in statuses}


def complete(document: dict[str, Any]) -> dict[str, Any]:
    """Say in an OpenAPI document what the framework cannot, in place.

    Problems get their own media type, and the examples get back their nulls, which it drops.
    """
    for operation in _operations(document):
        for status, response in operation["responses"].items():
            if int(status) >= 400:
                response["content"] = {PROBLEM_TYPE: response["content"]["application/json"]}
    answers = document["components"]["schemas"][PictureAnswer.__name__]
    answers["examples"] = [ANSWER, REFUSAL]
    return document


def _operations(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for methods in document["paths"].values():
        yield from methods.values()
