"""Rows and outputs of a batch: the same as of `digitscope read`, whatever stops it."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from PIL import Image

from digitscope.batch import BatchError
from digitscope.batch.fields import WHOLE, load_boxes, parse_box
from digitscope.batch.items import Item
from digitscope.batch.rows import Row, RowOptions
from digitscope.batch.run import Batch
from digitscope.cli import main
from tests.batch.conftest import Engine

LEFT, RIGHT = (0.0, 0.0, 0.5, 1.0), (0.5, 0.0, 1.0, 1.0)


def _read(
    engine: Engine, source: Path, out: Path, sheet: Path | None = None, **options: object
) -> Batch:
    batch = Batch([str(source)], out, RowOptions(**options), sheet)
    batch.read(engine)
    assert batch.is_finished
    return batch


def _lines(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_bad_files_are_rows(scans: Path, tmp_path: Path, here: Engine) -> None:
    batch = _read(here, scans, tmp_path / "rows.jsonl")
    rows = {Path(row["file"]).name: row for row in _lines(tmp_path / "rows.jsonl")}
    assert {name: row["digit"] for name, row in rows.items() if row["status"] == "ok"} == {
        "3.png": 3,
        "7.png": 7,
        "5.jpg": 5,
    }
    bad = {"bomb.png", "cut.png", "nothing.png", "phone.heic", "text.png"}
    assert {name for name, row in rows.items() if row["status"] == "error"} == bad
    assert all(rows[name]["error"] == rows[name]["reason"] for name in bad)
    assert "too large" in rows["bomb.png"]["error"] and "JPEG" in rows["phone.heic"]["error"]
    assert (rows["empty.png"]["status"], rows["empty.png"]["reason"]) == ("rejected", "blank")
    assert batch.statuses == {"ok": 3, "rejected": 1, "error": 5}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["rows.jsonl", "scans"]


def test_a_fault_of_ours_is_a_row_too(tmp_path: Path, here: Engine) -> None:
    def fail() -> Path:
        raise ZeroDivisionError("of ours")

    (row,) = here([(0, Item("odd.png", fail))], RowOptions())
    assert row["status"] == "error"
    assert "ZeroDivisionError: of ours" in row["error"]


def test_all_outputs_hold_the_same(scans: Path, tmp_path: Path, here: Engine) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow (extra `batch`)")
    outputs = [tmp_path / f"rows{suffix}" for suffix in (".jsonl", ".csv", ".parquet")]
    for out in outputs:
        _read(here, scans, out)
    lines = _lines(outputs[0])
    cells = list(csv.DictReader(outputs[1].open(newline="", encoding="utf-8")))
    table = parquet.read_table(outputs[2]).to_pylist()
    assert list(cells[0]) == list(table[0])
    contract = "file status digit confidence reason quality background ms error"
    assert " ".join(list(cells[0])[:9]) == contract
    for line, cell, typed in zip(lines, cells, table, strict=True):
        score = None if line["quality"] is None else line["quality"]["score"]
        wanted = {key: line[key] for key in ("file", "status", "digit", "confidence", "error")}
        wanted |= {"quality": score, "p7": line["probabilities"] and line["probabilities"][7]}
        assert {key: typed[key] for key in wanted} == wanted
        assert {key: cell[key] for key in wanted} == {
            key: "" if value is None else str(value) for key, value in wanted.items()
        }


def _stopping(engine: Engine, after: int) -> Engine:
    def stopped(jobs: Iterable[tuple[int, Item]], options: RowOptions) -> Iterator[Row]:
        for count, row in enumerate(engine(jobs, options)):
            if count == after:
                raise KeyboardInterrupt
            yield row

    return stopped


def test_a_stopped_run_goes_on_where_it_was(scans: Path, tmp_path: Path, here: Engine) -> None:
    _read(here, scans, tmp_path / "whole.jsonl")
    out = tmp_path / "rows.jsonl"
    for _ in range(3):
        batch = Batch([str(scans)], out, RowOptions())
        batch.read(_stopping(here, after=2))
        assert not batch.is_finished and not out.exists()
    batch = _read(here, scans, out)
    assert batch.resumed == 6
    assert _without_ms(_lines(out)) == _without_ms(_lines(tmp_path / "whole.jsonl"))


def _without_ms(rows: list[Row]) -> list[Row]:
    return [row | {"ms": 0} for row in rows]


def test_a_file_that_came_meanwhile_is_read(
    scans: Path, tmp_path: Path, here: Engine, digit_pages: list[Image.Image]
) -> None:
    out = tmp_path / "rows.jsonl"
    Batch([str(scans)], out, RowOptions()).read(_stopping(here, after=6))
    digit_pages[4].save(scans / "4.png")
    assert _read(here, scans, out).resumed == 1
    names = [Path(row["file"]).name for row in _lines(out)]
    assert names[:3] == ["3.png", "4.png", "7.png"]
    assert len(names) == len(set(names)) == 10


def test_rows_of_other_settings_are_not_thrown_away(
    scans: Path, tmp_path: Path, here: Engine
) -> None:
    out = tmp_path / "rows.csv"
    Batch([str(scans)], out, RowOptions()).read(_stopping(here, after=2))
    with pytest.raises(BatchError, match=r"other settings \(tta\)"):
        Batch([str(scans)], out, RowOptions(tta=True))


@pytest.fixture
def form(tmp_path: Path, digit_pages: list[Image.Image]) -> Path:
    """A 3 on the left and a 7 on the right half of each page: small, large, sideways; one blank."""
    folder = tmp_path / "forms"
    folder.mkdir()
    page = Image.new("RGB", (640, 240), "white")
    page.paste(digit_pages[3], (0, 0))
    page.save(folder / "a half.png")
    page.paste(digit_pages[7], (320, 0))
    page.save(folder / "b small.png")
    page.resize((5120, 1920)).save(folder / "c large.jpg")
    exif = Image.Exif()
    exif[0x0112] = 6
    page.transpose(Image.Transpose.ROTATE_90).save(folder / "d turned.jpg", exif=exif)
    (folder / "e bad.png").write_bytes(b"no")
    return folder


@pytest.mark.parametrize("unit", [(1, 1), (640, 240)], ids=["fractions", "px of the page as given"])
def test_a_form_has_a_column_a_field(
    unit: tuple[int, int], form: Path, tmp_path: Path, here: Engine
) -> None:
    if unit != (1, 1):
        (form / "c large.jpg").unlink()
    path = tmp_path / "form.json"
    scaled = {"first": _times(LEFT, unit), "second": _times(RIGHT, unit)}
    path.write_text(json.dumps(scaled))
    _read(here, form, tmp_path / "marks.csv", boxes=load_boxes(path))
    rows = list(csv.DictReader((tmp_path / "marks.csv").open(newline="")))
    found = {row["file"][-7:-4]: (row["status"], row["first"], row["second"]) for row in rows}
    expected = dict.fromkeys(("all", "rge", "ned"), ("ok", "3", "7"))
    expected |= {"alf": ("rejected", "3", ""), "bad": ("error", "", "")}
    assert found == {name: expected[name] for name in found}
    assert len(found) == len(list(form.iterdir()))
    assert rows[0]["second_reason"] == "blank"
    assert rows[0]["reason"] == "not sure: second"


def _times(box: tuple[float, ...], unit: tuple[int, int]) -> list[float]:
    return [value * unit[axis] for value, axis in zip(box, (0, 1, 0, 1), strict=True)]


@pytest.fixture
def year(tmp_path: Path, digit_pages: list[Image.Image]) -> Path:
    """A folder with one page of 3 9 4 7, and one that is no picture."""
    folder = tmp_path / "years"
    folder.mkdir()
    page = Image.new("RGB", (800, 240), "white")
    for place, digit in enumerate((3, 9, 4, 7)):
        page.paste(digit_pages[digit].crop((80, 40, 240, 200)), (100 + 140 * place, 40))
    page.save(folder / "a.png")
    (folder / "b.png").write_bytes(b"no")
    return folder


def test_numbers_are_rows_as_the_command_for_numbers_has_them(
    year: Path, tmp_path: Path, here: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("rows.jsonl", "rows.csv", "rows.parquet"):
        _read(here, year, tmp_path / name, numbers=True)
    files = [str(year / "a.png"), str(year / "b.png")]
    assert main(["numbers", "--json", *files]) == 1
    by_command = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    lines = _lines(tmp_path / "rows.jsonl")
    assert _without_ms(by_command) == [
        {key: value for key, value in row.items() if key != "error"} for row in _without_ms(lines)
    ]
    text = lines[0]["numbers"][0]["text"]
    assert len(text) == 4
    first, second = csv.DictReader((tmp_path / "rows.csv").open(newline=""))
    assert (first["numbers"], first["status"]) == (text, lines[0]["status"])
    assert float(first["confidence"]) == lines[0]["numbers"][0]["confidence"]
    assert (second["numbers"], second["status"]) == ("", "error")


def test_a_field_may_hold_a_number(year: Path, tmp_path: Path, here: Engine) -> None:
    boxes = {"year": (0.0, 0.0, 1.0, 1.0), "far": (2000.0, 0.0, 2001.0, 9.0)}
    tiles = tmp_path / "tiles"
    for name in ("rows.csv", "rows.parquet"):
        _read(
            here,
            year,
            tmp_path / name,
            tmp_path / "a.html",
            numbers=True,
            boxes=boxes,
            tiles_dir=tiles,
        )
    row = next(csv.DictReader((tmp_path / "rows.csv").open(newline="")))
    assert (row["status"], len(row["year"]), row["far"]) == ("rejected", 4, "")
    assert {path.stem for path in tiles.iterdir()} == {f"00000000-a-year-0{n}" for n in range(4)}


def test_a_crop_is_read_as_the_picture(form: Path, tmp_path: Path, here: Engine) -> None:
    _read(here, form, tmp_path / "rows.jsonl", boxes={WHOLE: parse_box("0.5,0,1,1")})
    rows = _lines(tmp_path / "rows.jsonl")
    assert [row["digit"] for row in rows] == [None, 7, 7, 7, None]
    assert "fields" not in rows[0]


def test_a_box_outside_the_page_is_refused(form: Path, tmp_path: Path, here: Engine) -> None:
    _read(here, form, tmp_path / "rows.jsonl", boxes={"far": (6000, 0, 6100, 9000)})
    statuses = [row["status"] for row in _lines(tmp_path / "rows.jsonl")]
    assert statuses == ["rejected"] * 4 + ["error"]


@pytest.mark.parametrize(
    "content",
    ["", "[]", "{}", '{"a": 3}', '{"a": [1, 2, 3]}', '{"a": [3, 0, 2, 9]}', '{"": [0, 0, 1, 1]}'],
)
def test_a_form_that_is_none_is_told(content: str, tmp_path: Path) -> None:
    (tmp_path / "form.json").write_text(content)
    with pytest.raises(BatchError, match="Received"):
        load_boxes(tmp_path / "form.json")


def test_tiles_and_a_page_of_what_is_not_sure(scans: Path, tmp_path: Path, here: Engine) -> None:
    (scans / "<b>odd.png").write_bytes(b"no")
    tiles, sheet = tmp_path / "tiles", tmp_path / "pages" / "unsure.html"
    _read(here, scans, tmp_path / "rows.jsonl", sheet, tiles_dir=tiles)
    assert sorted(path.name for path in tiles.iterdir()) == [
        "00000000-3.png",
        "00000001-7.png",
        "00000009-5.png",
    ]
    assert Image.open(tiles / "00000000-3.png").size == (28, 28)
    page = sheet.read_text()
    assert page.count("<article>") == 7
    assert page.count("data:image/jpeg") == 1  # the empty one; the others are no pictures
    assert "&lt;b&gt;odd.png" in page
    assert all("thumbnail" not in row for row in _lines(tmp_path / "rows.jsonl"))


def test_nothing_is_written_over_what_is_read(scans: Path, tmp_path: Path) -> None:
    table = scans / "labels.csv"
    table.write_text("file\n3.png\n")
    with pytest.raises(BatchError, match="no source"):
        Batch([str(table)], table, RowOptions())
    with pytest.raises(BatchError, match="outside"):
        Batch([str(scans)], tmp_path / "a.csv", RowOptions(tiles_dir=scans / "tiles"))
    with pytest.raises(BatchError, match="ends in"):
        Batch([str(scans)], tmp_path / "a.xlsx", RowOptions())
    with pytest.raises(BatchError, match="other names"):
        Batch([str(scans)], tmp_path / "a.csv", RowOptions(boxes={"status": LEFT}))
