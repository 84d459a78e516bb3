"""Pictures in the body of a request: their OpenAPI description, and how to receive them."""

from __future__ import annotations

from typing import Any

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from digitscope.api.problems import (
    INVALID_REQUEST,
    UNSUPPORTED_MEDIA_TYPE,
    ProblemError,
    describe_value,
)
from digitscope.api.schemas import MAX_FILES

FORM_TYPE, FORM_FIELD = "multipart/form-data", "file"
PICTURE_TYPES = ("image/png", "image/jpeg", "image/webp")  # listed in the documentation
ANY_BYTES = "application/octet-stream"
NEVER_ON_DISK = 2**40  # bytes in memory; the limit on a body is far below


def _form_of(field_schema: dict[str, Any]) -> dict[str, Any]:
    """Describe in OpenAPI a form with one field."""
    return {
        "type": "object",
        "properties": {FORM_FIELD: field_schema},
        "required": [FORM_FIELD],
    }


FILE_SCHEMA: dict[str, Any] = {"type": "string", "format": "binary"}
PICTURE_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "A picture file: PNG, JPEG, WebP, GIF, BMP or TIFF.",
        "content": {
            FORM_TYPE: {
                "schema": _form_of(FILE_SCHEMA),
                "encoding": {FORM_FIELD: {"contentType": ", ".join(PICTURE_TYPES)}},
            },
            **{media_type: {"schema": FILE_SCHEMA} for media_type in PICTURE_TYPES},
        },
    }
}
FILES_SCHEMA = {"type": "array", "items": FILE_SCHEMA, "minItems": 1, "maxItems": MAX_FILES}
BATCH_BODY: dict[str, Any] = {
    "requestBody": {"required": True, "content": {FORM_TYPE: {"schema": _form_of(FILES_SCHEMA)}}}
}


async def receive_picture(request: Request) -> bytes:
    """Receive a picture, as a form's file or as the body itself; it is never written to disk."""
    media_type = _media_type(request)
    if media_type.startswith("image/") or media_type == ANY_BYTES:
        return await request.body()
    ((_, data),) = await receive_form(request, max_files=1)
    return data


def _media_type(request: Request) -> str:
    declared = request.headers.get("content-type", "")
    return declared.partition(";")[0].strip().lower()


async def receive_form(request: Request, max_files: int) -> list[tuple[str, bytes]]:
    """Receive the files of a form, at least one, as pairs of name and bytes.

    Raises:
        ProblemError: UNSUPPORTED_MEDIA_TYPE, INVALID_REQUEST, or a limit is exceeded.
    """
    if _media_type(request) != FORM_TYPE:
        raise ProblemError(
            UNSUPPORTED_MEDIA_TYPE,
            f"Send {FORM_TYPE} with the field {FORM_FIELD!r}; a single picture may also be sent "
            "as it is, as image/png, image/jpeg or image/webp.",
            describe_value(request.headers.get("content-type", "")),
        )
    parser = MultiPartParser(request.headers, request.stream(), max_files=max_files)
    parser.spool_max_size = NEVER_ON_DISK
    try:
        form = await parser.parse()
    except (MultiPartException, ValueError) as error:  # ValueError: an invalid charset
        raise _form_problem(f"an invalid form: {error}", max_files) from error
    try:
        fields = form.getlist(FORM_FIELD)
        files = [field for field in fields if isinstance(field, UploadFile)]
        if not files or len(files) < len(fields):
            names = f"only {describe_value(', '.join(sorted(form)))}" if form else "no field"
            received = f"the field {FORM_FIELD!r} without a file name" if fields else names
            raise _form_problem(received, max_files)
        return [(file.filename or "", await file.read()) for file in files]
    finally:
        await form.close()


def _form_problem(received: str, max_files: int) -> ProblemError:
    count = "one file" if max_files == 1 else f"1 to {max_files} files"
    detail = f"Expected a form with {count} in the field {FORM_FIELD!r}, with a file name each."
    return ProblemError(INVALID_REQUEST, detail, received)
