"""The command line: `digitscope read | numbers | batch | steps | benchmark | info | serve | ask`.

Each command is in the module of its name and returns its exit code. Slow imports are inside its
function, so that `digitscope --version` and `--help` answer at once.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence

import click

from digitscope import __version__
from digitscope.cli import batch, benchmark, client, info, numbers, read, serve, steps
from digitscope.cli.exit_codes import OK, WRONG_USAGE
from digitscope.errors import DigitscopeError


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="digitscope %(version)s")
def digitscope() -> None:
    """Reads handwritten digits from pictures."""


COMMANDS = (
    read.read,
    numbers.numbers,
    batch.batch,
    steps.steps,
    benchmark.benchmark,
    info.info,
    serve.serve,
    client.ask,
)
for command in COMMANDS:
    digitscope.add_command(command)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        arguments: arguments without the program's name; None takes those of the process.

    Returns:
        The exit code of the command: 0 done, 1 some files could not be opened, 2 it cannot run.

    Raises:
        SystemExit: with 0 after ``--help`` and ``--version``, with 2 for wrong usage.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # file names may be any bytes
    try:
        given = list(sys.argv[1:] if arguments is None else arguments)
        with digitscope.make_context("digitscope", given) as context:
            return int(digitscope.invoke(context))
    except click.exceptions.Exit as done:
        sys.exit(done.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except DigitscopeError as error:
        click.echo(f"digitscope: {error}", err=True)
        return WRONG_USAGE
    except BrokenPipeError:  # `digitscope read ... | head`
        sys.stderr.close()
        return OK
