"""`digitscope read`: the contract of the JSON lines, exit codes."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from digitscope import DigitReader
from digitscope.cli import main
from digitscope.model_files import ONNX_MODEL
from digitscope.types import Level, Reason
from tests.unit.drawn import sheet

Lines = list[dict[str, Any]]
FIELDS = ["file", "status", "digit", "confidence", "top", "quality", "reason", "background", "ms"]
FIELDS += ["notice", "box_xyxy", "probabilities"]
NOTHING_SEEN = {"notice": "", "box_xyxy": None, "probabilities": None}
QUALITY_TYPES = {
    "score": float,
    "level": str,
    "contrast": float,
    "size_px": int,
    "aspect_ratio": float,
    "evenness": float,
    "clearness": float,
    "wholeness": float,
}
pytestmark = pytest.mark.skipif(
    not ONNX_MODEL.is_file(), reason="models/mnist_cnn.onnx is missing; `make train` makes it"
)
Run = Callable[..., tuple[int, str, str]]


def _lines(out: str) -> Lines:
    return [json.loads(line) for line in out.splitlines()]


# --- read --json: the contract of architecture.md ------------------------------------------------


def test_an_answer_field_by_field(run: Run, seven: Path, reader: DigitReader) -> None:
    code, out, err = run("read", "--json", seven)
    (answer,) = _lines(out)
    assert (code, err) == (0, "")
    assert list(answer) == FIELDS
    assert (answer["file"], answer["status"], answer["digit"]) == (str(seven), "ok", 7)
    assert answer["confidence"] == pytest.approx(reader.read(seven).confidence, abs=1e-5)
    assert (answer["reason"], answer["background"]) == (None, "opencv")
    assert type(answer["digit"]) is int and type(answer["confidence"]) is float
    assert type(answer["ms"]) is float and answer["ms"] > 0


def test_the_ten_digits_by_probability(run: Run, seven: Path) -> None:
    (answer,) = _lines(run("read", "--json", seven)[1])
    digits, shares = zip(*answer["top"], strict=True)
    assert sorted(digits) == list(range(10))
    assert list(shares) == sorted(shares, reverse=True)
    assert sum(shares) == pytest.approx(1, abs=1e-5)
    assert answer["top"][0] == [answer["digit"], answer["confidence"]]


def test_the_quality_field_by_field(run: Run, seven: Path) -> None:
    quality = _lines(run("read", "--json", seven)[1])[0]["quality"]
    assert {name: type(value) for name, value in quality.items()} == QUALITY_TYPES
    assert quality["level"] in set(Level)
    assert 0 < quality["score"] <= 1 and 0 < quality["contrast"] <= 1
    assert 190 <= quality["size_px"] <= 210  # 20 of 28 px, enlarged tenfold


def test_a_refusal_field_by_field(run: Run, blank: Path) -> None:
    code, out, _ = run("read", "--json", blank)
    (answer,) = _lines(out)
    assert code == 0  # the file could be opened
    assert list(answer) == FIELDS
    assert answer["ms"] > 0
    del answer["ms"]
    assert (
        answer
        == {
            "file": str(blank),
            "status": "rejected",
            "digit": None,
            "confidence": None,
            "top": [],
            "quality": None,
            "reason": str(Reason.BLANK),
            "background": "opencv",
        }
        | NOTHING_SEEN
    )


def test_an_error_field_by_field(run: Run, text: Path) -> None:
    code, out, _ = run("read", "--json", "--background", "opencv", text)
    (answer,) = _lines(out)
    assert code == 1
    assert list(answer) == FIELDS
    assert "Received: " in answer.pop("reason")
    assert (
        answer
        == {
            "file": str(text),
            "status": "error",
            "digit": None,
            "confidence": None,
            "top": [],
            "quality": None,
            "background": "opencv",
            "ms": 0.0,
        }
        | NOTHING_SEEN
    )


def test_an_unreadable_file_does_not_stop_the_rest(
    run: Run, seven: Path, text: Path, blank: Path
) -> None:
    absent = text.with_name("absent.png")
    code, out, _ = run("read", "--json", text, seven, absent, blank)
    assert code == 1
    assert [(line["file"], line["status"]) for line in _lines(out)] == [
        (str(text), "error"),
        (str(seven), "ok"),
        (str(absent), "error"),
        (str(blank), "rejected"),
    ]


def test_odd_file_names_stay_on_one_valid_line(run: Run, seven: Path) -> None:
    odd = seven.rename(seven.with_name('sie"ben\n七.png'))
    (answer,) = _lines(run("read", "--json", odd)[1])
    assert (answer["file"], answer["digit"]) == (str(odd), 7)


# --- read: options -------------------------------------------------------------------------------


def test_for_people_a_line_says_it_all(run: Run, seven: Path, blank: Path, text: Path) -> None:
    code, out, _ = run("read", seven, blank, text)
    first, second, third = out.splitlines()
    assert code == 1
    assert first.startswith(f"{seven}: 7  ") and "% sure (then " in first and " ms" in first
    assert second == f"{blank}: rejected: blank"
    assert third.startswith(f"{text}: error: ") and "Received: " in third


def test_tta_takes_the_mean_of_rotations(run: Run, seven: Path, reader: DigitReader) -> None:
    (plain,), (turned,) = (
        _lines(run("read", "--json", *options, seven)[1]) for options in ([], ["--tta"])
    )
    assert turned["digit"] == 7
    assert turned["confidence"] != plain["confidence"]
    assert turned["confidence"] == pytest.approx(reader.read(seven, tta=True).confidence, abs=1e-5)


def test_the_background_asked_for_is_taken_or_replaced(
    run: Run, seven: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "rembg", None)
    for name in ("opencv", "u2netp"):
        (answer,) = _lines(run("read", "--json", "--background", name, seven)[1])
        assert (answer["digit"], answer["background"]) == (7, "opencv")


def test_another_model_may_be_named(run: Run, seven: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.onnx"
    other.write_bytes(ONNX_MODEL.read_bytes())
    assert _lines(run("read", "--json", "--model", other, seven)[1])[0]["digit"] == 7
    assert json.loads(run("info", "--json", "--model", other)[1])["model"] == str(other)


@pytest.mark.parametrize("command", [["read"], ["steps"], ["benchmark"], ["info"]])
def test_a_missing_model_is_wrong_usage(command: list[str], run: Run, seven: Path) -> None:
    (seven.parent / "labels.csv").write_text("file,label\nseven.png,7\n")
    target = {"read": [seven], "steps": [seven], "benchmark": [seven.parent], "info": []}
    code, out, err = run(*command, *target[command[0]], "--model", "/nowhere/model.onnx")
    assert (code, out) == (2, "")
    assert err.startswith("digitscope: No model file is there. Received: /nowhere/model.onnx.")


def test_the_process_ends_with_the_code(seven: Path, text: Path, repo_root: Path) -> None:
    command = [sys.executable, "-m", "digitscope", "read", "--json", seven, text]
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=repo_root)
    assert (done.returncode, done.stderr) == (1, "")
    assert [line["status"] for line in _lines(done.stdout)] == ["ok", "error"]


def test_anyway_is_the_former_name_of_force(run: Run, tmp_path: Path) -> None:
    page = sheet()
    page[70:170, 90:220] = (20, 20, 40)
    Image.fromarray(page).save(tmp_path / "block.png")
    assert "best guess" in run("read", "--anyway", tmp_path / "block.png")[1]
    with pytest.raises(SystemExit):
        main(["read", "--help"])


def test_force_gives_a_best_guess_of_a_refused_shape(run: Run, tmp_path: Path) -> None:
    page = sheet()
    page[70:170, 90:220] = (20, 20, 40)
    Image.fromarray(page).save(tmp_path / "block.png")
    plain, forced = (
        _lines(run("read", "--json", tmp_path / "block.png", *options)[1])[0]
        for options in ([], ["--force"])
    )
    assert (plain["status"], plain["top"]) == ("rejected", [])
    assert (forced["status"], forced["digit"], len(forced["top"])) == ("rejected", None, 10)
    assert plain["reason"] == forced["reason"] == str(Reason.NOT_A_DIGIT)
    line = run("read", "--force", tmp_path / "block.png")[1]
    assert f"rejected: not a digit (best guess {forced['top'][0][0]}, " in line
