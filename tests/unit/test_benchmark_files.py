"""What a benchmark leaves on disk and says: rows, tables, the page of mistakes."""

from __future__ import annotations

import base64
import dataclasses
import io
import json
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from PIL import Image

from digitscope import DigitReader
from digitscope.benchmark import BenchmarkError, Result, Run, Sample, Verdict, read_sample
from digitscope.benchmark.metrics import wilson_interval
from digitscope.benchmark.report import format_report, make_report, make_tables
from digitscope.benchmark.report_page import draw_curve, make_card, select_mistakes, write_page
from digitscope.benchmark.results import result_from_row, result_to_row
from digitscope.benchmark.terminal import read_in_terminal
from digitscope.model_files import ONNX_MODEL
from digitscope.recognition.rejection import MIN_CONFIDENCE
from digitscope.types import Background, Level, Quality, Reason, UInt8Array
from tests.unit.drawn import sheet

READ = Result(
    Sample(Path("a.png"), "3", "photo", headline=True),
    Verdict.REFUSED,
    None,
    Reason.UNCERTAIN,
    (0.5, 0.5, *[0.0] * 8),
    Quality(0.4, Level.FAIR, 0.2, 90, 0.5),
    12.5,
    notice="no weights",
)
FAILED = Result(
    Sample(Path("b.png"), "", "scan", headline=False), Verdict.ERROR, error="no picture"
)


# --- Rows ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("result", [READ, FAILED])
def test_a_row_holds_the_whole_result(result: Result) -> None:
    row = json.loads(json.dumps(result_to_row(result)))
    assert result_from_row(row, result.sample) == result


# --- Runs ----------------------------------------------------------------------------------------


