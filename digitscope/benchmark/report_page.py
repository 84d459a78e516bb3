"""The page of mistakes: every wrong answer and every refusal, with its pictures and its reason.

The page is one file with all pictures inside; it needs no script and no other file. So the chart
is an SVG: Vega's own scripts inside the page would take 0.9 MB.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from io import BytesIO, StringIO
from pathlib import Path

import numpy as np
from PIL import Image

from digitscope.benchmark.report import Report, make_tables
from digitscope.benchmark.results import Result, Verdict
from digitscope.errors import InvalidImageError
from digitscope.explanation.overlay import draw_detection, draw_explanation
from digitscope.page_templates import load_template
from digitscope.preprocessing.pipeline import STEPS
from digitscope.reader import DigitReader
from digitscope.serialization import format_probability
from digitscope.types import Explanation, Reading, UInt8Array

TEMPLATE = "report.html"
PHOTO_PX, STEP_PX = 320, 150  # longest sides on the page; small, as there may be hundreds
CRISP_PX = 64  # the browser enlarges pictures up to this size without smoothing
COLOURS = 128  # palette of a picture: a third of the bytes, and the difference is hardly visible
ORDER = (Verdict.WRONG, Verdict.REFUSED, Verdict.ERROR)
CHART_WH = (500, 220)
COLOURS_OF_LINES = {  # distinct on light and on dark; the dashes differ, too
    "others_refused": "#3a86ff",
    "digits_refused": "#ff8b26",
    "digits_wrong": "#e0457b",
}


@dataclass(frozen=True)
class Figure:
    """A picture on the page, with its caption; `source` is a ``data:`` URL."""

    source: str
    title: str
    sentence: str
    is_small: bool


@dataclass(frozen=True)
class Card:
    """What the page shows of one mistake."""

    result: Result
    sentences: tuple[str, str]
    figures: Sequence[Figure] = ()
    steps: Sequence[Figure] = ()
    problem: str = ""


def select_mistakes(results: Sequence[Result]) -> list[Result]:
    """Select wrong answers, then refusals, then errors; within each the most confident first."""
    mistakes = [one for one in results if one.verdict in ORDER]
    return sorted(mistakes, key=lambda one: (ORDER.index(one.verdict), -(one.confidence or 0)))


def write_page(
    path: Path, results: Sequence[Result], report: Report, reader: DigitReader, *, tta: bool
) -> None:
    """Write the page of mistakes.

    Args:
        path: the HTML file.
        results: all results of the run.
        report: the metrics of these results.
        reader: reads the mistakes again, because a run keeps no pictures.
        tta: whether tiles are read at five rotations.

    Raises:
        OSError: the file cannot be written.
    """
    mistakes = select_mistakes(results)
    page = load_template(__package__ or "", TEMPLATE).render(
        made_of=f"{len(results)} pictures, read by {reader.classifier.path.name}",
        tables=make_tables(report),
        chart=draw_curve(report),
        heading=f"Mistakes and refusals: {len(mistakes)} of {len(results)} pictures",
        cards=(make_card(one, reader, tta=tta) for one in mistakes),
    )
    path.write_text(page, encoding="utf-8")


def draw_curve(report: Report) -> str:
    """Draw the rates of refusals and wrong answers by threshold; mark the threshold in use.

    Returns:
        An SVG element.
    """
    import altair as alt

    names: list[str | alt.FieldName] = list(COLOURS_OF_LINES)
    colours = list(COLOURS_OF_LINES.values())
    legend = alt.Legend(orient="top", title=None, labelExpr="replace(datum.label, '_', ' ')")
    curve = (
        alt.Chart(alt.InlineData([asdict(point) for point in report.curve]))
        .transform_fold(names, as_=["line", "ratio"])
        .mark_line()
        .encode(
            alt.X("threshold:Q", title="answered from this confidence on").axis(format="%"),
            alt.Y("ratio:Q", title=None).axis(format="%"),
            alt.Color("line:N", legend=legend).scale(domain=names, range=colours),
            alt.StrokeDash("line:N", legend=legend).scale(domain=names),
        )
    )
    in_use = alt.InlineData([{"threshold": report.in_use.threshold, "words": "in use"}])
    mark = alt.Chart(in_use).encode(alt.X("threshold:Q"))
    rule = mark.mark_rule(color="currentColor", opacity=0.6)
    words = mark.mark_text(color="currentColor", dx=4, align="left", y=10).encode(text="words:N")
    text_colours = {"labelColor": "currentColor", "titleColor": "currentColor"}
    chart = (
        (curve + rule + words)
        .properties(width=CHART_WH[0], height=CHART_WH[1], background="transparent")
        .configure_axis(**text_colours, gridOpacity=0.3)
        .configure_legend(**text_colours)
    )
    drawing = StringIO()
    chart.save(drawing, format="svg")
    return drawing.getvalue()


def make_card(result: Result, reader: DigitReader, *, tta: bool) -> Card:
    """Collect what the page shows of one mistake; a file that cannot be read has no pictures.

    The explanation compares a wrong guess with the label, and a right guess with the runner-up.
    """
    sentences = _say_verdict(result), _say_details(result)
    if result.verdict is Verdict.ERROR:
        return Card(result, sentences)
    try:
        reading = reader.read(result.sample.picture(), tta=tta, force=True)
    except InvalidImageError as error:
        return Card(result, sentences, problem=str(error))
    guess = None if reading.prediction is None else reading.prediction.digit
    is_wrong = result.sample.is_one_digit and result.sample.label != str(guess)
    contrast_class = int(result.sample.label) if is_wrong else None
    explanation = reader.explain(reading, contrast_class=contrast_class)
    steps = [
        _figure(step.image, STEP_PX, f"{info.number} {info.title}", step.sentence)
        for info, step in zip(STEPS, reading.steps, strict=False)
    ]
    return Card(result, sentences, list(_explain(reading, explanation)), steps)


def _explain(reading: Reading, explanation: Explanation | None) -> Iterator[Figure]:
    found, tile = reading.preprocessed, reading.preprocessed.tile
    if found.detection is not None:
        drawn = draw_detection(found.detection, found.working_rgb)
        yield _figure(drawn, PHOTO_PX, "Where it looked")
    if tile is not None and explanation is not None:
        title = f"What spoke for {explanation.answer} (+) and for {explanation.contrast_class} (-)"
        yield _figure(draw_explanation(tile.pixels, explanation), PHOTO_PX, title)


def _figure(image: UInt8Array, longest_px: int, title: str, sentence: str = "") -> Figure:
    """Encode a picture as a ``data:`` URL; its longest side is at most `longest_px`."""
    picture = Image.fromarray(np.ascontiguousarray(image))
    is_small = max(picture.size) <= CRISP_PX
    picture.thumbnail((longest_px, longest_px), Image.Resampling.BOX)
    if picture.mode == "RGB":
        picture = picture.quantize(COLOURS, dither=Image.Dither.NONE)
    stream = BytesIO()
    picture.save(stream, "PNG")
    data = b64encode(stream.getvalue()).decode("ascii")
    return Figure(f"data:image/png;base64,{data}", title, sentence, is_small)


def _say_verdict(result: Result) -> str:
    shown = f"Shows {result.sample.label or 'no digit'}"
    if result.verdict is Verdict.ERROR:
        return f"{shown}. Could not be opened: {result.error}"
    if result.digit is not None and result.confidence is not None:
        return f"{shown}. Answered {result.digit}, {format_probability(result.confidence)} sure."
    return f"{shown}. Refused: {result.reason}."


def _say_details(result: Result) -> str:
    words = []
    if result.probabilities:
        ranked = sorted(enumerate(result.probabilities), key=lambda pair: -pair[1])[:3]
        words.append(
            "Top three: " + ", ".join(f"{d} {format_probability(p)}" for d, p in ranked) + "."
        )
    if result.quality is not None:
        words.append(f"Picture quality {result.quality.level} ({result.quality.score:.2f}).")
    return " ".join([*words, f"Kind {result.sample.kind}, {result.ms:.0f} ms."])
