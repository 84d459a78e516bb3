"""`digitscope benchmark`: a labelled folder is read, and what is right is counted."""

from __future__ import annotations

import json
from pathlib import Path

import click

from digitscope.cli.exit_codes import OK, STOPPED, writing_to
from digitscope.cli.parser import PATH, json_option, reader_options


@click.command()
@click.argument("folder", metavar="DIR", type=PATH)
@click.option("--kinds", default="", help="Read only these kinds, e.g. photo,scan.")
@click.option("--headline", is_flag=True, help="Read only rows with headline=yes.")
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
    headline: bool,
    as_json: bool,
    out: Path | None,
    tta: bool,
    background: str,
    model: Path | None,
) -> int:
    """Read a folder that has a labels.csv and count what is right."""
    from digitscope.benchmark import Run, load_labels
    from digitscope.benchmark.report import format_report
    from digitscope.benchmark.terminal import read_in_terminal
    from digitscope.reader import DigitReader

    samples = load_labels(folder, [kind for kind in kinds.split(",") if kind], headline)
    reader = DigitReader(model, background)
    with writing_to(out):
        run = Run(reader, samples, tta=tta, out=out)
        read_in_terminal(run)
    click.echo(json.dumps(run.to_dict()) if as_json else format_report(run.report()))
    return OK if run.is_finished else STOPPED