def test_a_run_is_described_as_it_was_when_it_began(
    tmp_path: Path, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The model is removed and the code is edited before the results are written."""
    run = Run(DigitReader(model), [Sample(tmp_path / "none.png", "3", "photo", headline=True)])
    before = dict(run.settings)
    model.unlink()
    monkeypatch.setattr("digitscope.benchmark.run.fingerprint_code", lambda: "edited")
    run.read()
    assert run.to_dict()["settings"] == before
    assert {len(before["model_sha256"]), len(before["code_sha256"])} == {64}


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A copy of the network that may be removed."""
    return Path(shutil.copy(ONNX_MODEL, tmp_path / "network.onnx"))


@pytest.mark.parametrize(("package", "is_needed"), [("rich", True), ("jinja2", False)])
def test_a_missing_package_is_told_before_anything_is_read(
    package: str,
    is_needed: bool,
    reader: DigitReader,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    run = Run(reader, [READ.sample], out=tmp_path)
    with pytest.raises(BenchmarkError, match=rf"package {package}, .*digitscope\[benchmark\]"):
        read_in_terminal(run)
    assert run.results == []
    if not is_needed:
        read_in_terminal(Run(reader, [READ.sample]))  # without a page


# --- Tables --------------------------------------------------------------------------------------


def test_every_accuracy_has_its_interval() -> None:
    right = Result(READ.sample, Verdict.CORRECT, 3, None, (0, 0, 0, 1.0, *[0.0] * 6), READ.quality)
    tables = make_tables(make_report([right] * 29 + [READ]))
    by_title = {table.title.split()[0]: table for table in tables}
    interval = "{:.1%} to {:.1%}".format(*wilson_interval(29, 30))
    assert by_title["Pictures"].rows[2][3] == interval  # of one digit by quality
    assert by_title["Calibration"].rows[-1][4] == "{:.1%} to 100.0%".format(
        *wilson_interval(29, 29)
    )
    assert tables[0].rows[0][:4] == ["photo", "30", "96.7%", interval]
    for table in tables:
        assert {len(row) for row in table.rows} == {len(table.heads)}


def test_the_curve_names_the_threshold_in_use_and_the_one_it_suggests() -> None:
    rows = make_tables(make_report([READ]))[-1].rows
    in_use = f"{MIN_CONFIDENCE:.1%}"
    assert [row[0] for row in rows if "in use" in row[-1]] == [in_use]
    assert [row[0] for row in rows if "at most" in row[-1]] == ["50.0%"]
    thresholds = [float(row[0].rstrip("%")) for row in rows]
    assert thresholds == sorted(thresholds)


def test_nothing_read_is_a_report_too() -> None:
    assert make_report([]).total.n == 0
    assert "Pictures by kind" in format_report(make_report([]))


def test_a_kind_is_no_markup() -> None:
    sample = Sample(Path("a.png"), "3", "[bold]photo[/]", headline=True)
    assert "[bold]photo[/]" in format_report(make_report([Result(sample, Verdict.REFUSED)]))


# --- The page of mistakes ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def cv_reader() -> DigitReader:
    """Reads alike on every machine."""
    return DigitReader(ONNX_MODEL, Background.OPENCV)


@pytest.fixture(scope="module")
def results(
    tmp_path_factory: pytest.TempPathFactory,
    cv_reader: DigitReader,
    mnist_tiles: tuple[UInt8Array, UInt8Array],
    page: Callable[..., UInt8Array],
) -> list[Result]:
    """A right answer, a wrong one, a refusal and a file that is no picture."""
    folder = tmp_path_factory.mktemp("pictures")
    tiles, labels = mnist_tiles
    Image.fromarray(page(tiles[labels == 3][0])).save(folder / "<3>.png")
    Image.fromarray(sheet()).save(folder / "empty.png")
    rows = [("<3>.png", "3"), ("empty.png", "5"), ("absent.png", "1"), ("<3>.png", "8")]
    samples = [Sample(folder / name, label, "photo", headline=True) for name, label in rows]
    return [read_sample(cv_reader, sample) for sample in samples]


@pytest.fixture(scope="module")
def html(
    results: list[Result], cv_reader: DigitReader, tmp_path_factory: pytest.TempPathFactory
) -> str:
    path = tmp_path_factory.mktemp("page") / "mistakes.html"
    write_page(path, results, make_report(results), cv_reader, tta=False)
    return path.read_text(encoding="utf-8")


def test_wrong_answers_come_first_and_right_ones_not_at_all(results: list[Result]) -> None:
    assert [one.sample.label for one in select_mistakes(results)] == ["8", "5", "1"]


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
    assert "<script" not in html and "url(" not in html
    assert not re.findall(r'(?<!xmlns)(?<!xmlns:xlink)="http', html)  # names, not addresses
    assert len(html) < 400_000
    assert "prefers-color-scheme: dark" in html


def test_names_are_no_markup(html: str) -> None:
    assert "<3>" not in html and "&lt;3&gt;.png" in html
    assert "{{" not in html and "{%" not in html


def test_the_page_is_well_formed(html: str) -> None:
    closed = re.sub(r"<(meta|img)([^>]*)>", r"<\1\2/>", html)
    tree = ET.fromstring(closed.replace("<!doctype html>", ""))  # noqa: S314
    assert len(tree.findall(".//article")) == 3


def test_a_picture_gone_meanwhile_is_said_to_be(
    results: list[Result], cv_reader: DigitReader, tmp_path: Path
) -> None:
    sample = dataclasses.replace(results[-1].sample, path=tmp_path / "gone.png")
    card = make_card(dataclasses.replace(results[-1], sample=sample), cv_reader, tta=False)
    assert "does not exist" in card.problem and not card.figures and not card.steps


def test_the_curve_is_drawn_with_its_threshold() -> None:
    drawing = ET.fromstring(draw_curve(make_report([READ])))  # noqa: S314
    text = {text.text for text in drawing.iter("{http://www.w3.org/2000/svg}text")}
    assert {"in use", "answered from this confidence on", "digits wrong"} <= text


def test_pictures_in_the_page_are_the_pictures(html: str) -> None:
    first = re.findall(r'src="data:image/png;base64,([^"]*)"', html)[0]
    shown = np.asarray(Image.open(io.BytesIO(base64.b64decode(first))).convert("RGB"))
    assert max(shown.shape) == 320
    assert (np.abs(shown.astype(int) - (255, 64, 129)).max(axis=2) < 110).mean() > 0.01  # the tint


# --- In a terminal -------------------------------------------------------------------------------


def test_a_terminal_sees_how_far_it_is_and_a_file_does_not(
    reader: DigitReader,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = [Sample(tmp_path / "none.png", "3", "photo", headline=True)] * 2
    read_in_terminal(Run(reader, run))
    assert capsys.readouterr().err == ""
    monkeypatch.setenv("TTY_COMPATIBLE", "1")  # rich's name for a stream that is a terminal
    read_in_terminal(Run(reader, run))
    shown = capsys.readouterr().err
    assert "2 error" in shown and "2/2" in shown
