"""The documents agree with the code and the model card; what they name is there and runs."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from digitscope.model_files import MODEL_CARD
from digitscope.preprocessing.pipeline import STEPS
from digitscope.preprocessing.quality import WEIGHTS

LINK = re.compile(r'(?:\]\(|src=")([^)"#:\s]+)[)"#]')
FILE = re.compile(r"`([\w./]+\.(?:py|md|toml|yaml|ipynb))`")
PYTHON = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
PAGES = ("README.md", "PREPROCESSING.md", "CONTRIBUTING.md", "models/MODEL_CARD.md")


def _pages(root: Path) -> list[Path]:
    return [*(root / name for name in PAGES), *sorted((root / "docs").glob("*.md"))]


def _text(root: Path, name: str) -> str:
    return (root / name).read_text(encoding="utf-8")


def test_generated_blocks_are_up_to_date(repo_root: Path) -> None:
    command = [sys.executable, "docs/build.py", "--check"]
    done = subprocess.run(command, cwd=repo_root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr + "`make docs` writes them."


def test_preprocessing_has_a_section_for_each_step_in_their_order(repo_root: Path) -> None:
    sections = re.findall(r"^### (\d+)\. (.+)$", _text(repo_root, "PREPROCESSING.md"), re.MULTILINE)
    assert sections == [(str(step.number), step.title) for step in STEPS]


def test_preprocessing_names_every_factor_of_the_quality(repo_root: Path) -> None:
    rows = re.findall(r"^\| (\w+) \| ", _text(repo_root, "PREPROCESSING.md"), re.MULTILINE)
    assert [name for name in rows if name in WEIGHTS] == list(WEIGHTS)


def test_every_link_to_a_file_leads_somewhere(repo_root: Path) -> None:
    for page in _pages(repo_root):
        links = LINK.findall(page.read_text(encoding="utf-8"))
        missing = [link for link in links if not page.parent.joinpath(link).exists()]
        assert not missing, f"{page.name}: {missing}"


def test_every_file_that_is_named_is_there(repo_root: Path) -> None:
    for page in _pages(repo_root):
        named = FILE.findall(page.read_text(encoding="utf-8"))
        missing = [file for file in named if not (repo_root / file).exists()]
        assert not missing, f"{page.name}: {missing}"


@pytest.mark.parametrize("name", ["README.md", "docs/python.md"])
def test_the_examples_in_python_run(
    name: str, repo_root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(repo_root)
    names: dict[str, Any] = {}
    for code in PYTHON.findall(_text(repo_root, name)):
        exec(code, names)  # noqa: S102 - our own pages
    assert capsys.readouterr().out.startswith("7 ")


def test_the_photo_figures_are_those_of_the_code_and_of_the_network() -> None:
    pytest.importorskip("keras")
    from training.run_records.currency import stale_photos

    stale = list(stale_photos(json.loads(MODEL_CARD.read_text(encoding="utf-8"))))
    assert not stale, "\n".join(stale)
