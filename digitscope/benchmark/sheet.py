"""Every mistake and every refusal on one page: what was seen, what was made of it, and why.

The page is one file: pictures are inside it, it needs no script and nothing from elsewhere.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Sequence
from html import escape
from io import BytesIO
from pathlib import Path
from string import Template

import numpy as np
from PIL import Image

from digitscope.benchmark.charts import draw_curve
from digitscope.benchmark.outcomes import Outcome, Verdict
from digitscope.benchmark.report import (
    Report,
    format_calibration,
    format_curve,
    format_kinds,
    format_levels,
    format_rankings,
    several_kinds,
)
from digitscope.errors import InvalidImageError
from digitscope.explanation.overlay import draw_detection, draw_explanation
from digitscope.preprocessing.pipeline import STEPS
from digitscope.reader import DigitReader
from digitscope.serialization import format_probability
from digitscope.types import Background, Explanation, Reading, UInt8Array

TEMPLATE = Path(__file__).with_name("sheet.html")
PHOTO_PX, STEP_PX = 320, 150  # longest sides on the page; small, as there may be hundreds
CRISP_PX = 64  # pictures up to this size are enlarged by the browser, pixel for pixel
COLOURS = 128  # of a picture on the page: a third of the bytes, and hardly to be seen
ORDER = (Verdict.WRONG, Verdict.REFUSED, Verdict.ERROR)

Read = Callable[[Outcome], tuple[Reading, Explanation | None]]


def make_read(reader: DigitReader, *, tta: bool, background: Background | None) -> Read:
    """Make the function that reads a picture again, with its steps, as far as they go.

    A benchmark keeps no pictures: those of a few mistakes are made anew. A wrong guess is weighed
    against the digit shown, a right one against the runner-up.
    """

    def read(outcome: Outcome) -> tuple[Reading, Explanation | None]:
        labelled = outcome.labelled
        reading = reader.read(labelled.picture(), tta=tta, background=background, force=True)
        guess = None if reading.prediction is None else reading.prediction.digit
        is_wrong = labelled.is_one_digit and labelled.label != str(guess)
        return reading, reader.explain(
            reading, contrast_class=int(labelled.label) if is_wrong else None
        )

    return read


def _embed(image: UInt8Array, longest_px: int, words: str) -> str:
    """Put a picture into the page, longest side at most `longest_px`."""
    picture = Image.fromarray(np.ascontiguousarray(image))
    is_small = max(picture.size) <= CRISP_PX
    picture.thumbnail((longest_px, longest_px), Image.Resampling.BOX)
    if picture.mode == "RGB":
        picture = picture.quantize(COLOURS, dither=Image.Dither.NONE)
    stream = BytesIO()
    picture.save(stream, "PNG")
    data = b64encode(stream.getvalue()).decode("ascii")
    crisp = ' class="crisp"' if is_small else ""
    return f'<img{crisp} alt="{escape(words)}" src="data:image/png;base64,{data}">'


def _figure(image: UInt8Array, longest_px: int, title: str, sentence: str = "") -> str:
    more = f": {escape(sentence)}" if sentence else ""
    return (
        f"<figure>{_embed(image, longest_px, title)}"
        f"<figcaption><b>{escape(title)}</b>{more}</figcaption></figure>"
    )


def _say_verdict(outcome: Outcome) -> str:
    shown = f"Shows {outcome.labelled.label or 'no digit'}"
    if outcome.verdict is Verdict.ERROR:
        return f"{shown}. Could not be opened: {outcome.error}"
    if outcome.digit is not None and outcome.confidence is not None:
        return f"{shown}. Answered {outcome.digit}, {format_probability(outcome.confidence)} sure."
    return f"{shown}. Refused: {outcome.reason}."


def _say_rest(outcome: Outcome) -> str:
    words = []
    if outcome.probabilities:
        ranked = sorted(enumerate(outcome.probabilities), key=lambda pair: -pair[1])[:3]
        words.append(
            "Top three: " + ", ".join(f"{d} {format_probability(p)}" for d, p in ranked) + "."
        )
    if outcome.quality is not None:
        words.append(f"Picture quality {outcome.quality.level} ({outcome.quality.score:.2f}).")
    return " ".join([*words, f"Kind {outcome.labelled.kind}, {outcome.ms:.0f} ms."])


def _show_reading(reading: Reading, explanation: Explanation | None) -> str:
    figures = []
    detection, tile = reading.preprocessed.detection, reading.preprocessed.tile
    if detection is not None:
        figures.append(
            _figure(
                draw_detection(detection, reading.preprocessed.working_rgb),
                PHOTO_PX,
                "Where it looked",
            )
        )
    if tile is not None and explanation is not None:
        title = f"What spoke for {explanation.answer} (+) and for {explanation.contrast_class} (-)"
        figures.append(_figure(draw_explanation(tile.pixels, explanation), PHOTO_PX, title))
    steps = [
        _figure(step.image, STEP_PX, f"{info.number} {info.title}", step.sentence)
        for info, step in zip(STEPS, reading.steps, strict=False)
    ]
    return (
        f'<div class="pictures">{"".join(figures)}</div><div class="steps">{"".join(steps)}</div>'
    )


def make_card(outcome: Outcome, read: Read) -> str:
    """Write what there is to see of one picture; one that can no longer be read has no pictures."""
    pictures = ""
    if outcome.verdict is not Verdict.ERROR:
        try:
            pictures = _show_reading(*read(outcome))
        except InvalidImageError as error:
            pictures = f"<p>{escape(str(error))}</p>"
    return (
        f'<article class="{outcome.verdict}"><h3>{escape(str(outcome.labelled.path))}</h3>'
        f'<p class="verdict">{escape(_say_verdict(outcome))}</p>'
        f"<p>{escape(_say_rest(outcome))}</p>{pictures}</article>\n"
    )


def select_mistakes(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Choose what is worth looking at: wrong answers first, the surest first, then refusals."""
    mistakes = [one for one in outcomes if one.verdict in ORDER]
    return sorted(mistakes, key=lambda one: (ORDER.index(one.verdict), -(one.confidence or 0)))


def write_sheet(
    path: Path, outcomes: Sequence[Outcome], report: Report, made_of: str, read: Read
) -> None:
    """Write the page.

    Args:
        path: of the file.
        outcomes: of the whole run.
        report: of the same outcomes.
        made_of: one line saying which pictures were read and by which network.
        read: reads one picture again, from `make_read`.

    Raises:
        OSError: the file cannot be written.
    """
    mistakes = select_mistakes(outcomes)
    tables = (
        format_kinds(several_kinds(report)),
        format_curve(report),
        format_calibration(report.calibration),
        f"{format_rankings(report.rankings)}\n\n{format_levels(report.levels)}",
    )
    page = Template(TEMPLATE.read_text(encoding="utf-8")).substitute(
        title="Digitscope benchmark",
        made_of=escape(made_of),
        tables="".join(f"<pre>{escape(table)}</pre>" for table in tables)
        + draw_curve(report.curve, report.in_use.threshold),
        heading=f"Mistakes and refusals: {len(mistakes)} of {len(outcomes)} pictures",
        cards="".join(make_card(outcome, read) for outcome in mistakes),
    )
    path.write_text(page, encoding="utf-8")
