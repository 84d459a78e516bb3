"""`digitscope batch`: many pictures, one row for each, on this machine or on a cluster."""

from __future__ import annotations

from collections import Counter
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from digitscope.cli.exit_codes import OK, SOME_FAILED, STOPPED, writing_to
from digitscope.cli.parser import PATH, force_option, reader_options

if TYPE_CHECKING:
    from digitscope.batch.rows import RowOptions
    from digitscope.batch.run import Engine

ENGINES = ("local", "ray")


@click.command()
@click.argument("sources", metavar="SOURCE...", nargs=-1, required=True)
@click.option(
    "--out",
    metavar="FILE",
    required=True,
    help="Where the rows go; the ending says how: .csv, .jsonl or .parquet. On Ray also a folder "
    "that ends in / or an s3:// or gs:// address: Parquet in parts. A run that was stopped goes "
    "on with the same command.",
)
@click.option(
    "--engine",
    type=click.Choice(ENGINES),
    default=ENGINES[0],
    show_default=True,
    help="local: a process a core of this machine; ray: a Ray cluster.",
)
@click.option("--address", help="Of a running Ray cluster (default: one of its own, here).")
@click.option(
    "--workers", type=click.IntRange(1), help="How many processes read (default: one a core)."
)
@click.option("--numbers", is_flag=True, help="Read whole numbers, not one digit a picture.")
@click.option("--crop", metavar="L,T,R,B", help="Read this part of each page: px or fractions.")
@click.option(
    "--boxes",
    metavar="FORM.json",
    type=PATH,
    help='Read the same fields of each page: {"mark": [l, t, r, b], ...}, px or fractions.',
)
@click.option("--keep-tiles", metavar="DIR", type=PATH, help="Write each 28 x 28 tile as PNG.")
@click.option("--sheet", metavar="PAGE.html", type=PATH, help="Write a page of what is not sure.")
@force_option
@reader_options
def batch(
    sources: tuple[str, ...],
    out: str,
    engine: str,
    address: str | None,
    workers: int | None,
    numbers: bool,
    crop: str | None,
    boxes: Path | None,
    keep_tiles: Path | None,
    sheet: Path | None,
    force: bool,
    tta: bool,
    background: str,
    model: Path | None,
) -> int:
    """Read every picture in the SOURCEs and write a row for each.

    A source is a folder, a glob, a zip or tar file, a .txt or .csv file that lists paths, a PDF
    or TIFF file (a row a page), a picture, or an s3://, gs:// or https:// address. The exit code
    is 1 where some files could not be read; their rows say why.
    """
    from digitscope.batch.fields import CROP, load_boxes, parse_box
    from digitscope.batch.rows import RowOptions

    in_parts = out.endswith("/") or "://" in out
    if crop and boxes:
        raise click.UsageError("--crop and --boxes exclude each other.")
    if numbers and (tta or force):
        raise click.UsageError("--tta and --force are for single digits, not for --numbers.")
    if engine != "ray" and (address or in_parts):
        raise click.UsageError("--address and a folder as --out need --engine ray.")
    if in_parts and sheet:
        raise click.UsageError("--sheet needs a file as --out.")
    fields = load_boxes(boxes) if boxes else {CROP: parse_box(crop)} if crop else {}
    options = RowOptions(model, background, tta, force, numbers, fields, keep_tiles)
    with writing_to(Path(out)):
        if in_parts:
            return read_parts(sources, out, options, address, workers)
        return read_file(
            sources, Path(out), options, sheet, choose_engine(engine, address, workers)
        )


def read_file(
    sources: tuple[str, ...], out: Path, options: RowOptions, sheet: Path | None, engine: Engine
) -> int:
    """Read all pictures into one output file; returns the exit code."""
    from digitscope.batch.run import Batch
    from digitscope.batch.terminal import read_in_terminal

    run = Batch(sources, out, options, sheet)
    read_in_terminal(run, engine)
    if not run.is_finished:
        return STOPPED
    return SOME_FAILED if run.statuses["error"] else OK


def read_parts(
    sources: tuple[str, ...],
    out: str,
    options: RowOptions,
    address: str | None,
    workers: int | None,
) -> int:
    """Read all pictures on Ray into a folder of Parquet files; returns the exit code."""
    from digitscope.batch.errors import require_package
    from digitscope.batch.ray_parts import Parts, read_into_parts
    from digitscope.batch.sources import check_sources
    from digitscope.batch.terminal import format_statuses

    require_package("ray", "The engine ray", "ray")
    check_sources(sources)
    parts = Parts(out, options.to_settings(sources))
    total: Counter[str] = Counter()
    try:
        for statuses in read_into_parts(sources, parts, options, address=address, workers=workers):
            total += statuses
            told = f"{total.total()} pictures ({format_statuses(total)})"
            click.echo(f"digitscope: {told}", err=True)
    except KeyboardInterrupt:
        click.echo("digitscope: Stopped. The same command goes on from here.", err=True)
        return STOPPED
    return SOME_FAILED if total["error"] else OK


def choose_engine(name: str, address: str | None, workers: int | None) -> Engine:
    """Choose the function that turns items into rows.

    Raises:
        BatchError: Ray is not installed.
    """
    from digitscope.batch.errors import require_package
    from digitscope.batch.local import count_cores, read_in_processes

    if name == "ray":
        from digitscope.batch.ray_engine import read_on_ray

        require_package("ray", "The engine ray", "ray")
        return partial(read_on_ray, address=address, workers=workers)
    return partial(read_in_processes, workers=workers or count_cores())
