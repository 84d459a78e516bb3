"""Options shared by several commands, as decorators of a command."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from digitscope.types import Background

Command = TypeVar("Command", bound=Callable[..., Any])
PATH = click.Path(path_type=Path)

files_argument = click.argument("files", metavar="FILE...", nargs=-1, required=True, type=PATH)
json_option = click.option(
    "--json", "as_json", is_flag=True, help="Print JSON: one object a line (and a file)."
)
model_option = click.option(
    "--model", metavar="PATH", type=PATH, help="A .keras or .onnx file (default: the ONNX one)."
)
_tta_option = click.option(
    "--tta", is_flag=True, help="Take the mean over five small rotations (one batch)."
)
background_option = click.option(
    "--background",
    type=click.Choice([str(choice) for choice in Background]),
    default=str(Background.AUTO),
    show_default=True,
    help="How to remove the background; u2netp, u2net and isnet-general-use download weights on "
    "first use.",
)
_force_option = click.option(
    "--force",
    is_flag=True,
    help="Make a best guess even of a shape that is refused (it stays refused).",
)
_anyway_option = click.option("--anyway", "force", is_flag=True, hidden=True)  # the former name


def reading_options(command: Command) -> Command:
    """`--tta` and `--background`: how a picture is read."""
    return _tta_option(background_option(command))


def reader_options(command: Command) -> Command:
    """The options of a local reader: `reading_options` and `--model`."""
    return reading_options(model_option(command))


def force_option(command: Command) -> Command:
    """`--force`, which was called `--anyway` before."""
    return _force_option(_anyway_option(command))
