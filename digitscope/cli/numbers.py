"""`digitscope numbers`: the numbers in each picture, one line for each file."""

from __future__ import annotations

from pathlib import Path

import click

from digitscope.cli.answers import Answer, print_answers
from digitscope.cli.parser import background_option, files_argument, json_option, model_option
from digitscope.serialization import (
    format_probability,
    number_reading_to_dict,
    numbers_error_to_dict,
)


@click.command()
@files_argument
@json_option
@background_option
@model_option
def numbers(files: tuple[Path, ...], as_json: bool, background: str, model: Path | None) -> int:
    """Read the numbers in each picture, row by row; a digit that is not sure is "?".

    A file that cannot be opened does not stop the others; the exit code is 1 then.
    """
    from digitscope.reader import DigitReader

    reader = DigitReader(model, background)
    return print_answers(
        files,
        lambda file: number_reading_to_dict(reader.read_numbers(file)),
        lambda error: numbers_error_to_dict(error, background),
        None if as_json else format_numbers,
    )


def format_numbers(answer: Answer) -> str:
    """Format an answer as one line for people."""
    if not answer["numbers"]:
        return f"{answer['file']}: {answer['status']}: {answer['reason']}"
    texts = ", ".join(number["text"] for number in answer["numbers"])
    least = min(number["confidence"] for number in answer["numbers"])
    sure = format_probability(least)
    return f"{answer['file']}: {texts}  {answer['status']}, {sure} sure; {answer['ms']:.0f} ms"
