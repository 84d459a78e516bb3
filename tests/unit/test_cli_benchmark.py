"""`digitscope benchmark`: its JSON, its table, its files, and a stopped run."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from digitscope import DigitReader
from digitscope.benchmark import Result, Sample, read_sample
from digitscope.cli import main
from digitscope.model_files import ONNX_MODEL
from digitscope.types import UInt8Array
from tests.unit.drawn import sheet

PICTURE_FIELDS = (
    "file kind label headline verdict digit reason guess confidence probabilities ms error notice "
    "quality"
)
REPORT_FIELDS = "settings kinds total calibration rankings levels curve in_use suggested pictures"
KIND_FIELDS = "kind n correct wrong refused errors interval median_ms p95_ms"
pytestmark = pytest.mark.skipif(
    not ONNX_MODEL.is_file(), reason="models/mnist_cnn.onnx is missing; `make train` makes it"
)


@pytest.fixture
def folder(
    tmp_path: Path, mnist_tiles: tuple[UInt8Array, UInt8Array], page: Callable[..., UInt8Array]
) -> Path:
    """Two digits, an empty sheet, and a file that is no picture."""
    tiles, labels = mnist_tiles
    for digit in (3, 7):
        Image.fromarray(page(tiles[labels == digit][0])).save(tmp_path / f"{digit}.png")
    Image.fromarray(sheet()).save(tmp_path / "empty.png")
    (tmp_path / "text.png").write_text("three")
    (tmp_path / "labels.csv").write_text(
        "file,label,kind,headline\n"
        "3.png,3,photo,yes\n7.png,1,photo,yes\nempty.png,,photo,no\n"
        "3.png,3,scan,yes\nempty.png,5,scan,yes\ntext.png,3,scan,no\n"
    )
    return tmp_path


def _run(capsys: pytest.CaptureFixture[str], *arguments: object) -> dict:
    assert main([*map(str, arguments), "--json"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    return json.loads(line)


def _counts(answer: dict) -> dict[str, list[int]]:
    names = ("n", "correct", "wrong", "refused", "errors")
    return {kind["kind"]: [kind[name] for name in names] for kind in answer["kinds"]}


def test_json_has_every_kind_and_every_picture(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = _run(capsys, "benchmark", folder)
    assert " ".join(answer) == REPORT_FIELDS
    assert _counts(answer) == {"photo": [3, 2, 1, 0, 0], "scan": [3, 1, 0, 1, 1]}
    assert (answer["total"]["n"], answer["total"]["correct"]) == (6, 3)
    assert [" ".join(kind) for kind in answer["kinds"]] == [KIND_FIELDS] * 2
    assert [" ".join(picture) for picture in answer["pictures"]] == [PICTURE_FIELDS] * 6
    assert [(one["verdict"], one["digit"], one["reason"]) for one in answer["pictures"]] == [
        ("correct", 3, None),
        ("wrong", 7, None),
        ("correct", None, "blank"),
        ("correct", 3, None),
        ("refused", None, "blank"),
        ("error", None, None),
    ]
    assert answer["pictures"][0]["file"] == str(folder / "3.png")
    assert answer["kinds"][0]["median_ms"] > 0


@pytest.mark.parametrize(
    ("options", "counts"),
    [
        (["--headline", "--kinds", "scan"], {"scan": [2, 1, 0, 1, 0]}),
        (["--tta", "--background", "opencv", "--kinds", "photo"], {"photo": [3, 2, 1, 0, 0]}),
    ],
    ids=" ".join,
)
def test_pictures_are_chosen(
    options: list[str],
    counts: dict[str, list[int]],
    folder: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert _counts(_run(capsys, "benchmark", folder, *options)) == counts


def test_for_people_there_is_a_table(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["benchmark", str(folder)]) == 0
    said = capsys.readouterr()
    title, head, photo, scan, both, *rest = said.out.splitlines()
    assert title == "Pictures by kind"
    assert head.split()[:4] == ["kind", "n", "correct", "95"]
    assert " ".join(photo.split()[:9]) == "photo 3 66.7% 20.8% to 93.9% 33.3% 0.0% 0"
    assert " ".join(scan.split()[:9]) == "scan 3 33.3% 6.1% to 79.2% 0.0% 33.3% 1"
    assert " ".join(both.split()[:9]) == "together 6 50.0% 18.8% to 81.2% 16.7% 16.7% 1"
    assert sum("in use" in line for line in rest) == 1
    assert {"Ranking,", "Pictures", "What", "Calibration"} <= {line.split(" ")[0] for line in rest}
    assert said.err == ""  # progress is for terminals


def test_a_folder_gets_the_results_and_the_mistakes(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "new" / "out"
    assert main(["benchmark", str(folder), "--out", str(out)]) == 0
    said = capsys.readouterr()
    assert sorted(path.name for path in out.iterdir()) == ["mistakes.html", "results.json"]
    assert [line for line in said.err.splitlines() if "wrote" in line] == [
        f"digitscope: wrote {out / 'results.json'}",
        f"digitscope: wrote {out / 'mistakes.html'}",
    ]
    results = json.loads((out / "results.json").read_text())
    assert " ".join(results) == REPORT_FIELDS
    assert results["settings"]["pictures"] == len(results["pictures"]) == 6


def test_a_stopped_run_goes_on_where_it_was(
    folder: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    command = ["benchmark", str(folder), "--out", str(tmp_path / "out")]
    asked = _stop_after(2, monkeypatch)
    assert main(command) == 130
    said = capsys.readouterr()
    assert said.out.splitlines()[2].split()[:2] == ["photo", "2"]  # what is known is told
    assert "Stopped, 4 of 6 pictures not read. The same command goes on from here." in said.err
    assert asked == ["3.png", "7.png", "empty.png"]  # stopped while it read the third
    asked = _stop_after(99, monkeypatch)
    assert main(command) == 0
    assert asked == ["empty.png", "3.png", "empty.png", "text.png"]
    said = capsys.readouterr()
    assert "2 pictures were read before" in said.err
    assert said.out.splitlines()[2].split()[:3] == ["photo", "3", "66.7%"]


def _stop_after(pictures: int, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Press Ctrl-C while the picture after so many is read; gives the names asked for."""
    asked: list[str] = []

    def read(reader: DigitReader, sample: Sample, **options: bool) -> Result:
        asked.append(sample.path.name)
        if len(asked) > pictures:
            raise KeyboardInterrupt
        return read_sample(reader, sample, **options)

    monkeypatch.setattr("digitscope.benchmark.run.read_sample", read)
    return asked


