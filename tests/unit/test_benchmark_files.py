"""What a benchmark leaves on disk and says: rows, the journal, tables, the page of mistakes."""

from __future__ import annotations

import base64
import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from digitscope.recognition.decision import LEAST_CONFIDENCE
from PIL import Image

from digitscope import DigitReader
from digitscope.benchmark import Labelled, Outcome, Summary, Verdict, run_benchmark
from digitscope.benchmark.charts import draw_curve
from digitscope.benchmark.journal import JOURNAL_FILE, Journal
from digitscope.benchmark.measures import refusal_curve
from digitscope.benchmark.report import format_curve, format_kinds, make_report
from digitscope.benchmark.rows import from_row, to_row
from digitscope.benchmark.sheet import make_read, select_mistakes, write_sheet
from digitscope.progress import ProgressBar
from digitscope.types import Level, Quality, Reason, UInt8Array
from tests.unit.drawn import sheet

SETTINGS = {"model": "one"}
READ = Outcome(
    Labelled(Path("a.png"), "3", "photo", headline=True),
    Verdict.REFUSED,
    None,
    Reason.UNCERTAIN,
    (0.5, 0.5, *[0.0] * 8),
    Quality(0.4, Level.FAIR, 0.2, 90, 0.5),
    12.5,
    notice="no weights",
)
FAILED = Outcome(
    Labelled(Path("b.png"), "", "scan", headline=False), Verdict.ERROR, error="no picture"
)


# --- Rows and the journal ------------------------------------------------------------------------


@pytest.mark.parametrize("outcome", [READ, FAILED])
def test_a_row_holds_the_whole_outcome(outcome: Outcome) -> None:
    row = json.loads(json.dumps(to_row(outcome)))
    assert from_row(row, outcome.labelled) == outcome


def _journal(folder: Path, settings: dict[str, str] = SETTINGS) -> Journal:
    with Journal(folder, settings) as journal:
        journal.add(READ)
        journal.add(FAILED)
    return Journal(folder, settings)


def test_a_journal_recalls_what_was_added(tmp_path: Path) -> None:
    journal = _journal(tmp_path / "new")
    assert journal.recall(READ.labelled) == READ
    assert journal.recall(FAILED.labelled) == FAILED
    assert journal.recall(Labelled(Path("c.png"), "3", "photo", headline=True)) is None


def test_taken_up_again_it_keeps_what_it_knew(tmp_path: Path) -> None:
    third = Outcome(Labelled(Path("c.png"), "3", "photo", headline=True), Verdict.REFUSED)
    with _journal(tmp_path) as journal:
        journal.add(third)
    again = Journal(tmp_path, SETTINGS)
    known = [again.recall(one.labelled) for one in (READ, FAILED, third)]
    assert known == [READ, FAILED, third]


def test_one_file_may_stand_in_several_rows(tmp_path: Path) -> None:
    other = Labelled(READ.labelled.path, "8", "photo", headline=True)
    assert _journal(tmp_path).recall(other) is None


def test_another_model_or_code_starts_anew(tmp_path: Path) -> None:
    _journal(tmp_path)
    assert Journal(tmp_path, {"model": "another"}).recall(READ.labelled) is None


@pytest.mark.parametrize("cut", [1, 40])
def test_a_line_cut_short_by_a_power_cut_is_left_out(cut: int, tmp_path: Path) -> None:
    _journal(tmp_path)
    path = tmp_path / JOURNAL_FILE
    path.write_text(path.read_text()[: -cut - 1])
    journal = Journal(tmp_path, SETTINGS)
    assert journal.recall(READ.labelled) == READ
    assert journal.recall(FAILED.labelled) is None


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe", b"[]\n", b'{"model": "one"}\n{"file": "a.png"}']
)
def test_a_journal_that_is_none_is_begun_anew(content: bytes, tmp_path: Path) -> None:
    (tmp_path / JOURNAL_FILE).write_bytes(content)
    assert Journal(tmp_path, SETTINGS).recall(READ.labelled) is None


def test_a_finished_run_leaves_no_journal(tmp_path: Path) -> None:
    journal = _journal(tmp_path)
    assert (tmp_path / JOURNAL_FILE).is_file()
    journal.remove()
    assert list(tmp_path.iterdir()) == []


# --- Tables --------------------------------------------------------------------------------------


def test_the_tables_columns_stand_under_their_heads() -> None:
    head, *rows = format_kinds(
        [Summary("photo", 8, 6, 1, 1, 0, 41.25, 99.0), Summary("scan", 1, 0, 0, 0, 1, 0.0, 0.0)]
    ).splitlines()
    assert {len(row) for row in rows} == {len(head)}
    assert rows[0].split() == ["photo", "8", "75.0%", "12.5%", "12.5%", "0", "41.2", "99.0"]
    assert rows[1].split() == ["scan", "1", "0.0%", "0.0%", "0.0%", "1", "0.0", "0.0"]


def test_the_curve_names_the_threshold_in_use_and_the_one_it_suggests() -> None:
    _, *lines = format_curve(make_report([READ])).splitlines()
    in_use = f"{LEAST_CONFIDENCE:.1%}"
    assert [line.split()[0] for line in lines if "in use" in line] == [in_use]
    assert [line.split()[0] for line in lines if "at most" in line] == ["50.0%"]
    shares = [float(line.split()[0].rstrip("%")) for line in lines]
    assert shares == sorted(shares)


