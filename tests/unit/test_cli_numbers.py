"""`digitscope numbers` and `digitscope benchmark --numbers`: their JSON and exit codes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from digitscope.benchmark.numbers import align
from digitscope.model_files import ONNX_MODEL

Run = Callable[..., tuple[int, str, str]]
FIELDS = ["file", "status", "numbers", "reason", "background", "ms", "notice"]
pytestmark = pytest.mark.skipif(
    not ONNX_MODEL.is_file(), reason="models/mnist_cnn.onnx is missing; `make train` makes it"
)


@pytest.fixture
def folder(seven: Path, blank: Path, text: Path) -> Path:
    (seven.parent / "labels.csv").write_text(
        "file,label,kind\nseven.png,7,multi\nseven.png,71,multi\nblank.png,12,multi\n"
        "text.png,3,multi\nseven.png,7,photo\n"
    )
    return seven.parent


def test_json_has_a_line_a_file(run: Run, seven: Path, blank: Path, text: Path) -> None:
    code, out, _ = run("numbers", "--json", seven, blank, text)
    read, refused, failed = (json.loads(line) for line in out.splitlines())
    assert code == 1
    assert all(list(answer) == FIELDS for answer in (read, refused, failed))
    assert [answer["status"] for answer in (read, refused, failed)] == ["ok", "rejected", "error"]
    assert [number["text"] for number in read["numbers"]] == ["7"]
    assert (refused["reason"], refused["numbers"], failed["numbers"]) == ("blank", [], [])


def test_people_get_the_numbers_on_a_line(run: Run, seven: Path, blank: Path) -> None:
    code, out, _ = run("numbers", seven, blank)
    read, refused = out.splitlines()
    assert code == 0
    assert read.startswith(f"{seven}: 7  ok, ")
    assert refused == f"{blank}: rejected: blank"


def test_the_benchmark_scores_strings_and_digits(run: Run, folder: Path) -> None:
    code, out, _ = run("benchmark", "--numbers", "--json", folder)
    found = json.loads(out)["summary"]
    assert code == 0
    assert [found[name] for name in ("n", "exact", "wrong", "unsure", "errors")] == [4, 1, 1, 1, 1]
    assert (found["digits"], found["precision"]) == (6, 1.0)
    assert found["recall"] == pytest.approx(2 / 6)
    assert (
        "1 exact, 1 wrong though sure, 1 unsure, 1 not opened"
        in run("benchmark", "--numbers", folder)[1]
    )


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
