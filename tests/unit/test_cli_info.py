"""`digitscope info`, the version, and wrong usage."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from digitscope import __version__
from digitscope.cli import main
from digitscope.model_files import MODEL_CARD, ONNX_MODEL

pytestmark = pytest.mark.skipif(
    not ONNX_MODEL.is_file(), reason="models/mnist_cnn.onnx is missing; `make train` makes it"
)


def _run(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    assert main(["info", "--json", *arguments]) == 0
    facts: dict[str, Any] = json.loads(capsys.readouterr().out)
    return facts


def test_info_tells_what_would_answer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    facts = _run(capsys)
    assert (facts["version"], facts["model"]) == (__version__, str(ONNX_MODEL))
    assert facts["model_bytes"] == ONNX_MODEL.stat().st_size
    assert facts["weights_on_disk"] == []
    card = json.loads(MODEL_CARD.read_text())
    assert facts["parameters"] == card["parameters"]
    assert facts["test_accuracy"] == card["test"]["accuracy"]
    (tmp_path / "u2net.onnx").touch()
    monkeypatch.setenv("U2NET_HOME", str(tmp_path))
    assert _run(capsys)["weights_on_disk"] == ["u2net"]


def test_info_does_without_a_card(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("digitscope.model_files.MODEL_CARD", tmp_path / "absent.json")
    facts = _run(capsys)
    assert (facts["test_accuracy"], facts["parameters"]) == (None, None)


def test_info_of_another_model_tells_no_figures_of_ours(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other.onnx"
    other.write_bytes(ONNX_MODEL.read_bytes() + b" ")
    facts = _run(capsys, "--model", str(other))
    assert (facts["test_accuracy"], facts["parameters"]) == (None, None)


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="needs Linux's /proc")
def test_info_of_a_model_that_cannot_be_read_is_wrong_usage(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "network.onnx").symlink_to("/proc/self/mem")  # a file whose first byte fails
    assert main(["info", "--model", str(tmp_path / "network.onnx")]) == 2
    assert "digitscope: The model file cannot be read. Received: " in capsys.readouterr().err


def test_info_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["info"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"version: {__version__}"
    assert lines[1] == f"model: {ONNX_MODEL}"


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["--version"])
    assert caught.value.code == 0
    assert capsys.readouterr().out == f"digitscope {__version__}\n"


@pytest.mark.parametrize(
    "arguments",
    [[], ["read"], ["guess"], ["read", "--background", "magic", "a.png"], ["read", "--fast", "a"]],
)
def test_wrong_usage_exits_with_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert "Usage: digitscope" in capsys.readouterr().err
