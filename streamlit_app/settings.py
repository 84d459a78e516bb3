"""The app's settings, which its operator sets by environment variables.

| variable | meaning | default |
| --- | --- | --- |
| ``DIGITSCOPE_MODEL`` | the network's file, ``.keras`` or ``.onnx`` | the Keras one |
| ``DIGITSCOPE_APP_MAX_FILES`` | files that one visitor may give at once | 30 |
| ``DIGITSCOPE_APP_MAX_TOTAL_MB`` | megabytes of these files together | 60 |
| ``DIGITSCOPE_APP_MAX_READS`` | pictures that the server reads at the same time | 2 |
| ``DIGITSCOPE_APP_BACKGROUNDS`` | background methods to choose from, comma-separated | all |
| ``DIGITSCOPE_APP_MNIST_DOWNLOAD`` | ``1`` or ``0``: whether a visitor may fetch MNIST | 1 |
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from digitscope.model_files import KERAS_MODEL
from digitscope.types import Background

PREFIX = "DIGITSCOPE_APP_"
MEGABYTE = 1_000_000

T = TypeVar("T")


@dataclass(frozen=True)
class Settings:
    """The settings of the app.

    Attributes:
        model_path: the network's file.
        max_files: how many files one visitor may give at once.
        max_total_bytes: how large these files may be together.
        max_reads: how many pictures are read at the same time.
        backgrounds: the background methods that a visitor may choose; always includes `auto`.
        mnist_download: whether a visitor may ask the server to download MNIST.
    """

    model_path: Path = KERAS_MODEL
    max_files: int = 30
    max_total_bytes: int = 60 * MEGABYTE
    max_reads: int = 2
    backgrounds: tuple[Background, ...] = tuple(Background)
    mnist_download: bool = True


def load_settings(environ: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings from the environment.

    Raises:
        ValueError: a variable has an invalid value.
    """

    def read(name: str, parse: Callable[[str], T], default: T) -> T:
        text = environ.get(PREFIX + name, "").strip()
        try:
            return parse(text) if text else default
        except ValueError as error:
            raise ValueError(f"{PREFIX}{name}: {error} Received: {text!r}.") from error

    return Settings(
        model_path=Path(environ.get("DIGITSCOPE_MODEL") or KERAS_MODEL).expanduser(),
        max_files=read("MAX_FILES", _positive, Settings.max_files),
        max_total_bytes=read("MAX_TOTAL_MB", _megabytes, Settings.max_total_bytes),
        max_reads=read("MAX_READS", _positive, Settings.max_reads),
        backgrounds=read("BACKGROUNDS", _backgrounds, Settings.backgrounds),
        mnist_download=read("MNIST_DOWNLOAD", _switch, Settings.mnist_download),
    )


def _positive(text: str) -> int:
    if not (text.isdecimal() and int(text) > 0):
        raise ValueError("Expected a whole number of 1 or more.")
    return int(text)


def _megabytes(text: str) -> int:
    return _positive(text) * MEGABYTE


def _switch(text: str) -> bool:
    if text not in ("0", "1"):
        raise ValueError("Expected 0 or 1.")
    return text == "1"


def _backgrounds(text: str) -> tuple[Background, ...]:
    named = {name.strip() for name in text.split(",")} | {Background.AUTO}
    if unknown := named - set(Background):
        raise ValueError(f"Expected names among {', '.join(Background)}, not {min(unknown)!r}.")
    return tuple(background for background in Background if background in named)
