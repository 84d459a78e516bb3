"""The table of the API's limits in docs/api.md, from its settings."""

from __future__ import annotations

from digitscope.api.schemas import MAX_FILES, MAX_TILES
from digitscope.api.settings import PREFIX, ApiSettings
from digitscope.image_io import MAX_JPEG_PIXELS, MAX_PIXELS

PER_PROCESSOR = "one a processor, at most 4"


def describe_limits() -> str:
    """Write every setting with its default, and the limits that are fixed."""
    rows = [
        f"| `{PREFIX}{name.upper()}` | {_default(name)} | {field.description} |"
        for name, field in ApiSettings.model_fields.items()
    ]
    fixed = (
        f"A picture may have {MAX_PIXELS // 10**6} million pixels, a baseline JPEG "
        f"{MAX_JPEG_PIXELS // 10**6} million; a request {MAX_TILES} tiles or {MAX_FILES} files."
    )
    return "\n".join(["| variable | default | meaning |", "| --- | --- | --- |", *rows, "", fixed])


def _default(name: str) -> str:
    field = ApiSettings.model_fields[name]
    if field.default_factory is not None:
        return PER_PROCESSOR
    if field.default is None:
        return ""
    return f"{field.default:,}" if isinstance(field.default, int) else f"{field.default:g}"
