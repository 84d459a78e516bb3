"""`digitscope numbers` and `digitscope benchmark --numbers`: their JSON and exit codes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from digitscope.benchmark.numbers import align
from digitscope.cli import main
from digitscope.model_files import ONNX_MODEL
from digitscope.types import UInt8Array
from tests.unit.drawn import sheet

FIELDS = ["file", "status", "numbers", "reason", "background", "ms", "notice"]
pytestmark = pytest.mark.skipif(
    not ONNX_MODEL.is_file(), reason="models/mnist_cnn.onnx is missing; `make train` makes it"
)


@pytest.fixture
def folder(
    tmp_path: Path, mnist_tiles: tuple[UInt8Array, UInt8Array], page: Callable[..., UInt8Array]
) -> Path:
    tiles, labels = mnist_tiles
    Image.fromarray(page(tiles[labels == 7][0])).save(tmp_path / "seven.png")
    Image.fromarray(sheet()).save(tmp_path / "blank.png")
    (tmp_path / "text.png").write_text("seven")
    (tmp_path / "labels.csv").write_text(
        "file,label,kind\nseven.png,7,multi\nseven.png,71,multi\nblank.png,12,multi\n"
        "text.png,3,multi\nseven.png,7,photo\n"
    )
    return tmp_path


def test_json_has_a_line_a_file(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = [str(folder / f"{name}.png") for name in ("seven", "blank", "text")]
    assert main(["numbers", "--json", *files]) == 1
    seven, blank, text = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert all(list(answer) == FIELDS for answer in (seven, blank, text))
    assert [answer["status"] for answer in (seven, blank, text)] == ["ok", "rejected", "error"]
    assert [number["text"] for number in seven["numbers"]] == ["7"]
    assert (blank["reason"], blank["numbers"], text["numbers"]) == ("blank", [], [])


def test_people_get_the_numbers_on_a_line(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["numbers", str(folder / "seven.png"), str(folder / "blank.png")]) == 0
    seven, blank = capsys.readouterr().out.splitlines()
    assert seven.startswith(f"{folder / 'seven.png'}: 7  ok, ")
    assert blank == f"{folder / 'blank.png'}: rejected: blank"


def test_the_benchmark_scores_strings_and_digits(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["benchmark", "--numbers", "--json", str(folder)]) == 0
    found = json.loads(capsys.readouterr().out)["summary"]
    assert {name: found[name] for name in ("n", "exact", "wrong", "unsure", "errors")} == {
        "n": 4,
        "exact": 1,
        "wrong": 1,
        "unsure": 1,
        "errors": 1,
    }
    assert (found["digits"], found["precision"]) == (6, 1.0)
    assert found["recall"] == pytest.approx(2 / 6)
    assert main(["benchmark", "--numbers", str(folder)]) == 0
    assert "1 exact, 1 wrong though sure, 1 unsure, 1 not opened" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("label", "said", "expected"),
    [
        ("123", "123", (3, 0)),
        ("123", "1?3", (2, 1)),
        ("123", "", (0, 3)),
        ("", "12", (0, 2)),
        ("1000", "100", (3, 1)),
        ("15", "51", (1, 2)),
    ],
)
def test_strings_are_aligned_at_the_least_distance(
    label: str, said: str, expected: tuple[int, int]
) -> None:
    assert align(label, said) == expected
