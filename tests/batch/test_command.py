"""`digitscope batch` as people start it: processes, kills, the same rows everywhere."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from digitscope.cli import main
from digitscope.model_files import ONNX_MODEL

LENGTH = 600  # of the list in the kill test
pytestmark = pytest.mark.skipif(
    not ONNX_MODEL.is_file(), reason="models/mnist_cnn.onnx is missing; `make train` makes it"
)


def _rows(text: str) -> list[dict]:
    """JSON lines without what differs from run to run."""
    rows = [json.loads(line) for line in text.splitlines()]
    return [
        {key: value for key, value in row.items() if key not in ("ms", "error")} for row in rows
    ]


def _command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "digitscope", "batch", *map(str, arguments)]


@pytest.mark.slow
def test_killed_again_and_again_it_ends_with_each_row_once(
    scans: Path, tmp_path: Path, repo_root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = [str(scans / name) for name in ("3.png", "7.png", "cut.png", "class b/5.jpg")]
    listed, out = tmp_path / "list.txt", tmp_path / "rows.jsonl"
    listed.write_text("\n".join((files * LENGTH)[:LENGTH]))
    journal = out.with_name("rows.jsonl.unfinished")
    pauses_s = (0.0, 0.03, 0.07, 0.1)
    command = _command(listed, "--out", out, "--workers", 2)
    known = 0
    for pause_s in pauses_s:
        with subprocess.Popen(command, cwd=repo_root, stderr=subprocess.PIPE) as running:
            _wait_for(lambda least=known + 2: _count_lines(journal) > least or out.exists())
            time.sleep(pause_s)
            running.kill()
        assert not out.exists(), "it was quicker than the kills: make the list longer"
        known = _count_lines(journal)
    done = subprocess.run(command, cwd=repo_root, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    assert "were read before" in done.stderr
    assert main(["read", "--json", *files]) == 1
    expected = (_rows(capsys.readouterr().out) * LENGTH)[:LENGTH]
    assert _rows(out.read_text()) == expected
    assert sorted(path.name for path in tmp_path.iterdir()) == ["list.txt", "rows.jsonl", "scans"]


def _count_lines(path: Path) -> int:
    return path.read_bytes().count(b"\n") if path.exists() else 0


def _wait_for(is_so: Callable[[], bool], limit_s: float = 60.0) -> None:
    until = time.monotonic() + limit_s
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.02)


@pytest.mark.slow
def test_ctrl_c_ends_it_and_its_processes(scans: Path, tmp_path: Path, repo_root: Path) -> None:
    listed, out = tmp_path / "list.txt", tmp_path / "rows.csv"
    listed.write_text(f"{scans / '3.png'}\n" * 1000)
    command = _command(listed, "--out", out, "--workers", 2)
    with subprocess.Popen(
        command, cwd=repo_root, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as running:
        _wait_for(lambda: _count_lines(tmp_path / "rows.csv.unfinished") > 3)
        running.send_signal(signal.SIGINT)
        said = running.communicate(timeout=30)[1]  # ends where no process holds the pipe
    assert running.returncode == 130, said
    assert "Stopped. The same command goes on from here." in said
    assert "Traceback" not in said


@pytest.mark.slow
def test_processes_end_with_a_killed_parent(scans: Path, tmp_path: Path, repo_root: Path) -> None:
    listed = tmp_path / "list.txt"
    listed.write_text(f"{scans / '3.png'}\n" * 1000)
    command = _command(listed, "--out", tmp_path / "rows.csv", "--workers", 2)
    with subprocess.Popen(command, cwd=repo_root, stderr=subprocess.PIPE, text=True) as running:
        _wait_for(lambda: _count_lines(tmp_path / "rows.csv.unfinished") > 3)
        running.kill()
        running.communicate(timeout=30)  # ends where no process holds the pipe


@pytest.mark.slow
def test_a_file_that_ends_its_process_is_a_row(scans: Path) -> None:
    """As a decoder's crash or too little memory would do."""
    import os
    from functools import partial

    from digitscope.batch.items import Item
    from digitscope.batch.local import read_in_processes
    from digitscope.batch.rows import RowOptions

    good = Item("3.png", partial(Path, scans / "3.png"))
    deadly = Item("deadly.png", partial(os.abort))
    jobs = list(enumerate([good, good, deadly, good, deadly]))
    rows = list(read_in_processes(jobs, RowOptions(), 2))
    assert [row["status"] for row in rows] == ["ok", "ok", "error", "ok", "error"]
    assert "ended" in rows[2]["error"]


def test_a_missing_model_ends_it_before_the_first_picture(
    scans: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = [str(scans), "--out", str(tmp_path / "a.csv"), "--model", "none.onnx"]
    assert main(["batch", *arguments]) == 2
    assert "No model file is there" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        ["--crop", "0,0,1,1", "--boxes", "form.json"],
        ["--address", "auto"],
        ["--numbers", "--tta"],
        ["--out", "folder/"],
        ["--out", "s3://bucket/folder"],
        ["--workers", "0"],
        ["--engine", "spark"],
    ],
    ids=" ".join,
)
def test_wrong_usage_is_told(arguments: list[str], scans: Path, tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["batch", str(scans), "--out", str(tmp_path / "a.csv"), *arguments])
    assert ended.value.code == 2
