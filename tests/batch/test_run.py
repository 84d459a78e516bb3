"""Rows and outputs of a batch: the same as of `digitscope read`, whatever stops it."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from PIL import Image

from digitscope.batch import BatchError
from digitscope.batch.items import Item
from digitscope.batch.rows import Row, RowOptions
from digitscope.batch.run import Batch
from tests.batch.conftest import Engine, read_batch, read_rows, without_ms


def test_bad_files_are_rows(scans: Path, tmp_path: Path, here: Engine) -> None:
    batch = read_batch(here, scans, tmp_path / "rows.jsonl")
    rows = {Path(row["file"]).name: row for row in read_rows(tmp_path / "rows.jsonl")}
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
        read_batch(here, scans, out)
    lines = read_rows(outputs[0])
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
    read_batch(here, scans, tmp_path / "whole.jsonl")
    out = tmp_path / "rows.jsonl"
    for _ in range(3):
        batch = Batch([str(scans)], out, RowOptions())
        batch.read(_stopping(here, after=2))
        assert not batch.is_finished and not out.exists()
    batch = read_batch(here, scans, out)
    assert batch.resumed == 6
    assert without_ms(read_rows(out)) == without_ms(read_rows(tmp_path / "whole.jsonl"))


def test_a_file_that_came_meanwhile_is_read(
    scans: Path, tmp_path: Path, here: Engine, digit_pages: list[Image.Image]
) -> None:
    out = tmp_path / "rows.jsonl"
    Batch([str(scans)], out, RowOptions()).read(_stopping(here, after=6))
    digit_pages[4].save(scans / "4.png")
    assert read_batch(here, scans, out).resumed == 1
    names = [Path(row["file"]).name for row in read_rows(out)]
    assert names[:3] == ["3.png", "4.png", "7.png"]
    assert len(names) == len(set(names)) == 10


def test_rows_of_other_settings_are_not_thrown_away(
    scans: Path, tmp_path: Path, here: Engine
) -> None:
    out = tmp_path / "rows.csv"
    Batch([str(scans)], out, RowOptions()).read(_stopping(here, after=2))
    with pytest.raises(BatchError, match=r"other settings \(tta\)"):
        Batch([str(scans)], out, RowOptions(tta=True))


def test_tiles_and_a_page_of_what_is_not_sure(scans: Path, tmp_path: Path, here: Engine) -> None:
    (scans / "<b>odd.png").write_bytes(b"no")
    tiles, sheet = tmp_path / "tiles", tmp_path / "pages" / "unsure.html"
    read_batch(here, scans, tmp_path / "rows.jsonl", sheet, tiles_dir=tiles)
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
    assert all("thumbnail" not in row for row in read_rows(tmp_path / "rows.jsonl"))


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
        Batch([str(scans)], tmp_path / "a.csv", RowOptions(boxes={"status": (0, 0, 1, 1)}))
