"""`digitscope steps`: the pictures of the eleven steps, as PNG files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from digitscope.cli.answers import print_notice
from digitscope.cli.exit_codes import OK, SOME_FAILED, writing_to
from digitscope.cli.parser import PATH, force_option, reader_options
from digitscope.cli.read import format_answer
from digitscope.errors import InvalidImageError
from digitscope.serialization import reading_to_dict

if TYPE_CHECKING:
    from digitscope.reader import DigitReader
    from digitscope.types import Reading, UInt8Array


@click.command()
@click.argument("file", metavar="FILE", type=PATH)
@click.option("--out", metavar="DIR", type=PATH, default=Path("steps"), show_default=True)
@click.option(
    "--overlay",
    is_flag=True,
    help="Also draw where it looked, and which strokes spoke for the answer.",
)
@force_option
@reader_options
def steps(
    file: Path,
    out: Path,
    overlay: bool,
    force: bool,
    tta: bool,
    background: str,
    model: Path | None,
) -> int:
    """Write the 11 steps of a picture as PNG files."""
    from PIL import Image

    from digitscope.reader import DigitReader

    reader = DigitReader(model, background)
    try:
        reading = reader.read(file, tta=tta, force=force)
    except InvalidImageError as error:
        click.echo(f"digitscope: {error}", err=True)
        return SOME_FAILED
    answer = {"file": str(file)} | reading_to_dict(reading)
    print_notice(answer)
    with writing_to(out):
        out.mkdir(parents=True, exist_ok=True)
        for name, image, words in _draw(reader, reading, overlay=overlay):
            Image.fromarray(image).save(out / name)
            click.echo(f"{words}  [{out / name}]")
    click.echo(format_answer(answer))
    return OK


def _draw(
    reader: DigitReader, reading: Reading, *, overlay: bool
) -> Iterator[tuple[str, UInt8Array, str]]:
    """Yield file name, picture and text of each step, then of the overlays that exist."""
    from digitscope.explanation.overlay import draw_detection, draw_explanation
    from digitscope.preprocessing.pipeline import STEPS

    for step in reading.steps:
        words = f"{step.number:2d} {STEPS[step.number - 1].title}: {step.sentence}"
        yield f"{step.number:02d}_{step.key}.png", step.image, words
    found, tile = reading.preprocessed, reading.preprocessed.tile
    if not overlay or found.detection is None:
        return
    where = draw_detection(found.detection, found.working_rgb)
    yield "where_it_looked.png", where, "   Where it looked"
    explanation = reader.explain(reading)
    if tile is not None and explanation is not None:
        words = f"What spoke for {explanation.answer} (+) and for {explanation.contrast_class} (-)"
        drawn = draw_explanation(tile.pixels, explanation)
        yield "which_strokes_spoke.png", drawn, f"   {words}"
