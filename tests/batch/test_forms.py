"""Fields of forms, parts of pages, and whole numbers in batches."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from PIL import Image

from digitscope.batch import BatchError
from digitscope.batch.fields import CROP, load_boxes, parse_box
from digitscope.cli import main
from tests.batch.conftest import Engine, read_batch, read_rows, without_ms

LEFT, RIGHT = (0.0, 0.0, 0.5, 1.0), (0.5, 0.0, 1.0, 1.0)


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
    read_batch(here, form, tmp_path / "marks.csv", boxes=load_boxes(path))
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
        read_batch(here, year, tmp_path / name, numbers=True)
    files = [str(year / "a.png"), str(year / "b.png")]
    assert main(["numbers", "--json", *files]) == 1
    by_command = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    lines = read_rows(tmp_path / "rows.jsonl")
    assert without_ms(by_command) == [
        {key: value for key, value in row.items() if key != "error"} for row in without_ms(lines)
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
        read_batch(
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
    read_batch(here, form, tmp_path / "rows.jsonl", boxes={CROP: parse_box("0.5,0,1,1")})
    rows = read_rows(tmp_path / "rows.jsonl")
    assert [row["digit"] for row in rows] == [None, 7, 7, 7, None]
    assert "fields" not in rows[0]


def test_a_box_outside_the_page_is_refused(form: Path, tmp_path: Path, here: Engine) -> None:
    read_batch(here, form, tmp_path / "rows.jsonl", boxes={"far": (6000, 0, 6100, 9000)})
    statuses = [row["status"] for row in read_rows(tmp_path / "rows.jsonl")]
    assert statuses == ["rejected"] * 4 + ["error"]


@pytest.mark.parametrize(
    "content",
    ["", "[]", "{}", '{"a": 3}', '{"a": [1, 2, 3]}', '{"a": [3, 0, 2, 9]}', '{"": [0, 0, 1, 1]}'],
)
def test_a_form_that_is_none_is_told(content: str, tmp_path: Path) -> None:
    (tmp_path / "form.json").write_text(content)
    with pytest.raises(BatchError, match="Received"):
        load_boxes(tmp_path / "form.json")
