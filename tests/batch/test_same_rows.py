"""Every interface gives the rows of `digitscope read --json`, also of files that are wrong."""

from __future__ import annotations

import csv
import json
import time
from collections import Counter
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest

from digitscope.cli import main
from digitscope.model_files import ONNX_MODEL

STATUSES = {"ok": 3, "rejected": 1, "error": 5}
Row = dict[str, object]
pytestmark = pytest.mark.skipif(
    not ONNX_MODEL.is_file(), reason="models/mnist_cnn.onnx is missing; `make train` makes it"
)


def _comparable(row: Row) -> Row:
    """A row without what differs from run to run, and from place to place."""
    kept = {name: value for name, value in row.items() if name not in ("ms", "error")}
    return kept | {"file": Path(str(row["file"])).name}


def _parse(lines: str) -> list[Row]:
    return [json.loads(line) for line in lines.splitlines()]


def _batch(folder: Path, out: Path, *options: str) -> list[Row]:
    assert main(["batch", str(folder), "--out", str(out), *options]) == 1
    return _parse(out.read_text())


def by_local(folder: Path, _: list[Path], work: Path) -> list[Row]:
    return _batch(folder, work / "local.jsonl", "--workers", "2")


def by_ray(folder: Path, _: list[Path], work: Path) -> list[Row]:
    pytest.importorskip("ray", reason="ray (extra `ray`) is not installed")
    return _batch(folder, work / "ray.jsonl", "--engine", "ray", "--workers", "1")


def by_server(_: Path, files: list[Path], __: Path) -> list[Row]:
    fastapi = pytest.importorskip("fastapi.testclient", reason="fastapi (extra `api`)")
    from digitscope.api.app import create_app

    with fastapi.TestClient(create_app()) as client:
        while client.get("/health").status_code != 200:  # until the network is loaded
            time.sleep(0.05)
        sent = [("file", (file.name, file.read_bytes())) for file in files]
        rows: list[Row] = client.post("/api/v1/batch", files=sent).json()
        return rows


@pytest.fixture
def expected(scans: Path, capsys: pytest.CaptureFixture[str]) -> tuple[list[Path], list[Row]]:
    """The pictures of the folder in the order of a batch, and their rows by `read --json`."""
    files = [scans / name for name in sorted(path.name for path in scans.iterdir())]
    pictures = [file for file in files if file.is_file() and file.suffix != ".txt"]
    pictures.append(scans / "class b" / "5.jpg")
    assert main(["read", "--json", *map(str, pictures)]) == 1
    rows = _parse(capsys.readouterr().out)
    assert Counter(row["status"] for row in rows) == STATUSES
    return pictures, [_comparable(row) for row in rows]


@pytest.mark.parametrize(
    "read_rows", [by_local, pytest.param(by_ray, marks=pytest.mark.slow), by_server]
)
def test_rows_are_those_of_read(
    read_rows: Callable[[Path, list[Path], Path], list[Row]],
    scans: Path,
    tmp_path: Path,
    expected: tuple[list[Path], list[Row]],
    monkeypatch: pytest.MonkeyPatch,
    repo_root: Path,
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(repo_root))  # Ray's processes begin elsewhere
    files, rows = expected
    assert [_comparable(row) for row in read_rows(scans, files, tmp_path)] == rows


def test_table_and_csv_of_the_app_are_those_of_read(
    expected: tuple[list[Path], list[Row]], monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("streamlit", reason="streamlit (extra `app`) is not installed")
    from streamlit_app.components.batch import CSV_FIELDS, NO_DIGIT, as_csv, as_table, make_row
    from streamlit_app.state import Options, Picture

    monkeypatch.setenv("DIGITSCOPE_MODEL", str(ONNX_MODEL))  # no test waits for TensorFlow
    files, rows = expected
    pictures = [Picture.from_file(file.read_bytes(), file.name) for file in files]
    made = [make_row(picture, Options()) for picture in pictures]
    read = [one.reading | {"file": file.name} for one, file in zip(made, files, strict=True)]
    assert [_comparable(row) for row in json.loads(json.dumps(read))] == rows
    table = as_table(pictures, Options(), made)
    assert table["file"].tolist() == [file.name for file in files]
    assert [None if text == NO_DIGIT else int(text) for text in table["digit"]] == [
        row["digit"] for row in rows
    ]
    assert [bool(text) for text in table["reason"]] == [row["status"] != "ok" for row in rows]
    lines = list(csv.DictReader(StringIO(as_csv(pictures, Options(), made).decode())))
    for line, row in zip(lines, rows, strict=True):
        said = {name: "" if row[name] is None else str(row[name]) for name in CSV_FIELDS[:-1]}
        assert {name: line[name] for name in said} == said
        assert line["file"] == row["file"]