def test_without_a_folder_a_stopped_run_tells_what_it_knows(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _stop_after(0, monkeypatch)
    assert main(["benchmark", str(folder)]) == 130
    assert "Stopped, 6 of 6 pictures not read. --out DIR would keep it." in capsys.readouterr().err


def test_results_that_cannot_be_written_are_wrong_usage(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["benchmark", str(folder), "--out", str(folder / "3.png")]) == 2
    assert "A folder to write to is expected. Received: " in capsys.readouterr().err


@pytest.mark.parametrize(
    ("labels", "options", "words"),
    [
        (None, [], "labels.csv is expected. Received: "),
        ("file,digit\n3.png,3\n", [], "needs the columns 'file' and 'label'"),
        ("file,label\n3.png,3\n", ["--kinds", "drawing"], "No picture is left to read"),
        ("file,label,headline\n3.png,3,no\n", ["--headline"], "No picture is left to read"),
    ],
    ids=["no labels", "no column", "no such kind", "no headline"],
)
def test_a_folder_that_cannot_be_used_is_wrong_usage(
    labels: str | None,
    options: list[str],
    words: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    if labels is not None:
        (tmp_path / "labels.csv").write_text(labels)
    assert main(["benchmark", str(tmp_path), *options]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("digitscope: ") and words in said.err
