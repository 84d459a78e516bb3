"""Prints a line for each file; used by `digitscope read` and `digitscope numbers`."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import click

from digitscope.cli.exit_codes import OK, SOME_FAILED
from digitscope.errors import InvalidImageError

Answer: TypeAlias = dict[str, Any]


def print_answers(
    files: Sequence[Path],
    read: Callable[[Path], Answer],
    describe_error: Callable[[InvalidImageError], Answer],
    to_line: Callable[[Answer], str] | None,
) -> int:
    """Read files one after the other and print a line each.

    Args:
        files: in the order in which they are read.
        read: returns the answer to a file; its message to the user is under ``notice``.
        describe_error: returns the answer for a file that cannot be opened.
        to_line: formats an answer as a line for people; None prints it as JSON.

    Returns:
        The exit code: whether every file could be opened.
    """
    code = OK
    for file in files:
        try:
            answer = read(file)
        except InvalidImageError as error:
            code = SOME_FAILED
            answer = describe_error(error)
        print_notice(answer)
        answer = {"file": str(file)} | answer
        click.echo(to_line(answer) if to_line else json.dumps(answer))
    return code


def print_notice(answer: Answer) -> None:
    """Print on stderr the message about the background method used, if there is one."""
    if answer["notice"]:
        click.echo(f"digitscope: {answer['notice']}", err=True)
