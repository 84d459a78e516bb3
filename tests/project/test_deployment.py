"""What the image is made of is there; what the deployment page names is in the code."""

from __future__ import annotations

import fnmatch
import re
from pathlib import Path

import pytest


@pytest.fixture
def dockerfile(repo_root: Path) -> str:
    """The instructions, one a line, without comments."""
    text = (repo_root / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    return "\n".join(line for line in text.splitlines() if not line.startswith("#"))


def test_everything_that_is_copied_is_there_and_not_ignored(
    dockerfile: str, repo_root: Path
) -> None:
    lines = (repo_root / ".dockerignore").read_text(encoding="utf-8").splitlines()
    let_in = [line[1:] for line in lines if line.startswith("!")]
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", dockerfile, re.MULTILINE)
    sources = [name for names in copied for name in names.split()]
    assert {"requirements.txt", "digitscope", "streamlit_app", "models"} <= set(sources)
    assert [name for name in sources if not (repo_root / name).exists()] == []
    assert [n for n in sources if not any(fnmatch.fnmatch(n, pattern) for pattern in let_in)] == []


def test_every_image_has_a_tag_and_every_service_a_plain_user(dockerfile: str) -> None:
    bases = re.findall(r"^FROM (\S+)", dockerfile, re.MULTILINE)
    stages = re.findall(r"^FROM \S+ AS (\S+)", dockerfile, re.MULTILINE)
    assert [base for base in bases if base not in stages and ":" not in base] == []
    _head, *bodies = re.split(r"^FROM .+$", dockerfile, flags=re.MULTILINE)
    services = [body for body in bodies if "\nCMD " in body]
    assert services
    assert [body for body in services if not re.search(r"^USER [1-9]\d*", body, re.MULTILINE)] == []
    assert [body for body in services if "HEALTHCHECK" not in body] == []


def test_every_variable_of_the_deployment_page_is_listened_to(repo_root: Path) -> None:
    page = (repo_root / "docs" / "deployment.md").read_text(encoding="utf-8")
    told = set(re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE))
    folders = ("digitscope", "streamlit_app")
    code = "\n".join(
        p.read_text() for folder in folders for p in (repo_root / folder).rglob("*.py")
    )
    assert len(told) > 5
    assert [name for name in told if f'"{name}"' not in code] == []
    asked = set(re.findall(r'environ(?:\.get|\.setdefault)?[\[(]"(\w+)"', code))
    assert asked <= told