def test_nothing_read_is_a_report_too() -> None:
    assert make_report([]).total.n == 0


# --- The page of mistakes ------------------------------------------------------------------------


@pytest.fixture
def outcomes(
    tmp_path: Path,
    reader: DigitReader,
    mnist_tiles: tuple[UInt8Array, UInt8Array],
    page: Callable[..., UInt8Array],
) -> list[Outcome]:
    """A right answer, a wrong one, a refusal and a file that is no picture."""
    tiles, labels = mnist_tiles
    Image.fromarray(page(tiles[labels == 3][0])).save(tmp_path / "<3>.png")
    Image.fromarray(sheet()).save(tmp_path / "empty.png")
    rows = [("<3>.png", "3"), ("empty.png", "5"), ("absent.png", "1"), ("<3>.png", "8")]
    return run_benchmark(
        reader, [Labelled(tmp_path / name, label, "photo", headline=True) for name, label in rows]
    )


@pytest.fixture
def html(outcomes: list[Outcome], reader: DigitReader, tmp_path: Path) -> str:
    path = tmp_path / "mistakes.html"
    read = make_read(reader, tta=False, background=None)
    write_sheet(path, outcomes, make_report(outcomes), "4 <pictures>", read)
    return path.read_text(encoding="utf-8")


def test_wrong_answers_come_first_and_right_ones_not_at_all(outcomes: list[Outcome]) -> None:
    assert [one.labelled.label for one in select_mistakes(outcomes)] == ["8", "5", "1"]


def test_each_mistake_is_shown_with_its_steps(html: str) -> None:
    cards = re.findall(r'<article class="(\w+)">(.*?)</article>', html, re.DOTALL)
    assert [verdict for verdict, _ in cards] == ["wrong", "refused", "error"]
    wrong, refused, error = (content for _, content in cards)
    assert "Shows 8. Answered 3, " in wrong and "Top three: 3 " in wrong and "100.0%" not in wrong
    assert "What spoke for 3 (+) and for 8 (-)" in wrong  # weighed against what it shows
    assert "Shows 5. Refused: blank." in refused
    assert "Shows 1. Could not be opened: " in error
    assert [content.count("<img") for content in (wrong, refused, error)] == [13, 6, 0]


def test_the_page_needs_nothing_from_elsewhere(html: str) -> None:
    sources = re.findall(r'src="([^"]*)"', html)
    assert len(sources) == 19
    assert all(source.startswith("data:image/png;base64,") for source in sources)
    assert "<script" not in html and "http" not in html and "url(" not in html
    assert "prefers-color-scheme: dark" in html


def test_names_are_no_markup(html: str) -> None:
    assert "<3>" not in html and "&lt;3&gt;.png" in html
    assert "4 &lt;pictures&gt;" in html
    assert "$" not in html


def test_the_page_is_well_formed(html: str) -> None:
    closed = re.sub(r"<(meta|img)([^>]*)>", r"<\1\2/>", html)
    tree = ET.fromstring(closed.replace("<!doctype html>", ""))  # noqa: S314
    assert len(tree.findall(".//article")) == 3


def test_a_picture_gone_meanwhile_is_said_to_be(
    outcomes: list[Outcome], reader: DigitReader, tmp_path: Path
) -> None:
    (tmp_path / "<3>.png").unlink()
    path = tmp_path / "mistakes.html"
    read = make_read(reader, tta=False, background=None)
    write_sheet(path, outcomes, make_report(outcomes), "", read)
    assert "does not exist" in path.read_text()


def test_the_curve_is_drawn_with_its_threshold() -> None:
    drawing = ET.fromstring(draw_curve(refusal_curve([READ]), in_use=0.7))  # noqa: S314
    lines = [line for line in drawing.findall("polyline") if len(line.get("points", "")) > 40]
    assert len(lines) == 2  # there are no others to refuse
    ends = [float(line.get("points", "").split(",")[-1]) for line in lines]
    assert ends[0] < ends[1]  # every digit refused above none wrong
    assert "in use" in [text.text for text in drawing.findall("text")]


# --- Progress ------------------------------------------------------------------------------------


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_sees_the_bar_grow() -> None:
    stream = Terminal()
    with ProgressBar(stream, 2) as bar:
        bar.show(READ)
        half = bar.line()
        bar.show(FAILED)
    assert half.startswith("[############............] 1/2 pictures: 1 refused; ")
    assert bar.line().startswith("[########################] 2/2 pictures: ")
    assert stream.getvalue().endswith("0 s left\x1b[K\n")


def test_a_file_sees_nothing() -> None:
    stream = io.StringIO()
    with ProgressBar(stream, 1) as bar:
        bar.show(READ)
    assert stream.getvalue() == ""


def test_pictures_in_the_page_are_the_pictures(html: str) -> None:
    first = re.findall(r'src="data:image/png;base64,([^"]*)"', html)[0]
    shown = np.asarray(Image.open(io.BytesIO(base64.b64decode(first))).convert("RGB"))
    assert max(shown.shape) == 320
    assert (np.abs(shown.astype(int) - (255, 64, 129)).max(axis=2) < 110).mean() > 0.01  # the tint
