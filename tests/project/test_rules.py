"""Rules of the house that no linter knows."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

import digitscope

CODE = ("digitscope", "streamlit_app", "training", "tests")
PUBLIC_NAMES = {
    "Background",
    "BackgroundUnavailableError",
    "DigitReader",
    "DigitscopeError",
    "Explanation",
    "InvalidImageError",
    "ModelUnavailableError",
    "Prediction",
    "Quality",
    "Reading",
    "Reason",
    "Detection",
    "Step",
    "Tile",
    "__version__",
}
# Written in two parts, so that this file does not break its own rules.
FORBIDDEN = {
    "sys" + ".path.append": "the project installs itself",
    "sys" + ".path.insert": "the project installs itself",
    "unsafe_allow" + "_html": "looks come from the theme and from Streamlit's elements",
    "<sty" + "le": "looks come from the theme and from Streamlit's elements",
}
VAGUE_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "base"}


def _sources(root: Path, folders: tuple[str, ...] = CODE) -> list[Path]:
    paths = [path for folder in folders for path in sorted((root / folder).rglob("*.py"))]
    assert paths, "no source was found: the test looks in the wrong place"
    return paths


def test_public_names_are_pinned() -> None:
    assert set(digitscope.__all__) == PUBLIC_NAMES
    assert all(hasattr(digitscope, name) for name in PUBLIC_NAMES)


@pytest.mark.parametrize("text", FORBIDDEN)
def test_forbidden_texts_stand_nowhere(text: str, repo_root: Path) -> None:
    found = [path.name for path in _sources(repo_root) if text in path.read_text()]
    assert found == [], FORBIDDEN[text]


def test_files_are_named_after_what_they_do(repo_root: Path) -> None:
    assert [path.name for path in _sources(repo_root) if path.stem in VAGUE_NAMES] == []


def test_streamlits_caches_stand_in_one_file(repo_root: Path) -> None:
    pages = _sources(repo_root, ("streamlit_app",))
    caching = {path.name for path in pages if "st.cache_" in path.read_text()}
    assert caching <= {"resources.py"}


def test_lint_rules_that_are_configured_are_selected(repo_root: Path) -> None:
    lint = tomllib.loads((repo_root / "pyproject.toml").read_text())["tool"]["ruff"]["lint"]
    sections = {"mccabe": "C90", "pylint": "PL", "pydocstyle": "D", "flake8-tidy-imports": "TID"}
    assert sections.keys() >= {name for name, value in lint.items() if isinstance(value, dict)} - {
        "per-file-ignores"
    }
    selected = tuple(lint["select"])
    used = [sections[name] for name in sections if name in lint]
    ignored = [
        *lint["ignore"],
        *(code for codes in lint["per-file-ignores"].values() for code in codes),
    ]
    own_ignores = [code for code in ignored if code != "INP001"]
    assert [code for code in (*used, *own_ignores) if not code.startswith(selected)] == []


def test_every_lint_rule_has_its_reason_beside_it(repo_root: Path) -> None:
    text = (repo_root / "pyproject.toml").read_text()
    chosen = re.search(r"^select = \[\n(.*?)^\]", text, re.MULTILINE | re.DOTALL)
    assert chosen is not None
    assert [line for line in chosen[1].splitlines() if "#" not in line] == []


def test_make_lists_every_target_that_people_call(repo_root: Path) -> None:
    makefile = (repo_root / "Makefile").read_text()
    explained = set(re.findall(r"^([a-z]+):.*## ", makefile, re.MULTILINE))
    assert explained >= {"app", "test", "check", "train", "benchmark", "docs", "lock", "clean"}
