"""`digitscope benchmark`: reads a labelled folder and counts right answers."""

from __future__ import annotations

import json
from pathlib import Path

import click

from digitscope.cli.exit_codes import OK, STOPPED, writing_to
from digitscope.cli.parser import PATH, json_option, reader_options


@click.command()
@click.argument("folder", metavar="DIR", type=PATH)
@click.option("--kinds", default="", help="Read only these kinds, e.g. photo,scan.")
@click.option(
    "--numbers",
    "as_numbers",
    is_flag=True,
    help="Read whole numbers (of the kind multi, unless --kinds says else) and score the strings.",
)
@click.option("--headline", is_flag=True, help="Read only rows with headline=yes.")
@click.option("--note", default="", help="Read only rows whose note contains this, e.g. cheque.")
@json_option
@click.option(
    "--out",
    metavar="DIR",
    type=PATH,
    help="Write results.json (everything, row by row) and mistakes.html (every mistake with its "
    "steps); a run that was stopped goes on from there.",
)
@reader_options
def benchmark(
    folder: Path,
    kinds: str,
    as_numbers: bool,
    headline: bool,
    note: str,
    as_json: bool,
    out: Path | None,
    tta: bool,
    background: str,
    model: Path | None,
) -> int:
    """Read a folder that has a labels.csv and count what is right."""
    from digitscope.benchmark import Run, load_labels
    from digitscope.benchmark.numbers import (
        NUMBERS_KIND,
        format_numbers_report,
        numbers_to_dict,
        run_numbers,
    )
    from digitscope.benchmark.report import format_report
    from digitscope.benchmark.terminal import read_in_terminal
    from digitscope.reader import DigitReader

    chosen = [kind for kind in kinds.split(",") if kind] or [NUMBERS_KIND] * as_numbers
    samples = load_labels(folder, chosen, headline, note)
    reader = DigitReader(model, background)
    if as_numbers:
        results = run_numbers(reader, samples)
        found = numbers_to_dict(results)
        click.echo(json.dumps(found) if as_json else format_numbers_report(results))
        return OK
    with writing_to(out):
        run = Run(reader, samples, tta=tta, out=out)
        read_in_terminal(run)
    click.echo(json.dumps(run.to_dict()) if as_json else format_report(run.report()))
    return OK if run.is_finished else STOPPED
