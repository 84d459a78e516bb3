"""Settings of the API: read from environment variables and checked at start.

The variable ``DIGITSCOPE_API_MAX_PICTURE_BYTES`` sets the field ``max_picture_bytes``, and so on.
The limits on the pixels of one picture are in `digitscope.image_io`.
"""

from __future__ import annotations

import logging
import os
from pathlib import Path

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from digitscope.errors import DigitscopeError
from digitscope.image_io import MAX_PIXELS

log = logging.getLogger(__name__)
PREFIX = "DIGITSCOPE_API_"
MAX_USEFUL_WORKERS = 4  # more would mostly wait for Python's GIL


class SettingsError(DigitscopeError, ValueError):
    """An environment variable of the API has an invalid value."""


class ApiSettings(BaseSettings):
    """Every setting and every limit of the API."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_ignore_empty=True, extra="ignore", frozen=True
    )

    model: Path | None = Field(
        default=None,
        description="the network's file; by default `DIGITSCOPE_MODEL`, else the ONNX one",
    )
    max_picture_bytes: int = Field(
        default=20_000_000,
        gt=0,
        description="of a picture's body; a phone's largest JPEG has 15 million",
    )
    max_batch_bytes: int = Field(
        default=60_000_000, gt=0, description="of a form with several pictures"
    )
    max_json_bytes: int = Field(
        default=2_000_000,
        gt=0,
        description="of any other body; a full batch of tiles has 1.1 million",
    )
    max_held_bytes: int = Field(
        default=200_000_000, gt=0, description="of all bodies in memory at one time; more get 429"
    )
    max_decoded_pixels: int = Field(
        default=MAX_PIXELS,
        gt=0,
        description="of all pictures being read at one time; more wait their turn",
    )
    max_in_flight: int = Field(
        default=64, gt=0, description="requests being read or waiting for it; more get 429"
    )
    max_connections: int = Field(
        default=500, gt=0, description="open connections; more are refused by the server itself"
    )
    workers: int = Field(
        default_factory=lambda: min(os.cpu_count() or 1, MAX_USEFUL_WORKERS),
        gt=0,
        description="readings at one time",
    )
    body_timeout_s: float = Field(default=15.0, gt=0, description="to receive a body")
    answer_timeout_s: float = Field(
        default=20.0, gt=0, description="to answer once the body is there, waiting included"
    )
    shutdown_timeout_s: int = Field(
        default=40, gt=0, description="to answer what was accepted, after being told to stop"
    )
    retry_s: float = Field(
        default=5.0,
        gt=0,
        description="between two attempts to load a network that cannot be loaded",
    )

    @classmethod
    def from_environment(cls) -> ApiSettings:
        """Read the settings from environment variables; an empty variable counts as unset.

        A variable with the prefix that is no setting is logged and ignored, because Kubernetes
        sets such variables for a service called digitscope-api.

        Raises:
            SettingsError: a variable has an invalid value.
        """
        names = {name for name in os.environ if name.startswith(PREFIX)}
        for name in sorted(names - {PREFIX + field.upper() for field in cls.model_fields}):
            log.warning("No such setting: %s", name)
        try:
            return cls()
        except ValidationError as error:
            raise SettingsError(_describe(error)) from error


def _describe(error: ValidationError) -> str:
    faults = (
        f"{PREFIX}{str(fault['loc'][0]).upper()}: {fault['msg']}. Received: {fault['input']!r}."
        for fault in error.errors()
    )
    return " ".join(faults)
