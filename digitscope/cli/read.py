"""`digitscope read`: the digit in each picture, a line a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from digitscope.cli.exit_codes import OK, SOME_FAILED
from digitscope.cli.parser import files_argument, force_option, json_option, reader_options
from digitscope.errors import InvalidImageError
from digitscope.serialization import error_to_dict, format_probability, reading_to_dict


@click.command()
@files_argument
@json_option
@force_option
@reader_options
def read(
    files: tuple[Path, ...],
    as_json: bool,
    force: bool,
    tta: bool,
    background: str,
    model: Path | None,
) -> int:
    """Read the digit in each picture.

    A file that cannot be opened does not stop the others; the exit code is 1 then.
    """
    from digitscope.reader import DigitReader

    reader = DigitReader(model, background)
    failed = False
    for file in files:
        try:
            answer = reading_to_dict(reader.read(file, tta=tta, force=force))
        except InvalidImageError as error:
            failed = True
            answer = error_to_dict(error, background)
        print_notice(answer)
        answer = {"file": str(file)} | answer
        click.echo(json.dumps(answer) if as_json else format_answer(answer))
    return SOME_FAILED if failed else OK


def print_notice(answer: dict[str, Any]) -> None:
    """Print on the error stream what the user should know of the background route taken."""
    if answer["notice"]:
        click.echo(f"digitscope: {answer['notice']}", err=True)


def format_answer(answer: dict[str, Any]) -> str:
    """Put an answer on one line for people."""
    if answer["status"] != "ok":
        return f"{answer['file']}: {answer['status']}: {answer['reason']}{_format_guess(answer)}"
    others = ", ".join(
        f"{digit} {format_probability(probability)}" for digit, probability in answer["top"][1:3]
    )
    sure = format_probability(answer["confidence"])
    return (
        f"{answer['file']}: {answer['digit']}  {sure} sure (then {others}); "
        f"quality {answer['quality']['level']}; {answer['ms']:.0f} ms"
    )


def _format_guess(answer: dict[str, Any]) -> str:
    """Put the best guess of a refusal in brackets, where the network was asked."""
    if not answer["top"]:
        return ""
    digit, probability = answer["top"][0]
    return f" (best guess {digit}, {format_probability(probability)})"
