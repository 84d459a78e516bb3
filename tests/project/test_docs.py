"""The generated parts of README.md and PREPROCESSING.md are those of the code and of the card."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from digitscope.model_files import MODEL_CARD, ONNX_MODEL
from digitscope.preprocessing.pipeline import STEPS

LINK = re.compile(r'(?:\]\(|src=")([^)"#:]+)[)"#]')


def test_generated_blocks_are_up_to_date(repo_root: Path) -> None:
    command = [sys.executable, "docs/build.py", "--check"]
    done = subprocess.run(command, cwd=repo_root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr + "`make docs` writes them."


def test_preprocessing_tells_the_steps_in_their_order(repo_root: Path) -> None:
    text = (repo_root / "PREPROCESSING.md").read_text(encoding="utf-8")
    told = re.findall(r"^### (\d+)\. (.+)$", text, re.MULTILINE)
    assert told == [(str(step.number), step.title) for step in STEPS]


def test_every_link_to_a_file_leads_somewhere(repo_root: Path) -> None:
    names = ("README.md", "PREPROCESSING.md", "CONTRIBUTING.md", "models/MODEL_CARD.md")
    for name in (*names, "docs/api.md"):
        links = LINK.findall((repo_root / name).read_text(encoding="utf-8"))
        missing = [link for link in links if not (repo_root / name).parent.joinpath(link).exists()]
        assert not missing, f"{name}: {missing}"


def test_the_photos_were_read_by_the_network_that_is_shipped() -> None:
    card = json.loads(MODEL_CARD.read_text(encoding="utf-8"))
    if "photos" not in card:
        pytest.skip("the card has no photos; `python -m training.photos FOLDER` measures them")
    assert card["photos"]["model_sha256"] == card["files"][ONNX_MODEL.name]["sha256"]
