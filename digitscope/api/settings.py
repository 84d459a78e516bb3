"""What the API may be told by environment variables: its limits, and its network. Checked at start.

Each field is a variable: ``max_picture_bytes`` is ``DIGITSCOPE_API_MAX_PICTURE_BYTES``. The limits
on pixels are those of `digitscope.image_io`, the same for every way in.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from digitscope.errors import DigitscopeError
from digitscope.image_io import MAX_JPEG_PIXELS, MAX_PIXELS

log = logging.getLogger(__name__)
PREFIX = "DIGITSCOPE_API_"
USEFUL_WORKERS = 4  # readings beyond it wait for each other's Python more than they gain

__all__ = ["MAX_JPEG_PIXELS", "MAX_PIXELS", "ApiSettings", "SettingsError"]


class SettingsError(DigitscopeError, ValueError):
    """An environment variable of the API has a value that it cannot have."""


class ApiSettings(BaseModel):
    """What the API may be told, and every limit it keeps."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    model: Path | None = Field(
        None, description="the network's file; by default `DIGITSCOPE_MODEL`, else the ONNX one"
    )
    max_picture_bytes: int = Field(
        20_000_000, gt=0, description="of a picture's body; a phone's largest JPEG has 15 million"
    )
    max_json_bytes: int = Field(
        2_000_000, gt=0, description="of any other body; a full batch of tiles has 1.1 million"
    )
    max_held_bytes: int = Field(
        200_000_000, gt=0, description="of all bodies in memory at one time; more are told to wait"
    )
    max_in_flight: int = Field(
        64, gt=0, description="requests being read or waiting for it; more are told to wait"
    )
    max_connections: int = Field(
        500, gt=0, description="open connections; more are refused by the server itself"
    )
    workers: int = Field(
        default_factory=lambda: min(os.cpu_count() or 1, USEFUL_WORKERS),
        gt=0,
        description="readings at one time",
    )
    body_timeout_s: float = Field(15.0, gt=0, description="to receive a body")
    answer_timeout_s: float = Field(
        20.0, gt=0, description="to answer once the body is there, waiting included"
    )
    shutdown_timeout_s: int = Field(
        40, gt=0, description="to answer what was accepted, after being told to stop"
    )
    retry_s: float = Field(
        5.0, gt=0, description="between two attempts to load a network that cannot be loaded"
    )

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> ApiSettings:
        """Take the settings from environment variables.

        A name that is no setting is told in the log and left alone: Kubernetes makes up such
        names for a service called digitscope-api.

        Raises:
            SettingsError: a value that cannot be.

        >>> ApiSettings.from_environment({"DIGITSCOPE_API_MAX_IN_FLIGHT": "8"}).max_in_flight
        8
        """
        given = {
            name.removeprefix(PREFIX).lower(): value
            for name, value in environment.items()
            if name.startswith(PREFIX) and value  # empty is as good as unset
        }
        for name in given.keys() - cls.model_fields.keys():
            log.warning("No such setting: %s%s", PREFIX, name.upper())
        try:
            return cls.model_validate(given)
        except ValidationError as error:
            raise SettingsError(_tell(error)) from error


def _tell(error: ValidationError) -> str:
    faults = (
        f"{PREFIX}{str(fault['loc'][0]).upper()}: {fault['msg']}. Received: {fault['input']!r}."
        for fault in error.errors()
    )
    return " ".join(faults)
