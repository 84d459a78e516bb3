"""`digitscope read`: the digit in each picture, one line for each file."""

from __future__ import annotations

from pathlib import Path

import click

from digitscope.cli.answers import Answer, print_answers
from digitscope.cli.parser import files_argument, force_option, json_option, reader_options
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
    return print_answers(
        files,
        lambda file: reading_to_dict(reader.read(file, tta=tta, force=force)),
        lambda error: error_to_dict(error, background),
        None if as_json else format_answer,
    )


def format_answer(answer: Answer) -> str:
    """Format an answer as one line for people."""
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


def _format_guess(answer: Answer) -> str:
    """Format the best guess of a refusal in brackets; "" if the network did not run."""
    if not answer["top"]:
        return ""
    digit, probability = answer["top"][0]
    return f" (best guess {digit}, {format_probability(probability)})"
