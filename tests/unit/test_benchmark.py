"""A labelled folder: its rows and the verdicts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from digitscope import DigitReader, Reason
from digitscope.benchmark import (
    BenchmarkError,
    Sample,
    Verdict,
    load_labels,
    read_sample,
)
from digitscope.types import UInt8Array
from tests.unit.drawn import sheet

HEADER = "file,label,kind,headline\n"
ROWS = "a.png,3,photo,yes\nb.png,,photo,no\nsub/c.png, 37 ,scan,yes\nd.png,5,,\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "labels.csv").write_text(HEADER + ROWS)
    return tmp_path


def _names(items: list[Sample]) -> list[str]:
    return [item.path.name for item in items]


# --- Labels --------------------------------------------------------------------------------------


def test_each_row_becomes_a_sample(folder: Path) -> None:
    assert load_labels(folder) == [
        Sample(folder / "a.png", "3", "photo", headline=True),
        Sample(folder / "b.png", "", "photo", headline=False),
        Sample(folder / "sub" / "c.png", "37", "scan", headline=True),
        Sample(folder / "d.png", "5", "all", headline=True),
    ]


def test_two_columns_are_enough(tmp_path: Path) -> None:
    (tmp_path / "labels.csv").write_text("label,file\n7,a.png\n")
    assert load_labels(tmp_path) == [Sample(tmp_path / "a.png", "7", "all", headline=True)]


def test_a_note_chooses_rows(tmp_path: Path) -> None:
    (tmp_path / "labels.csv").write_text("file,label,note\na.png,3,cheque; small\nb.png,4,\n")
    assert _names(load_labels(tmp_path, note="cheque")) == ["a.png"]


@pytest.mark.parametrize(
    ("kinds", "headline_only", "names"),
    [
        ((), False, ["a.png", "b.png", "c.png", "d.png"]),
        (("photo",), False, ["a.png", "b.png"]),
        (("scan", "all"), False, ["c.png", "d.png"]),
        ((), True, ["a.png", "c.png", "d.png"]),
        (("photo",), True, ["a.png"]),
    ],
)
def test_rows_are_chosen_by_kind_and_headline(
    kinds: tuple[str, ...], headline_only: bool, names: list[str], folder: Path
) -> None:
    assert _names(load_labels(folder, kinds, headline_only)) == names


@pytest.mark.parametrize(
    ("label", "is_one_digit"),
    [("0", True), ("9", True), ("", False), ("37", False), ("x", False), ("²", False)],
)
def test_only_one_digit_asks_for_a_digit(label: str, is_one_digit: bool) -> None:
    assert Sample(Path("a.png"), label, "all", headline=True).is_one_digit is is_one_digit


def test_a_folder_without_labels_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BenchmarkError, match=r"labels\.csv is expected. Received: .*'label'"):
        load_labels(tmp_path)


@pytest.mark.parametrize("content", ["", "file,digit\na.png,3\n", "name,label\na.png,3\n"])
def test_missing_columns_are_named(content: str, tmp_path: Path) -> None:
    (tmp_path / "labels.csv").write_text(content)
    with pytest.raises(BenchmarkError, match=r"needs the columns 'file' and 'label'. Received: "):
        load_labels(tmp_path)


def test_where_nothing_is_left_the_kinds_there_are_told(folder: Path) -> None:
    with pytest.raises(BenchmarkError, match="kinds drawing; the folder has all, photo, scan"):
        load_labels(folder, ["drawing"])


def test_a_table_without_rows_is_refused(tmp_path: Path) -> None:
    (tmp_path / "labels.csv").write_text(HEADER)
    with pytest.raises(BenchmarkError, match="the folder has none"):
        load_labels(tmp_path)


@pytest.mark.parametrize(
    ("headline", "counts"),
    [("yes", True), ("Yes", True), ("YES ", True), ("", True), ("no", False), ("No", False)],
)
def test_headline_is_yes_or_no_in_any_case(headline: str, counts: bool, tmp_path: Path) -> None:
    (tmp_path / "labels.csv").write_text(f"file,label,headline\na.png,3,{headline}\n")
    (sample,) = load_labels(tmp_path)
    assert sample.headline is counts


def test_a_headline_that_is_neither_is_told(tmp_path: Path) -> None:
    (tmp_path / "labels.csv").write_text("file,label,headline\na.png,3,oui\n")
    with pytest.raises(BenchmarkError, match=r"yes or no. Received: oui, for a\.png"):
        load_labels(tmp_path)


def test_line_breaks_in_quotes_belong_to_the_cell(tmp_path: Path) -> None:
    text = 'file,label,note,rows\na.png,12,"two\nlines",1 2\r\n"b\r\n.png",3,,\n'
    (tmp_path / "labels.csv").write_bytes(text.encode())
    samples = load_labels(tmp_path)
    assert [(one.path.name, one.label) for one in samples] == [("a.png", "12"), ("b\r\n.png", "3")]


@pytest.mark.parametrize("file", ["../a.png", "sub/../../a.png", "/etc/a.png"])
def test_a_file_outside_the_folder_is_refused(file: str, tmp_path: Path) -> None:
    (tmp_path / "labels.csv").write_text(f"file,label\n{file},3\n")
    with pytest.raises(BenchmarkError, match=f"inside the folder is expected. Received: {file}"):
        load_labels(tmp_path)


def test_a_quote_that_never_ends_is_told(tmp_path: Path) -> None:
    (tmp_path / "labels.csv").write_text('file,label\n"' + "a" * 200_000)
    with pytest.raises(BenchmarkError, match="Save it again as CSV"):
        load_labels(tmp_path)


# --- Verdicts ------------------------------------------------------------------------------------


@pytest.fixture
def pictures(
    tmp_path: Path, mnist_tiles: tuple[UInt8Array, UInt8Array], page: Callable[..., UInt8Array]
) -> Path:
    """A folder with a 3, an empty sheet and a file that is no picture."""
    tiles, labels = mnist_tiles
    Image.fromarray(page(tiles[labels == 3][0])).save(tmp_path / "three.png")
    Image.fromarray(sheet()).save(tmp_path / "empty.png")
    (tmp_path / "text.png").write_text("three")
    return tmp_path


@pytest.mark.parametrize(
    ("name", "label", "verdict", "digit"),
    [
        ("three.png", "3", Verdict.CORRECT, 3),
        ("three.png", "8", Verdict.WRONG, 3),
        ("three.png", "", Verdict.WRONG, 3),
        ("three.png", "33", Verdict.WRONG, 3),
        ("empty.png", "", Verdict.CORRECT, None),
        ("empty.png", "37", Verdict.CORRECT, None),
        ("empty.png", "3", Verdict.REFUSED, None),
        ("text.png", "3", Verdict.ERROR, None),
        ("text.png", "", Verdict.ERROR, None),
        ("absent.png", "", Verdict.ERROR, None),
    ],
)
def test_the_verdict(
    name: str,
    label: str,
    verdict: Verdict,
    digit: int | None,
    pictures: Path,
    reader: DigitReader,
) -> None:
    result = read_sample(reader, Sample(pictures / name, label, "all", headline=True))
    assert (result.verdict, result.digit) == (verdict, digit)
    assert (result.error != "") == (verdict is Verdict.ERROR)
    assert (result.ms > 0) == (verdict is not Verdict.ERROR)
    assert (result.confidence is not None) == (digit is not None)
    assert result.guess == digit
    assert (result.quality is not None) == (digit is not None)
    assert result.reason is (Reason.BLANK if name == "empty.png" else None)
