"""A picture out of a request: as a form's file or as the body itself. It never touches the disk."""

from __future__ import annotations

from fastapi import Request
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from digitscope.api.problems import (
    INVALID_REQUEST,
    UNSUPPORTED_MEDIA_TYPE,
    ProblemError,
    describe_value,
)

FORM_TYPE = "multipart/form-data"
FORM_FIELD = "file"
PICTURE_TYPES = ("image/png", "image/jpeg", "image/webp")  # what the documentation offers
ANY_BYTES = "application/octet-stream"
NEVER_ON_DISK = 2**40  # bytes; the body's own limit is far below


async def receive_picture(request: Request) -> bytes:
    """Receive a picture file.

    Returns:
        Its bytes, whatever they are: the reader opens them.

    Raises:
        ProblemError: UNSUPPORTED_MEDIA_TYPE, INVALID_REQUEST, or a limit that was passed.
    """
    declared = request.headers.get("content-type", "")
    media_type = declared.partition(";")[0].strip().lower()
    if media_type == FORM_TYPE:
        return await _receive_form(request)
    if media_type.startswith("image/") or media_type == ANY_BYTES:
        return await request.body()
    raise ProblemError(
        UNSUPPORTED_MEDIA_TYPE,
        f"Send {FORM_TYPE} with the picture in the field {FORM_FIELD!r}, "
        "or the picture itself as image/png, image/jpeg or image/webp.",
        describe_value(declared),
    )


async def _receive_form(request: Request) -> bytes:
    parser = MultiPartParser(request.headers, request.stream(), max_files=1)
    parser.spool_max_size = NEVER_ON_DISK
    try:
        form = await parser.parse()
    except MultiPartException as error:
        raise _not_a_form_with_a_file(f"a form that cannot be taken: {error.message}") from error
    try:
        file = form.get(FORM_FIELD)
        if not isinstance(file, UploadFile):
            raise _not_a_form_with_a_file(_fields_of(form))
        return await file.read()
    finally:
        await form.close()


def _fields_of(form: FormData) -> str:
    if FORM_FIELD in form:
        return f"the field {FORM_FIELD!r} without a file name"
    return f"only {describe_value(', '.join(sorted(form)))}" if form else "no field"


def _not_a_form_with_a_file(received: str) -> ProblemError:
    detail = f"A form with one file, in the field {FORM_FIELD!r}, is expected."
    return ProblemError(INVALID_REQUEST, detail, received)
