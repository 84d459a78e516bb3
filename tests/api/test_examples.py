"""The examples of docs/api.md, each run as it stands there against a real server."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.api.conftest import Server

TOLD_URL = "http://127.0.0.1:8000"
BLOCK = re.compile(r"^```(python|sh)\n(.*?)^```", re.MULTILINE | re.DOTALL)
SCRIPTS = Path(sys.executable).parent  # where `digitscope` is installed


def blocks(root: Path, language: str, word: str) -> list[str]:
    """The examples in a language that have a word in them."""
    found = BLOCK.findall((root / "docs" / "api.md").read_text(encoding="utf-8"))
    chosen = [text for told, text in found if told == language and word in text]
    assert chosen, "no example was found: the test looks in the wrong place"
    return chosen


def run(command: list[str], root: Path) -> str:
    environment = {
        **os.environ,
        "PATH": f"{SCRIPTS}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(root),
    }
    done = subprocess.run(
        command, cwd=root, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_python_example_reads_the_photo(server: Server, repo_root: Path) -> None:
    (text,) = blocks(repo_root, "python", TOLD_URL)
    out = run([sys.executable, "-c", text.replace(TOLD_URL, server.url)], repo_root)
    first, second = (line.split() for line in out.splitlines())
    assert first[0] == second[0] == "7"
    assert float(first[1]) > 0.9 and first[-1] == "None"
    assert float(second[1]) > 0.9 and " ".join(second).count(",") == 9


def test_the_curl_examples_read_the_photo(server: Server, repo_root: Path) -> None:
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    single, batch = (
        run(["bash", "-euc", text.replace(TOLD_URL, server.url)], repo_root)
        for text in blocks(repo_root, "sh", "curl ")
    )
    answers = [json.loads(one) for one in single.replace("}{", "}\n{").splitlines()]
    assert [(one["digit"], one["background"]) for one in answers] == [(7, "opencv")] * 2
    rows = [(row["file"], row["status"], row["digit"]) for row in json.loads(batch)]
    assert rows == [("photo.jpg", "ok", 7), ("README.md", "error", None)]


def test_the_terminal_example_reads_the_photo(server: Server, repo_root: Path) -> None:
    if shutil.which("digitscope", path=str(SCRIPTS)) is None:
        pytest.skip("the command `digitscope` is not installed beside this Python")
    (text,) = blocks(repo_root, "sh", "digitscope ask")
    out = run(["bash", "-euc", text.replace(TOLD_URL, server.url)], repo_root)
    assert out.startswith("docs/pictures/photo.jpg: 7  ")
    assert len(out.splitlines()) == 11
